package reach

import (
	"context"
	"errors"
	"time"

	"devgate/internal/control"
	"devgate/internal/proc"
)

// answerPatience is for a devgate that ends a wait at its limit, and says how it
// stands: one that takes longer does not answer any more.
const answerPatience = 5 * time.Second

// AwaitSaved is AwaitReady for who may have saved files just now.
func AwaitSaved(ctx context.Context, client *control.Client, names []string, limit time.Duration) (control.Readiness, error) {
	return await(ctx, client, names, limit, true)
}

// AwaitReady asks whether services are ready; without names, all that are to run. The
// answer comes when that is known, or at the end of limit.
func AwaitReady(ctx context.Context, client *control.Client, names []string, limit time.Duration) (control.Readiness, error) {
	return await(ctx, client, names, limit, false)
}

func await(ctx context.Context, client *control.Client, names []string, limit time.Duration, saved bool) (control.Readiness, error) {
	// The devgate that answers ends the wait itself at limit, so more than that means
	// that it hangs.
	silent := errors.New("devgate does not answer; devgate status tells whether it runs")
	ctx, cancel := context.WithTimeoutCause(ctx, max(limit, 0)+answerPatience, silent)
	defer cancel()
	// At least a millisecond, as a limit of 0 means none.
	return client.Wait(ctx, names, max(limit, time.Millisecond), saved)
}

// Down asks the devgate that runs the project at root to end, and waits for that. It
// is false when none runs, which is no error: what was asked for is so.
func Down(ctx context.Context, root string) (was control.Record, ran bool, err error) {
	client, err := Dial(root)
	if errors.Is(err, control.ErrNotRunning) {
		return was, false, nil
	}
	if err != nil {
		return was, false, err
	}
	// Read before it ends: the record goes with it.
	was, _ = control.Holder(root)
	if err := client.Down(ctx); err != nil {
		return was, true, err
	}
	return was, true, awaitEnd(ctx, root, was.PID)
}

// awaitEnd returns when nobody holds the project's lock any more, and the
// process that people see has ended.
// Polled, as a lock of another process tells nobody that it is gone. The lock goes first,
// and the guard's process a moment later; a script that starts devgate again wants both.
func awaitEnd(ctx context.Context, root string, pid int) error {
	process, alive := proc.Identify(pid)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, running := control.Holder(root); !running && !(alive && process.Alive()) {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
