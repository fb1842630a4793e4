//go:build unix

package proxy

import (
	"errors"
	"syscall"
)

// silent reports whether a read on the socket would wait: it is open, and the
// other side has sent nothing.
func silent(raw syscall.RawConn) bool {
	waiting := false
	err := raw.Read(func(fd uintptr) bool {
		var b [1]byte
		_, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		waiting = errors.Is(err, syscall.EAGAIN)
		return true
	})
	return err == nil && waiting
}
