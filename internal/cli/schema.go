package cli

import (
	"github.com/spf13/cobra"

	"devgate/procfile/schema"
)

func newSchema(std streams) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the Devgatefile, for editors",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := std.out.Write(schema.JSON())
			return err
		},
	}
}
