//go:build unix

package supervisor

import (
	"fmt"
	"os"
	"syscall"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// device is our end of a child's terminal.
type device = os.File

// open makes a terminal for the next child: our end, and the child's.
func (t *Terminal) open() (ours, theirs *os.File, err error) {
	master, theirs, err := pty.Open()
	if err != nil {
		return nil, nil, fmt.Errorf("open terminal: %w", err)
	}
	defer master.Close()
	if ours, err = pollable(master); err != nil {
		theirs.Close()
		return nil, nil, fmt.Errorf("open terminal: %w", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	setSize(ours, t.size())
	return ours, theirs, nil
}

// pollable is a second file for the same terminal, of which Close ends a Read
// and whose Write has deadlines: pty.Open has made the first one blocking.
func pollable(f *os.File) (*os.File, error) {
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}

// control runs an ioctl without making the file blocking, as Fd would.
func control(f *os.File, ioctl func(fd int)) {
	if conn, err := f.SyscallConn(); err == nil {
		conn.Control(func(fd uintptr) { ioctl(int(fd)) })
	}
}

func setSize(f *os.File, s Size) {
	control(f, func(fd int) {
		unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Col: s.Columns, Row: s.Rows})
	})
}

func sizeOf(f *os.File) (s Size) {
	control(f, func(fd int) {
		if w, err := unix.IoctlGetWinsize(fd, unix.TIOCGWINSZ); err == nil {
			s = Size{w.Col, w.Row}
		}
	})
	return s
}

// repaint asks what is in the terminal's foreground to paint itself again.
func repaint(f *os.File) {
	control(f, func(fd int) {
		if group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP); err == nil && group > 1 {
			syscall.Kill(-group, syscall.SIGWINCH)
		}
	})
}
