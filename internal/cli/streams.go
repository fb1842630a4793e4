package cli

import (
	"fmt"
	"io"
	"os"

	"devgate/internal/guard"
	"devgate/internal/tty"
)

// streams are the standard streams of one call of Main.
type streams struct {
	in       io.Reader
	out, err io.Writer
	args     []string    // of the command line
	guard    *guard.Link // nil: this process is no manager
}

// wantColor decides about colours; mode is the value of --color.
func wantColor(mode string, out io.Writer) (bool, error) {
	want, err := tty.WantColor(mode, out, os.Getenv)
	if err != nil {
		return false, usageError(fmt.Errorf("--color %s: %w", mode, err))
	}
	return want, nil
}
