//go:build unix

package proc

import "syscall"

// Detached lets a command start in a session of its own: closing the terminal sends it
// no SIGHUP, and Ctrl-C does not reach it.
func Detached() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
