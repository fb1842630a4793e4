package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"devgate/internal/reach"
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
			_, ran, err := reach.Down(cmd.Context(), root)
			if err == nil && !ran {
				_, err = fmt.Fprintln(std.out, "devgate is not running here")
			}
			return err
		},
	}
	fileFlag(cmd, &file)
	return cmd
}
