package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"devgate/internal/control"
)

// newVerbs are start, stop and restart: the same command with another verb.
func newVerbs(std streams) []*cobra.Command {
	var all []*cobra.Command
	for _, v := range []struct {
		verb  control.Verb
		short string
	}{
		{control.Start, "Start services that do not run, and what they are after"},
		{control.Stop, "Stop services; a change does not start them again"},
		{control.Restart, "Restart services; a build runs first, beside the old process"},
	} {
		all = append(all, newVerb(v.verb, v.short))
	}
	return all
}

func newVerb(verb control.Verb, short string) *cobra.Command {
	var file string
	var wait bool
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:               string(verb) + " NAME…",
		Short:             short,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: names(startedHere),
		RunE: func(cmd *cobra.Command, names []string) error {
			if err := checkTimeout(timeout); err != nil {
				return err
			}
			client, err := dial(file)
			if err != nil {
				return err
			}
			// The cause is what a person reads; ctx's own error would say "context
			// deadline exceeded".
			late := fmt.Errorf("not done after %s; devgate status tells how it stands", timeout)
			ctx, cancel := context.WithTimeoutCause(cmd.Context(), timeout, late)
			defer cancel()
			return client.Do(ctx, verb, names, wait)
		},
	}
	fileFlag(cmd, &file)
	cmd.Flags().BoolVar(&wait, "wait", false, "return when it is done, or has failed")
	cmd.Flags().DurationVar(&timeout, "timeout", time.Minute, "how long --wait waits")
	return cmd
}
