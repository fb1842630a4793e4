//go:build unix

package guard

import (
	"os"

	"golang.org/x/sys/unix"
)

// stdin is the terminal, where there is one.
const stdin = 0

// terminal knows how the terminal was before the manager had it. The manager
// puts it back by itself, unless it is killed or crashes.
type terminal struct{ before *unix.Termios } // nil: not known, or there is none

// note remembers how the terminal is, while it is this job's. The manager may
// have taken it already, when fg has come in between: what it makes of it, reading
// key by key, is not how it was.
func (t *terminal) note() {
	now, ours := settings()
	if ours && (t.before == nil || now.Lflag&unix.ICANON != 0 || t.before.Lflag&unix.ICANON == 0) {
		t.before = now
	}
}

// restore puts it back, and takes away the line that the manager keeps below the
// log. Nothing is done while the terminal is the shell's.
func (t *terminal) restore() {
	now, ours := settings()
	if !ours || t.before == nil || *now == *t.before {
		return
	}
	unix.IoctlSetTermios(stdin, setSettings, t.before)
	if _, err := unix.IoctlGetTermios(1, getSettings); err == nil {
		os.Stdout.WriteString("\r\x1b[K")
	}
}

// settings are those of the terminal; false when there is none, or when it
// belongs to another job.
func settings() (now *unix.Termios, ours bool) {
	now, err := unix.IoctlGetTermios(stdin, getSettings)
	if err != nil {
		return nil, false
	}
	group, err := unix.IoctlGetInt(stdin, unix.TIOCGPGRP)
	return now, err == nil && group == unix.Getpgrp()
}
