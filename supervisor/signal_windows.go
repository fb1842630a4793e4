package supervisor

import (
	"fmt"
	"syscall"
)

// SignalName is the short name of a signal: "TERM" for SIGTERM. Windows has none, but
// services are told to end in their words.
func SignalName(sig syscall.Signal) string {
	switch sig {
	case syscall.SIGHUP:
		return "HUP"
	case syscall.SIGINT:
		return "INT"
	case syscall.SIGQUIT:
		return "QUIT"
	case syscall.SIGABRT:
		return "ABRT"
	case syscall.SIGKILL:
		return "KILL"
	case syscall.SIGPIPE:
		return "PIPE"
	case syscall.SIGALRM:
		return "ALRM"
	case syscall.SIGTERM:
		return "TERM"
	case 10:
		return "USR1"
	case 12:
		return "USR2"
	case 28:
		return "WINCH"
	}
	return fmt.Sprintf("%d", int(sig))
}
