package shared

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// Open opens a file for reading.
func Open(path string) (*os.File, error) {
	return open(path, windows.GENERIC_READ, windows.OPEN_EXISTING)
}

// Append opens a file to write behind its end, and makes it where it is not there.
func Append(path string) (*os.File, error) {
	return open(path, windows.FILE_GENERIC_WRITE&^windows.FILE_WRITE_DATA, windows.OPEN_ALWAYS)
}

// open lets others do what they like with the file.
func open(path string, access, how uint32) (*os.File, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err == nil {
		const all = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
		var handle windows.Handle
		handle, err = windows.CreateFile(name, access, all, nil, how, windows.FILE_ATTRIBUTE_NORMAL, 0)
		if err == nil {
			return os.NewFile(uintptr(handle), path), nil
		}
	}
	return nil, &fs.PathError{Op: "open", Path: path, Err: err}
}

// rename is os.Rename, and within a folder also the way of newer file systems, which
// replaces a file that somebody has open as one that is opened here.
func rename(from, to string) error {
	err := os.Rename(from, to)
	if err == nil || !isHeld(err) || filepath.Dir(from) != filepath.Dir(to) {
		return err
	}
	folder, opened := os.OpenRoot(filepath.Dir(to))
	if opened != nil {
		return err
	}
	defer folder.Close()
	if folder.Rename(filepath.Base(from), filepath.Base(to)) != nil {
		return err // the first says more
	}
	return nil
}

// isHeld reports whether somebody has open what was to be changed.
func isHeld(err error) bool {
	return errors.Is(err, windows.ERROR_ACCESS_DENIED) || errors.Is(err, windows.ERROR_SHARING_VIOLATION)
}
