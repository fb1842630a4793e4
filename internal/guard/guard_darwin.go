package guard

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// attributes of the manager.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// How the settings of a terminal are asked for and set.
const (
	getSettings = unix.TIOCGETA
	setSettings = unix.TIOCSETA
)
