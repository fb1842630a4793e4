package reach

import (
	"errors"
	"fmt"
	"path/filepath"

	"devgate/internal/control"
	"devgate/procfile"
)

// Root finds the folder of the project that dir belongs to: that of file, if one is
// named, else the nearest above dir in which a devgate runs or a Devgatefile or
// Procfile lies. Without any the error is a *NoProjectError.
func Root(dir, file string) (string, error) {
	if file != "" {
		return folderOf(file)
	}
	// Both may be there: a devgate of a project without a file, and a Devgatefile that
	// was written below it since.
	running, runs := control.Running(dir)
	found, err := procfile.Find(dir)
	switch {
	case err != nil && runs:
		return running, nil
	case errors.Is(err, procfile.ErrNotFound):
		return "", &NoProjectError{dir}
	case err != nil:
		return "", err
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

// NoProjectError says that a folder belongs to no project. It is a
// procfile.ErrNotFound.
type NoProjectError struct{ Dir string }

// Error says what was looked for, and what to do.
func (e *NoProjectError) Error() string {
	return fmt.Sprintf(`no Devgatefile, Procfile.dev or Procfile in %s or in a folder above it, and nothing there that devgate knows to start a server
  hint: devgate init says what it has found; for a server that takes its port from $PORT this is enough:

      [web]
      command = "npm run dev"
      port = 5173`, e.Dir)
}

// Unwrap is what package procfile says.
func (e *NoProjectError) Unwrap() error { return procfile.ErrNotFound }
