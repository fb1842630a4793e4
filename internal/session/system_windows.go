package session

import (
	"fmt"
	"os"
	"syscall"
	"time"

	"devgate/internal/port"
)

// jobKeys are none: no key stops a program for a while here.
func jobKeys() []key { return nil }

// suspends is false: there is no Ctrl-Z here that stops a program.
func suspends(os.Signal) bool { return false }

// timeLeft is how long after a signal services may take to end; 0: for as long as their
// grace. A closed window, the end of a session and that of the system come as SIGTERM, and
// five seconds later the system ends this process, whatever it does.
func timeLeft(sig os.Signal) time.Duration {
	if sig == syscall.SIGTERM {
		return 3 * time.Second
	}
	return 0
}

// killCommand is what a person types to end a process.
func killCommand(pid int) string { return fmt.Sprintf("taskkill /F /PID %d", pid) }

// mayBeDevgates is true: what a process has in its environment is not to be seen here, and
// the list of devgates tells whose a port is.
func mayBeDevgates(port.Owner) bool { return true }
