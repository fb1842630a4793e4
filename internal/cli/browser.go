package cli

import (
	"runtime"

	"devgate/internal/guard"
)

// browse asks the desktop to show a page. Where there is none nothing happens; the
// URL has been printed. The browser is the user's: the guard starts it beside
// devgate.
func browse(g *guard.Link, url string) {
	program := "xdg-open"
	if runtime.GOOS == "darwin" {
		program = "open"
	}
	g.Open(program, url)
}
