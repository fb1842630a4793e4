//go:build unix

package input

import (
	"io/fs"
	"os"
	"syscall"
)

// sameDevice reports whether two files are the same device; each may have a file
// of its own for it.
func sameDevice(a, b fs.FileInfo) bool {
	x, ok := a.Sys().(*syscall.Stat_t)
	y, too := b.Sys().(*syscall.Stat_t)
	return ok && too && a.Mode().Type() == b.Mode().Type() && x.Rdev == y.Rdev
}

// openPatient opens a file or a pipe. Without O_NONBLOCK a pipe cannot even be opened until
// somebody writes to it.
func openPatient(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}
