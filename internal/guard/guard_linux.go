package guard

import "syscall"

// attributes of the supervisor. Its guard's end continues it, should it be
// stopped (Ctrl-Z): only then can it learn of that end.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGCONT}
}
