package supervisor

import (
	"io"
	"syscall"
	"time"

	"devgate/internal/event"
)

// Command is what the operating system is asked to run.
type Command struct {
	Args []string // program and arguments; the program is looked up in PATH of Env
	Dir  string   // working directory, absolute
	Env  []string // the whole environment, "NAME=value"

	// Refused is why the command cannot be started, where that is known before; nil: it
	// is tried.
	Refused error

	// Terminal is what the command reads from and prints to. It leads a session
	// of its own there. Nil: pipes. One command at a time may have it.
	Terminal *Terminal
}

// Purpose is what a command of a service is run for.
type Purpose uint8

// The purposes.
const (
	ToRun   Purpose = iota // it is the service
	ToBuild                // it is its build
	ToStop                 // it is its stop command
)

// Starter starts commands. Exec is the real one; tests put a recording one in
// its place.
type Starter interface {
	// Start runs c as the leader of a process group of its own. Both sinks are
	// closed when their streams have ended, or by Start when it returns an error.
	// What comes from a terminal goes to stdout.
	Start(c Command, stdout, stderr io.WriteCloser) (Child, error)
}

// Child is one started command with everything that descends from it.
type Child interface {
	PID() int
	// Wait blocks until the leader has ended and its output was passed on.
	Wait() event.Exit
	// Signal reaches every process of the group, KILL every process of the
	// tree. After Sweep it does nothing.
	Signal(sig syscall.Signal)
	// Rest lists the numbers of the living processes of the tree, sorted.
	Rest() []int
	// Sweep, called after Wait, blocks until no process of the tree is left and
	// its output was passed on. sig goes to what is left first (0: the group has
	// had its signal), and KILL to all of it after grace.
	Sweep(sig syscall.Signal, grace time.Duration)
}
