package procfile

import "syscall"

// Signal is a signal by the name that was written and the number that stands for
// it. Windows has no signals: what a process is told is decided by who stops it.
type Signal struct {
	Name   string // upper case without "SIG": "TERM"
	Number syscall.Signal
}

// signalNumber is that of Linux, which exit codes of 128+n are known by. Package
// syscall has no names here for the last ones.
func signalNumber(name string) syscall.Signal {
	return map[string]syscall.Signal{
		"TERM": syscall.SIGTERM, "INT": syscall.SIGINT, "QUIT": syscall.SIGQUIT, "HUP": syscall.SIGHUP,
		"KILL": syscall.SIGKILL, "USR1": 10, "USR2": 12, "WINCH": 28,
		"ABRT": syscall.SIGABRT, "ALRM": syscall.SIGALRM, "PIPE": syscall.SIGPIPE,
	}[name]
}
