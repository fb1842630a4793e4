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

// good, bad and quiet colour a word of devgate's own lines. The log drops the
// colours where they are not wanted.
func good(text string) string  { return "\x1b[32m" + text + "\x1b[39m" }
func bad(text string) string   { return "\x1b[31m" + text + "\x1b[39m" }
func quiet(text string) string { return "\x1b[2m" + text + "\x1b[22m" }

func forced(value string) bool { return value != "" && value != "0" && value != "false" }
