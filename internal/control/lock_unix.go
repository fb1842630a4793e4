//go:build unix

package control

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// errLocked: somebody else has the lock of a file.
var errLocked = unix.EWOULDBLOCK

// tryLock takes the lock of a file, for one or for several who look; errLocked where
// that cannot be now. Closing the file drops it again.
func tryLock(file *os.File, shared bool) error {
	how := unix.LOCK_EX
	if shared {
		how = unix.LOCK_SH
	}
	err := unix.Flock(int(file.Fd()), how|unix.LOCK_NB)
	if errors.Is(err, errLocked) {
		return errLocked
	}
	return err
}

// openLockable opens a file that is to be locked, and makes it.
func openLockable(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
}
