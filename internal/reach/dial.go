package reach

import (
	"context"
	"errors"
	"fmt"
	"time"

	"devgate/internal/control"
	"devgate/internal/proc"
)

// NotRunningError says that there is nobody to ask. It is a control.ErrNotRunning.
type NotRunningError struct{ Root string }

// Error names the folder, and what to do.
func (e *NotRunningError) Error() string {
	return fmt.Sprintf("no devgate runs in %s\n  hint: devgate up starts it", e.Root)
}

// Unwrap is what package control says.
func (e *NotRunningError) Unwrap() error { return control.ErrNotRunning }

// Dial finds the devgate that runs the project at root. Without one the error is a
// *NotRunningError.
// A devgate that is stopped still listens: a dial succeeds, and the answer never comes.
func Dial(root string) (*control.Client, error) {
	if err := refuseStopped(root); err != nil {
		return nil, err
	}
	client, err := control.Dial(root)
	return client, named(err, root)
}

// beginPatience is how long a devgate that is not there may take to begin: one that
// was started a moment ago (`devgate up &`) reads its file first.
const beginPatience = 2 * time.Second

// DialSoon is Dial for a devgate that may only just have been started. One that has
// begun is waited for until ctx ends.
func DialSoon(ctx context.Context, root string) (*control.Client, error) {
	if err := refuseStopped(root); err != nil {
		return nil, err
	}
	soon, cancel := context.WithTimeout(ctx, beginPatience)
	defer cancel()
	client, err := control.Await(soon, root)
	// It has begun: its lock is held, and only its socket is not there yet.
	if err != nil && !errors.Is(err, control.ErrNotRunning) {
		client, err = control.Await(ctx, root)
	}
	return client, named(err, root)
}

// named makes an error that says where nobody runs of one that only says so.
func named(err error, root string) error {
	if errors.Is(err, control.ErrNotRunning) {
		return &NotRunningError{root}
	}
	return err
}

// refuseStopped says so when Ctrl-Z has stopped the devgate at root: it would not
// answer before it is continued.
func refuseStopped(root string) error {
	if record, running := control.Holder(root); running && Suspended(record.PID) {
		return fmt.Errorf("devgate (pid %d) is stopped\n  hint: fg in its terminal, or kill -CONT %d, lets it go on", record.PID, record.PID)
	}
	return nil
}

// Suspended reports whether a devgate is stopped, as by Ctrl-Z: both its guard, which
// has this pid, and its manager.
func Suspended(pid int) bool {
	// The record has the guard's pid, as people see that one; the manager is its first
	// child, and Ctrl-Z stops both.
	managers := proc.Children(pid)
	return proc.Stopped(pid) && len(managers) > 0 && proc.Stopped(managers[0])
}
