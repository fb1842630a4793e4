package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"devgate/internal/control"
	"devgate/internal/project"
	"devgate/internal/proposal"
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
		return nil, usageError(noFile(dir))
	case errors.Is(err, proposal.ErrCollection):
		return nil, usageError(fmt.Errorf("%s holds %w\n  hint: devgate init lists them; run devgate up in one of them", dir, err))
	case err != nil:
		return nil, usageError(err)
	}
	return p, nil
}

func noFile(dir string) error {
	return fmt.Errorf(`no Devgatefile, Procfile.dev or Procfile in %s or in a folder above it, and nothing there that devgate knows to start a server
  hint: devgate init says what it has found; for a server that takes its port from $PORT this is enough:

      [web]
      command = "npm run dev"
      port = 5173`, dir)
}

// rootOf finds the project's folder without reading the file: what runs can be
// asked and stopped even while the Devgatefile is broken, or gone.
func rootOf(file string) (string, error) {
	if file != "" {
		return folderOf(file)
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find working directory: %w", err)
	}
	// Both may be there: a devgate of a project without a file, and a Devgatefile that
	// was written below it since.
	running, runs := control.Running(dir)
	found, err := procfile.Find(dir)
	switch {
	case err != nil && runs:
		return running, nil
	case errors.Is(err, procfile.ErrNotFound):
		return "", usageError(noFile(dir))
	case err != nil:
		return "", usageError(err)
	}
	root, err := folderOf(found)
	// Of two folders above the same one the longer path is the nearer.
	if runs && len(running) > len(root) { // both are above dir: the nearer one
		return running, nil
	}
	return root, err
}

func folderOf(file string) (string, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return "", fmt.Errorf("find project folder: %w", err)
	}
	return filepath.Dir(abs), nil
}
