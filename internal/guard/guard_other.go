//go:build unix && !linux

package guard

import "syscall"

func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// shrink does nothing.
func shrink() {}
