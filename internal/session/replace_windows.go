package session

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"devgate/internal/shared"
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
	if err := shared.Rename(bin, aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := shared.Rename(staged, bin); err != nil {
		os.Rename(aside, bin) // the program of the last build is better than none
		return err
	}
	os.Remove(aside)
	return nil
}

// oldProgram is between the name of a program and a number, where it was replaced.
const oldProgram = ".old-"
