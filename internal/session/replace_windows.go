package session

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/windows"
)

// replaceProgram gives what was built the name of a program that may run. The file of
// one that runs can neither be replaced nor removed, but it can be given another name:
// those of earlier times are removed as far as they have ended.
func replaceProgram(staged, bin string) error {
	base := strings.TrimSuffix(bin, filepath.Ext(bin))
	earlier, _ := filepath.Glob(base + oldProgram + "*" + filepath.Ext(bin))
	for _, path := range earlier {
		os.Remove(path)
	}
	aside := fmt.Sprintf("%s%s%d%s", base, oldProgram, time.Now().UnixNano(), filepath.Ext(bin))
	if err := unhindered(func() error { return os.Rename(bin, aside) }); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := unhindered(func() error { return os.Rename(staged, bin) }); err != nil {
		os.Rename(aside, bin) // the program of the last build is better than none
		return err
	}
	os.Remove(aside)
	return nil
}

// oldProgram is between the name of a program and a number, where it was replaced.
const oldProgram = ".old-"

// hindrance is how long somebody who looks at every new file, for viruses or to index it,
// may keep it from being renamed.
const hindrance = 2 * time.Second

// unhindered repeats a change of a file until nobody else has it open.
func unhindered(change func() error) (err error) {
	for end := time.Now().Add(hindrance); ; time.Sleep(10 * time.Millisecond) {
		err = change()
		held := errors.Is(err, windows.ERROR_ACCESS_DENIED) || errors.Is(err, windows.ERROR_SHARING_VIOLATION)
		if !held || time.Now().After(end) {
			return err
		}
	}
}
