//go:build unix

package tty

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// input waits for a terminal without reading from it, so that a reader that is
// not wanted any more takes nothing from whoever reads next.
type input struct {
	file       *os.File
	wake, ring *os.File // the two ends of a pipe; a byte in it ends a wait
}

func newInput(file *os.File) (*input, error) {
	wake, ring, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("wait for keys: %w", err)
	}
	return &input{file: file, wake: wake, ring: ring}, nil
}

// interrupt ends the wait that goes on, or the next one.
func (i *input) interrupt() { i.ring.Write([]byte{0}) }

// close frees the pipe. No wait may go on, and no interrupt come any more.
func (i *input) close() {
	i.wake.Close()
	i.ring.Close()
}

// read returns what was typed, in buf.
func (i *input) read(buf []byte) ([]byte, error) {
	n, err := i.file.Read(buf)
	return buf[:n], err
}

// wait returns true when there is something to read, and false after limit (0:
// none), after interrupt, or when ctx ends, also when that was before.
func (i *input) wait(ctx context.Context, limit time.Duration) (bool, error) {
	stop := context.AfterFunc(ctx, i.interrupt)
	defer stop()
	ms := -1
	if limit > 0 {
		ms = int(limit.Milliseconds())
	}
	fds := []unix.PollFd{{Fd: int32(i.wake.Fd()), Events: unix.POLLIN}, {Fd: int32(i.file.Fd()), Events: unix.POLLIN}}
	if limit > 0 {
		fds = fds[:1] // the terminal is not ours now
	}
	_, err := unix.Poll(fds, ms)
	switch {
	case errors.Is(err, unix.EINTR):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("wait for keys: %w", err)
	case fds[0].Revents != 0:
		i.wake.Read(make([]byte, 64))
		return false, nil
	}
	switch {
	case len(fds) == 1 || fds[1].Revents == 0:
		return false, nil
	case fds[1].Revents&unix.POLLIN == 0: // hung up or closed: a read would find no key
		return false, io.EOF
	}
	return true, nil
}
