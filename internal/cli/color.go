package cli

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// isTerminal reports whether a stream of this process is a terminal.
func isTerminal(w any) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// wantColor decides about colours: --color first, then NO_COLOR
// (no-color.org), FORCE_COLOR and CLICOLOR_FORCE, then whether out is a
// terminal that can show them.
func wantColor(mode string, out io.Writer, env func(string) string) (bool, error) {
	switch mode {
	case "always":
		return true, nil
	case "never":
		return false, nil
	case "auto":
	default:
		return false, usageError(fmt.Errorf("--color %s: want auto, always or never", mode))
	}
	switch {
	case env("NO_COLOR") != "":
		return false, nil
	case forced(env("FORCE_COLOR")), forced(env("CLICOLOR_FORCE")):
		return true, nil
	}
	return isTerminal(out) && env("TERM") != "dumb", nil
}

func forced(value string) bool { return value != "" && value != "0" && value != "false" }
