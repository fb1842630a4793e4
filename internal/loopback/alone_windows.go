package loopback

import (
	"syscall"
	"time"
)

// exclusiveAddress is SO_EXCLUSIVEADDRUSE, which package syscall has not: the complement of
// SO_REUSEADDR. Without it any program may bind what we listen on, and gets what is meant
// for us.
const exclusiveAddress = ^syscall.SO_REUSEADDR

// alone keeps others from the address of a socket.
func alone(_, _ string, c syscall.RawConn) error {
	var err error
	if failed := c.Control(func(fd uintptr) {
		err = syscall.SetsockoptInt(syscall.Handle(fd), syscall.SOL_SOCKET, exclusiveAddress, 1)
	}); failed != nil {
		return failed
	}
	return err
}

// Lingering is how long an address that is to be had alone is not free after its listener was
// closed, while connections that it had let in end.
const Lingering = time.Second
