package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"devgate/internal/outline"
	"devgate/internal/project"
)

func newCheck(std streams) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Read the Devgatefile and print what it says",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := load(&project.Options{File: file})
			if err != nil {
				return err
			}
			if err := outline.Of(p).Write(std.out); err != nil {
				return err // nobody has read what was checked
			}
			// Notes come last and only look: an exit code of 0 says that the file is good.
			for _, note := range outline.Notes(cmd.Context(), p) {
				fmt.Fprintf(std.out, "\n%s\n", note)
			}
			return nil
		},
	}
	fileFlag(cmd, &file)
	return cmd
}
