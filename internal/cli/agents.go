package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"devgate/internal/agents"
	"devgate/internal/reach"
)

// writeAgents is `devgate init --agents`: a block in the AGENTS.md beside the
// Devgatefile, or in this folder where there is none.
func writeAgents(ctx context.Context, print bool, std streams) error {
	if print {
		_, err := std.out.Write(agents.Block())
		return err
	}
	dir, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("find working directory: %w", err)
	}
	root, err := reach.Root(dir, "")
	var none *reach.NoProjectError
	switch {
	case errors.As(err, &none):
		root = dir
	case err != nil:
		return usageError(err)
	}
	change, err := agents.Write(ctx, root)
	if err != nil {
		return usageError(err)
	}
	words := map[agents.Change]string{
		agents.None: "%s is up to date", agents.Made: "wrote %s",
		agents.Added: "added a block to %s", agents.Updated: "brought the block in %s up to date",
	}
	_, err = fmt.Fprintf(std.out, words[change]+"\n", filepath.Join(root, agents.Name))
	return err
}
