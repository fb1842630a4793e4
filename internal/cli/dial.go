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
		return nil, fmt.Errorf("no devgate runs in %s\n  hint: devgate up starts it", root)
	}
	return client, err
}

// connect finds the devgate that runs the project at root. One that Ctrl-Z has
// stopped would not answer before it is continued.
func connect(root string) (*control.Client, error) {
	if record, running := control.Holder(root); running && isStopped(record.PID) {
		return nil, fmt.Errorf("devgate (pid %d) is stopped\n  hint: fg in its terminal, or kill -CONT %d, lets it go on", record.PID, record.PID)
	}
	return control.Dial(root)
}

// isStopped reports whether a guard and its manager are stopped.
func isStopped(pid int) bool {
	managers := proc.Children(pid)
	return proc.Stopped(pid) && len(managers) > 0 && proc.Stopped(managers[0])
}
