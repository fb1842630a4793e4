package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"devgate/internal/control"
)

// beginPatience is how long a devgate that is not there may take to begin: one that
// was started a moment ago (`devgate up &`) reads its file first.
const beginPatience = 2 * time.Second

func newWait(std streams) *cobra.Command {
	var file string
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:               "wait [NAME…]",
		Short:             "Return when all services, or these, are ready; fail with the last lines of what failed",
		ValidArgsFunction: names(startedHere),
		RunE: func(cmd *cobra.Command, names []string) error {
			if err := checkTimeout(timeout); err != nil {
				return err
			}
			root, none := rootOf(file)
			// There is no file yet, but a devgate without one may just be beginning here;
			// if not, that is the error.
			if none != nil {
				root, _ = os.Getwd() // where devgate may be about to run what it finds
			}
			err := waitFor(cmd.Context(), root, names, timeout)
			if none != nil && errors.Is(err, control.ErrNotRunning) {
				return none
			}
			return err
		},
	}
	fileFlag(cmd, &file)
	cmd.Flags().DurationVar(&timeout, "timeout", time.Minute, "how long to wait")
	return cmd
}

// waitFor is `devgate wait` for the project at root.
func waitFor(ctx context.Context, root string, names []string, timeout time.Duration) error {
	end := time.Now().Add(timeout)
	connecting, cancel := context.WithDeadline(ctx, end)
	defer cancel()
	client, err := connectSoon(connecting, root)
	if err != nil {
		return err
	}
	// The rest of the time: connecting has taken some of it.
	answer, err := awaitReady(ctx, client, names, max(time.Until(end), time.Millisecond))
	if err != nil || answer.Ready {
		return err
	}
	return notReady(client, answer, timeout, tryAgainHint(answer))
}

// checkTimeout refuses a time to wait that is none.
func checkTimeout(d time.Duration) error {
	if d <= 0 {
		return usageError(fmt.Errorf("--timeout %s: want a duration above 0, such as 60s", d))
	}
	return nil
}

// connectSoon is connect for a devgate that may only just have been started. One that
// has begun is waited for until ctx ends.
func connectSoon(ctx context.Context, root string) (*control.Client, error) {
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
	if errors.Is(err, control.ErrNotRunning) {
		err = nothingRuns(root)
	}
	return client, err
}

// answerPatience is for a devgate that ends a wait at its limit, and says how it
// stands: one that takes longer does not answer any more.
const answerPatience = 5 * time.Second

// awaitReady asks whether services are ready. The answer comes when that is known, or
// at the end of limit.
func awaitReady(ctx context.Context, client *control.Client, names []string, limit time.Duration) (control.Readiness, error) {
	// The devgate that answers ends the wait itself at limit, so more than that means
	// that it hangs.
	silent := errors.New("devgate does not answer; devgate status tells whether it runs")
	ctx, cancel := context.WithTimeoutCause(ctx, limit+answerPatience, silent)
	defer cancel()
	return client.Wait(ctx, names, limit)
}
