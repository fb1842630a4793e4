//go:build unix

package tty

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// settings are those of a terminal.
type settings = unix.Termios

// keysFrom lets a terminal hand over each key at once and unseen. It returns how
// the terminal was. Ctrl-C and its like stay signals, output is as ever.
func keysFrom(file *os.File) (before *settings, err error) {
	fd := int(file.Fd())
	before, err = getTermios(fd)
	if err != nil {
		return nil, fmt.Errorf("read terminal settings: %w", err)
	}
	now := *before
	now.Lflag &^= unix.ICANON | unix.ECHO
	now.Cc[unix.VMIN], now.Cc[unix.VTIME] = 1, 0
	if err := setTermios(fd, &now); err != nil {
		return nil, fmt.Errorf("set terminal: %w", err)
	}
	return before, nil
}

// giveBack makes a terminal what it was before keysFrom.
func giveBack(file *os.File, before *settings) { setTermios(int(file.Fd()), before) }
