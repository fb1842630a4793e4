package guard

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// attributes of the manager. Its guard's end continues it, should it be stopped
// (Ctrl-Z): only then can it learn of that end.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGCONT}
}

// How the settings of a terminal are asked for and set.
const (
	getSettings = unix.TCGETS
	setSettings = unix.TCSETS
)
