package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"devgate/internal/control"
	"devgate/internal/reach"
)

func newDown(std streams) *cobra.Command {
	var file string
	var all bool
	cmd := &cobra.Command{
		Use:   "down",
		Short: "Stop the running devgate of this project and wait for its end",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case all && file != "":
				return usageError(errors.New("--all and --file: want one of them\n  hint: --all is every devgate of yours, whatever its file"))
			case all:
				return downAll(cmd.Context(), std.out)
			}
			return down(cmd.Context(), file, std.out)
		},
	}
	fileFlag(cmd, &file)
	cmd.Flags().BoolVar(&all, "all", false, "stop every running devgate of yours")
	return cmd
}

// down stops the devgate of a project.
func down(ctx context.Context, file string, out io.Writer) error {
	root, err := rootOf(file)
	if err != nil {
		return err
	}
	_, ran, err := reach.Down(ctx, root)
	if err == nil && !ran {
		_, err = fmt.Fprintln(out, "devgate is not running here")
	}
	return err
}

// downAll stops every devgate of this user, all at once, and says of each when it has
// ended. One that cannot be stopped keeps none of the others.
func downAll(ctx context.Context, out io.Writer) error {
	entries, err := control.Entries()
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		return sayNoneRuns(out)
	}
	type end struct {
		entry control.Entry
		ran   bool
		err   error
	}
	ends := make(chan end, len(entries))
	for _, e := range entries {
		go func() { // each is waited for
			_, ran, err := reach.Down(ctx, e.Root)
			ends <- end{e, ran, err}
		}()
	}
	var failed []error
	for range entries {
		switch e := <-ends; {
		case e.err != nil:
			failed = append(failed, fmt.Errorf("%s, in %s: %w", e.entry.Name, e.entry.Root, e.err))
		case e.ran: // else it has ended by itself
			fmt.Fprintf(out, "stopped %s, in %s\n", e.entry.Name, e.entry.Root)
		}
	}
	return errors.Join(failed...)
}
