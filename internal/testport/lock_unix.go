//go:build unix

package testport

import (
	"io"
	"os"
	"syscall"
)

func lock(all *os.File, port int) bool {
	one := syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart, Start: int64(port), Len: 1}
	return syscall.FcntlFlock(all.Fd(), syscall.F_SETLK, &one) == nil
}
