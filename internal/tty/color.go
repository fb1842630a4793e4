package tty

import (
	"errors"
	"io"
)

// WantColor decides about colours: the mode (always, never or auto) first, then
// NO_COLOR (no-color.org), FORCE_COLOR and CLICOLOR_FORCE, then whether out is a
// terminal that can show them. Another mode is an error.
func WantColor(mode string, out io.Writer, env func(string) string) (bool, error) {
	switch mode {
	case "always":
		return true, nil
	case "never":
		return false, nil
	case "auto":
	default:
		return false, errors.New("want auto, always or never")
	}
	switch {
	case env("NO_COLOR") != "":
		return false, nil
	case forced(env("FORCE_COLOR")), forced(env("CLICOLOR_FORCE")):
		return true, nil
	}
	return IsTerminal(out) && env("TERM") != "dumb" && ReadsEscapes(out), nil
}

func forced(value string) bool { return value != "" && value != "0" && value != "false" }
