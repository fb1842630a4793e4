package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"devgate/internal/control"
	"devgate/internal/proc"
)

func newDown(std streams) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "down",
		Short: "Stop the running devgate of this project and wait for its end",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			root, err := rootOf(file)
			if err != nil {
				return err
			}
			client, err := connect(root)
			if err != nil && !errors.Is(err, control.ErrNotRunning) {
				return err
			}
			// No error: what was asked for is so.
			if err != nil {
				_, err := fmt.Fprintln(std.out, "devgate is not running here")
				return err
			}
			// Read before it ends: the record goes with it.
			record, _ := control.Holder(root)
			if err := client.Down(cmd.Context()); err != nil {
				return err
			}
			return awaitEnd(cmd.Context(), root, record.PID)
		},
	}
	fileFlag(cmd, &file)
	return cmd
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
			return ctx.Err()
		}
	}
}
