package cli

import (
	"encoding/json"
	"io"

	"github.com/spf13/cobra"

	"devgate/internal/words"
)

func newStatus(std streams) *cobra.Command {
	var file string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show the services of the running devgate",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := dial(file)
			if err != nil {
				return err
			}
			status, err := client.Status(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(std.out, status)
			}
			return words.Status(std.out, status)
		},
	}
	fileFlag(cmd, &file)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// printJSON prints a value on a line.
func printJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	// "<" and "&" of reasons are to be read by people, not by browsers.
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
