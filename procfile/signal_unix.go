//go:build unix

package procfile

import "syscall"

// Signal is a signal by the name that was written and the number it has here.
type Signal struct {
	Name   string // upper case without "SIG": "TERM"
	Number syscall.Signal
}

// signalNumber is looked up where the code runs: numbers differ between systems.
func signalNumber(name string) syscall.Signal {
	return map[string]syscall.Signal{
		"TERM": syscall.SIGTERM, "INT": syscall.SIGINT, "QUIT": syscall.SIGQUIT, "HUP": syscall.SIGHUP,
		"KILL": syscall.SIGKILL, "USR1": syscall.SIGUSR1, "USR2": syscall.SIGUSR2, "WINCH": syscall.SIGWINCH,
		"ABRT": syscall.SIGABRT, "ALRM": syscall.SIGALRM, "PIPE": syscall.SIGPIPE,
	}[name]
}
