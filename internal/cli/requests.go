package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"devgate/internal/control"
	"devgate/internal/words"
)

// requestsOptions are the flags of `devgate requests`.
type requestsOptions struct {
	file            string
	follow, asJSON  bool
	secrets, listed bool // of one request: its secrets too; of a list: no number was given
}

func newRequests(std streams) *cobra.Command {
	var o requestsOptions
	cmd := &cobra.Command{
		Use:   "requests [ID]",
		Short: "Show the recent requests and who answered them, or one with headers and bodies",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := o.read(args)
			if err != nil {
				return usageError(err)
			}
			client, err := dial(o.file)
			if err != nil {
				return err
			}
			ctx, stop := untilSignal(cmd.Context())
			defer stop()
			if o.listed {
				return printRequests(ctx, std.out, client, o.follow, o.asJSON)
			}
			return printDetail(ctx, std.out, client, id, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.file, "file", "", "the Devgatefile of the project, instead of looking for one")
	f.BoolVarP(&o.follow, "follow", "f", false, "go on with new requests")
	f.BoolVar(&o.asJSON, "json", false, "print JSON: a list, with -f an object a line, of one request an object")
	f.BoolVar(&o.secrets, "secrets", false, "of one request: show the values of cookies, tokens and the like")
	return cmd
}

// read takes the number, and refuses flags that mean nothing with it, or without.
func (o *requestsOptions) read(args []string) (id uint64, err error) {
	if o.listed = len(args) == 0; o.listed {
		if o.secrets {
			return 0, errors.New("--secrets is for one request: devgate requests ID --secrets")
		}
		return 0, nil
	}
	// As it stands in the list, where people may take the sign for a part of it.
	if id, err = strconv.ParseUint(strings.TrimPrefix(args[0], "#"), 10, 64); err != nil {
		return 0, fmt.Errorf("request %q: want a number from the list that devgate requests prints", args[0])
	}
	if o.follow {
		return 0, errors.New("-f goes on with new requests, and a number names one that has been: leave one of them out")
	}
	return id, nil
}

// printDetail prints one request.
func printDetail(ctx context.Context, out io.Writer, client *control.Client, id uint64, o requestsOptions) error {
	d, err := client.Detail(ctx, id, o.secrets)
	if err != nil {
		return err
	}
	if o.asJSON {
		return printJSON(out, d)
	}
	return words.Detail(out, d)
}

// printRequests prints a list, or lines as they come. A reader that leaves
// (| head) ends it quietly.
func printRequests(ctx context.Context, out io.Writer, client *control.Client, follow, asJSON bool) error {
	if asJSON && !follow {
		// [] and not null when there were none.
		list := []control.Exchange{}
		err := client.Requests(ctx, control.RequestQuery{}, func(e control.Exchange) error { list = append(list, e); return nil })
		if err != nil {
			return err
		}
		return printJSON(out, list)
	}
	var gone error
	err := client.Requests(ctx, control.RequestQuery{Follow: follow}, func(e control.Exchange) error {
		if asJSON {
			gone = printJSON(out, e)
		} else {
			gone = words.Request(out, e)
		}
		return gone
	})
	// A reader that has gone is no failure of the command.
	if gone != nil {
		return nil
	}
	return err
}
