package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"devgate/internal/control"
	"devgate/internal/project"
	"devgate/internal/proposal"
	"devgate/internal/reach"
	"devgate/procfile"
)

// fileFlag is -f, --file: which Devgatefile.
// Commands with another -f of their own (logs, requests) have --file alone.
func fileFlag(cmd *cobra.Command, file *string) {
	cmd.Flags().StringVarP(file, "file", "f", "", "read this Devgatefile instead of looking for one")
}

// load reads the project that a command is about. It adds to o what the process
// itself says.
func load(o *project.Options) (*project.Project, error) {
	o.Environ = os.Environ()
	dir, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("find working directory: %w", err)
	}
	o.Dir = dir
	p, err := project.Load(context.Background(), *o)
	switch {
	case errors.Is(err, procfile.ErrNotFound):
		// Nothing was started because of the file, or because there is none: exit code 2.
		return nil, usageError(&reach.NoProjectError{Dir: dir})
	case errors.Is(err, proposal.ErrCollection):
		return nil, usageError(fmt.Errorf("%s holds %w\n  hint: devgate init lists them; run devgate up in one of them", dir, err))
	case err != nil:
		return nil, usageError(err)
	}
	return p, nil
}

// rootOf finds the project's folder without reading the file: what runs can be
// asked and stopped even while the Devgatefile is broken, or gone.
func rootOf(file string) (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find working directory: %w", err)
	}
	root, err := reach.Root(dir, file)
	if err != nil {
		return "", usageError(err)
	}
	return root, nil
}

// dial finds the devgate that runs the project.
func dial(file string) (*control.Client, error) {
	root, err := rootOf(file)
	if err != nil {
		return nil, err
	}
	return reach.Dial(root)
}
