package cli

import (
	"devgate/internal/control"
	"devgate/internal/proc"
	"errors"
	"fmt"
)

// dial finds the devgate that runs the project.
func dial(file string) (*control.Client, error) {
	root, err := rootOf(file)
	if err != nil {
		return nil, err
	}
	client, err := connect(root)
	if errors.Is(err, control.ErrNotRunning) {
		err = nothingRuns(root)
	}
	return client, err
}

// nothingRuns says that there is nobody to ask. It is a control.ErrNotRunning.
func nothingRuns(root string) error { return notRunningError{root} }

type notRunningError struct{ root string }

// Error names the folder, and what to do.
func (e notRunningError) Error() string {
	return fmt.Sprintf("no devgate runs in %s\n  hint: devgate up starts it", e.root)
}

// Unwrap is what package control says.
func (e notRunningError) Unwrap() error { return control.ErrNotRunning }

// connect finds the devgate that runs the project at root.
// A devgate that is stopped still listens: a dial succeeds, and the answer never comes.
func connect(root string) (*control.Client, error) {
	if err := refuseStopped(root); err != nil {
		return nil, err
	}
	return control.Dial(root)
}

// refuseStopped says so when Ctrl-Z has stopped the devgate at root: it would not
// answer before it is continued.
func refuseStopped(root string) error {
	if record, running := control.Holder(root); running && isStopped(record.PID) {
		return fmt.Errorf("devgate (pid %d) is stopped\n  hint: fg in its terminal, or kill -CONT %d, lets it go on", record.PID, record.PID)
	}
	return nil
}

// isStopped reports whether a guard and its manager are stopped.
func isStopped(pid int) bool {
	// The record has the guard's pid, as people see that one; the manager is its first
	// child, and Ctrl-Z stops both.
	managers := proc.Children(pid)
	return proc.Stopped(pid) && len(managers) > 0 && proc.Stopped(managers[0])
}
