package session

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"devgate/internal/project"
	"devgate/internal/shared"
)

// seedLimit is up to which size a program is copied for its next build.
const seedLimit = 256 << 20

// stage makes the place for the result of a build: {bin} in a build is never the
// file that runs. The program of the last build is copied there first, so that a
// compiler that looks at what it would overwrite still finds it up to date.
func stage(service *project.Service) error {
	staged := service.Staged
	if err := os.MkdirAll(filepath.Dir(staged), 0o755); err != nil {
		return fmt.Errorf("make folder for builds: %w", err)
	}
	// It may be a folder: some builds leave several files at {bin}.
	if err := shared.RemoveAll(staged); err != nil {
		return fmt.Errorf("remove old build: %w", err)
	}
	if err := copyProgram(staged, service.Bin); err != nil {
		shared.Remove(staged) // the copy only saves time
	}
	return nil
}

func copyProgram(to, from string) error {
	info, err := os.Stat(from)
	if err != nil || !info.Mode().IsRegular() || info.Size() > seedLimit {
		return err
	}
	in, err := shared.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, info.Mode().Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	// The time as well: make and cargo compare times.
	return errors.Join(err, out.Close(), os.Chtimes(to, info.ModTime(), info.ModTime()))
}

// install gives what was built its name. The file that it replaces may still
// run (a crash's leftover, an overlapping process): it keeps its content.
func install(service *project.Service) error {
	staged, bin := service.Staged, service.Bin
	info, err := os.Lstat(staged)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // a build that leaves nothing at {bin}
	}
	if err == nil && info.IsDir() {
		err = shared.RemoveAll(bin) // a folder cannot be replaced by another
	}
	if err == nil {
		err = replaceProgram(staged, bin)
	}
	if err != nil {
		return fmt.Errorf("install build: %w", err)
	}
	return nil
}
