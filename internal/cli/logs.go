package cli

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/spf13/cobra"

	"devgate/internal/control"
	"devgate/internal/logmux"
)

// newLogs checks the pattern before anything is asked, as the error would come from another
// process otherwise. It has no fileFlag: -f is --follow here, as it is in tail.
func newLogs(std streams) *cobra.Command {
	var file, colorMode string
	var q control.LogQuery
	var tail int
	var asJSON, timestamps bool
	cmd := &cobra.Command{
		Use:               "logs [NAME…]",
		Short:             "Show what services have printed, and with -f what they print",
		ValidArgsFunction: names(startedHere, logmux.Devgate+"\tdevgate itself"),
		RunE: func(cmd *cobra.Command, names []string) error {
			color, err := wantColor(colorMode, std.out)
			if err != nil {
				return err
			}
			if _, err := regexp.Compile(q.Grep); err != nil {
				return usageError(fmt.Errorf("--grep: %w", err))
			}
			client, err := dial(file)
			if err != nil {
				return err
			}
			q.Services, q.Tail = names, tailOf(tail)
			cfg := logmux.Config{Out: std.out, Color: color, Timestamps: timestamps}
			if asJSON {
				cfg.Format = logmux.JSON
			}
			return printLogs(cmd.Context(), client, q, cfg)
		},
	}
	f := cmd.Flags()
	f.StringVar(&file, "file", "", "the Devgatefile of the project, instead of looking for one")
	f.BoolVarP(&q.Follow, "follow", "f", false, "go on with new lines")
	f.IntVar(&tail, "tail", -1, "the last N lines only; -1: all that are kept")
	f.DurationVar(&q.Since, "since", 0, "lines of the last 30s, 5m, … only")
	f.StringVar(&q.Grep, "grep", "", "lines that match this regular expression only")
	f.BoolVar(&asJSON, "json", false, "print a JSON object a line")
	f.BoolVar(&timestamps, "timestamps", false, "begin every line with the time")
	f.StringVar(&colorMode, "color", "auto", "colours: auto, always or never")
	return cmd
}

// tailOf translates --tail, where 0 means none and a negative number all: in a
// query it is the other way round.
// In a query zero means all, of every field.
func tailOf(n int) int {
	switch {
	case n < 0:
		return 0
	case n == 0:
		return -1
	}
	return n
}

// errReaderGone ends the printing of lines that nobody reads any more.
var errReaderGone = errors.New("the reader has gone")

// printLogs passes lines through a printer of its own, so that they look as
// they do under `devgate up`. A reader that leaves (| head) ends it quietly.
func printLogs(ctx context.Context, client *control.Client, q control.LogQuery, cfg logmux.Config) error {
	// A signal ends it without an error: Ctrl-C is how one leaves -f.
	ctx, stop := untilSignal(ctx)
	defer stop()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	status, err := client.Status(ctx)
	if err != nil {
		return err
	}
	// All names, also of services that are not shown: colours and columns are then those
	// of devgate up.
	for _, s := range status.Services {
		cfg.Services = append(cfg.Services, s.Name)
	}
	cfg.OnClosed = func(error) { cancel(errReaderGone) }
	printer := logmux.New(cfg)
	err = client.Logs(ctx, q, func(l logmux.Line) error {
		printer.Print(l)
		// OnClosed has cancelled ctx by now if the reader has gone; the error ends Logs.
		return context.Cause(ctx)
	})
	closeErr := printer.Close()
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		return err
	}
	return closeErr
}
