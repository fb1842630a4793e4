package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"devgate/internal/checkout"
	"devgate/internal/control"
	"devgate/internal/event"
	"devgate/internal/reach"
)

func newLs(std streams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "ls",
		Short: "List every running devgate of yours: project, state, branch, URL, folder",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			all, err := listRunning(cmd.Context())
			switch {
			case err != nil:
				return err
			case asJSON:
				return printJSON(std.out, all)
			}
			return printRunningAll(std.out, all)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// listed is one running devgate in `devgate ls --json`.
type listed struct {
	Name   string  `json:"name"`
	Folder string  `json:"folder"`
	Branch *string `json:"branch"` // null: no branch, or no Git
	URL    string  `json:"url"`    // "": not known yet
	Alias  *string `json:"alias"`  // its URL by a name of its own; null: it has none
	State  string  `json:"state"`
	PID    int     `json:"pid"` // 0: not known yet
}

// States of a devgate beside those that it tells itself.
const (
	suspended  = "suspended"  // by Ctrl-Z
	unanswered = "unanswered" // it does not say in time
)

// lsPatience is how long each may take to say how it is.
const lsPatience = time.Second

// listRunning asks every devgate of this user how it is, all at once.
func listRunning(ctx context.Context) ([]listed, error) {
	entries, err := control.Entries()
	if err != nil {
		return nil, err
	}
	all := make([]listed, len(entries))
	answers := make(chan func(), len(entries))
	for i, e := range entries {
		all[i] = listed{Name: e.Name, Folder: e.Root, URL: e.URL, State: unanswered, PID: e.PID}
		go func() { // ends with its answer; where a folder never answers, with this process
			one := look(ctx, e)
			answers <- func() { all[i] = one }
		}()
	}
	late := time.After(2 * lsPatience)
	for range entries {
		select {
		case take := <-answers:
			take()
		case <-late:
			return slices.Clone(all), nil
		}
	}
	// One that has ended while it was asked is not there.
	return slices.DeleteFunc(all, func(one listed) bool { return one.State == "" }), nil
}

// look asks one. Of one that has ended meanwhile the state is "".
func look(ctx context.Context, e control.Entry) listed {
	ctx, cancel := context.WithTimeout(ctx, lsPatience)
	defer cancel()
	one := listed{Name: e.Name, Folder: e.Root, URL: e.URL, PID: e.PID, Branch: orNil(checkout.Of(e.Root).Branch)}
	switch {
	case e.Socket == "":
		one.State = event.Starting.String()
		return one
	case reach.Suspended(e.PID):
		one.State = suspended
		return one
	}
	status, err := e.Client().Status(ctx)
	switch {
	case err == nil:
		one.Name, one.URL, one.Alias, one.State = status.Name, status.URL, status.Alias, status.State.String()
	case ctx.Err() != nil, errors.As(err, new(*control.Error)):
		one.State = unanswered // or it speaks another protocol
	case e.Runs():
		one.State = event.Stopping.String() // its socket goes before it does
	}
	return one
}

// orNil is the pointer to a text, or nil for an empty one.
func orNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// valueOf is the text that orNil has made a pointer to.
func valueOf(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func printRunningAll(out io.Writer, all []listed) error {
	if len(all) == 0 {
		return sayNoneRuns(out)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tSTATE\tBRANCH\tURL\tFOLDER")
	for _, one := range all {
		fmt.Fprintln(table, strings.Join([]string{one.Name, one.State, dash(valueOf(one.Branch)), dash(one.URL), one.Folder}, "\t"))
	}
	return table.Flush()
}

func sayNoneRuns(out io.Writer) error {
	_, err := fmt.Fprintln(out, "no devgate of yours runs")
	return err
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
