package cli

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"devgate/internal/control"
	"devgate/internal/shared"
	"devgate/internal/words"
)

func newWhy(std streams) *cobra.Command {
	var file, data string
	var headers []string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "why [METHOD] PATH",
		Short: "Send a request and show which backend said what, and what follows",
		Args:  cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			q, err := question(args, headers, data, cmd.Flags().Changed("data"))
			if err != nil {
				return usageError(err)
			}
			client, err := dial(file)
			if err != nil {
				return err
			}
			answer, err := client.Explain(cmd.Context(), q)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(std.out, answer)
			}
			return words.Explanation(std.out, answer)
		},
	}
	fileFlag(cmd, &file)
	cmd.Flags().StringArrayVarP(&headers, "header", "H", nil, `a header, as "Name: value"; again for more`)
	cmd.Flags().StringVarP(&data, "data", "d", "", "a body (@FILE reads one); the method is POST then")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// question is the request that the arguments describe.
func question(args, headers []string, data string, withBody bool) (q control.Question, err error) {
	q = control.Question{Method: http.MethodGet, Target: args[len(args)-1], Header: http.Header{}}
	if withBody {
		q.Method = http.MethodPost
		if q.Body, err = bodyOf(data); err != nil {
			return q, err
		}
	}
	// A method that is given counts more than the one that -d brings.
	if len(args) == 2 {
		q.Method = strings.ToUpper(args[0])
	}
	// A whole URL would suggest that the host can be chosen.
	if !strings.HasPrefix(q.Target, "/") {
		return q, fmt.Errorf("path %q: want one that begins with /", q.Target)
	}
	for _, h := range headers {
		name, value, ok := strings.Cut(h, ":")
		if !ok {
			return q, fmt.Errorf("-H %q: want \"Name: value\"", h)
		}
		q.Header.Add(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	return q, nil
}

func bodyOf(data string) ([]byte, error) {
	name, fromFile := strings.CutPrefix(data, "@")
	if !fromFile {
		return []byte(data), nil
	}
	body, err := shared.ReadFile(name)
	if err != nil {
		// The name is said already, so only what is wrong with it follows: a
		// *fs.PathError has it twice.
		return nil, fmt.Errorf("-d @%s: %w", name, errors.Unwrap(err))
	}
	return body, nil
}
