//go:build unix

package session

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// outputPoll is how often the reader of a quiet output is looked for, in ms.
const outputPoll = 250

// watchOutput ends the session when the reader of its output has gone, also
// while there is nothing to write (`devgate up | head -1`). The returned
// function ends the watching and waits for it.
func (s *session) watchOutput(out io.Writer) (stop func()) {
	file, ok := out.(*os.File)
	if !ok || !isPipe(file) {
		return func() {}
	}
	over, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-over:
				return
			default:
			}
			fds := []unix.PollFd{{Fd: int32(file.Fd())}}
			if n, _ := unix.Poll(fds, outputPoll); n > 0 && fds[0].Revents&(unix.POLLERR|unix.POLLHUP|unix.POLLNVAL) != 0 {
				s.end(ErrOutputClosed)
				return
			}
		}
	}()
	return func() { close(over); <-ended }
}

func isPipe(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&(os.ModeNamedPipe|os.ModeSocket) != 0
}
