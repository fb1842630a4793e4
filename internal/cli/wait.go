package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"devgate/internal/control"
	"devgate/internal/event"
	"devgate/internal/reach"
	"devgate/internal/words"
)

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
	client, err := reach.DialSoon(connecting, root)
	if err != nil {
		return err
	}
	// The rest of the time: connecting has taken some of it.
	answer, err := reach.AwaitSaved(ctx, client, names, time.Until(end))
	if err != nil || answer.Ready {
		return err
	}
	return words.NotReady(client, answer, timeout, tryAgainHint(answer))
}

// checkTimeout refuses a time to wait that is none.
func checkTimeout(d time.Duration) error {
	if d <= 0 {
		return usageError(fmt.Errorf("--timeout %s: want a duration above 0, such as 60s", d))
	}
	return nil
}

// tryAgainHint says what brings the first on that does not go on by itself.
func tryAgainHint(answer control.Readiness) string {
	for _, s := range words.Missing(answer) {
		switch {
		case s.State == event.Stopped:
			return "devgate start " + s.Name + " starts it"
		case s.Settled():
			return "devgate logs " + s.Name + " shows more; devgate restart " + s.Name + " tries again"
		}
	}
	return "devgate status tells how it stands, devgate logs -f what is printed"
}
