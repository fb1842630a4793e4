package cli

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"devgate/internal/mcp"
)

func newMCP(std streams) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "mcp",
		Short: "Serve coding agents over the Model Context Protocol",
		Long: `devgate mcp is a server of the Model Context Protocol on standard input and
output: a coding agent starts it and calls its tools. It works before devgate
runs, across its restart, and for any project whose folder a call names.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := existing(dir)
			if err != nil {
				return usageError(err)
			}
			self, err := os.Executable()
			if err != nil {
				return fmt.Errorf("find devgate's own program: %w", err)
			}
			return mcp.Serve(cmd.Context(), mcp.Options{
				In: std.in, Out: std.out, Dir: dir, Program: self, Environ: os.Environ(), Version: version(),
			})
		},
	}
	cmd.Flags().StringVar(&dir, "dir", ".", "the folder of the project, for calls that name none")
	return cmd
}

// existing is the absolute path of a folder that is there.
func existing(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("--dir %s: %w", dir, err)
	}
	info, err := os.Stat(abs)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is a file", abs)
	}
	if err != nil {
		return "", fmt.Errorf("--dir: %w", err)
	}
	return abs, nil
}
