//go:build unix

package session

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"devgate/internal/guard"
	"devgate/internal/port"
	"devgate/internal/proc"
)

// jobKeys are keys that the terminal itself makes signals of, and that are worth a word.
func jobKeys() []key { return []key{{"", "Ctrl-Z", "", "stop for a while: fg goes on", nil}} }

// suspends reports whether a signal is that of Ctrl-Z.
func suspends(sig os.Signal) bool { return sig == syscall.SIGTSTP }

// timeLeft is how long after a signal the system lets a process live; 0: for as long as it
// likes.
func timeLeft(os.Signal) time.Duration { return 0 }

// killCommand is what a person types to end a process.
func killCommand(pid int) string { return fmt.Sprintf("kill %d", pid) }

// mayBeDevgates reports whether the owner of a port is a devgate, or one of its services.
func mayBeDevgates(owner port.Owner) bool {
	// A process of devgate is known by its name, one of its services by the variable that
	// it has in its environment.
	return strings.HasPrefix(owner.Command, guard.Name) || proc.Variable(owner.PID, "DEVGATE") == "1"
}
