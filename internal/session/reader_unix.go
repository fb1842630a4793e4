//go:build unix

package session

import (
	"os"

	"golang.org/x/sys/unix"
)

// awaitNoReader reports whether nobody reads from a pipe any more; false after readerPoll.
func awaitNoReader(pipe *os.File) bool {
	// No events are asked for: POLLERR and POLLHUP are always told.
	fds := []unix.PollFd{{Fd: int32(pipe.Fd())}}
	n, _ := unix.Poll(fds, readerPoll)
	return n > 0 && fds[0].Revents&(unix.POLLERR|unix.POLLHUP|unix.POLLNVAL) != 0
}
