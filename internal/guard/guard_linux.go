package guard

import "syscall"

// becomeSubreaper makes this process inherit the orphans among its descendants,
// see prctl(2). What cannot be had is done without: internal/proc has more ways.
func becomeSubreaper() {
	const setChildSubreaper = 36
	syscall.RawSyscall(syscall.SYS_PRCTL, setChildSubreaper, 1, 0)
}

// attributes of the supervisor. Its guard's end continues it, should it be
// stopped (Ctrl-Z): only then can it learn of that end.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGCONT}
}
