//go:build unix && !linux

package guard

import "syscall"

// becomeSubreaper does nothing: these systems have no subreapers.
func becomeSubreaper() {}

func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
