package cli

import (
	"os/exec"
	"runtime"
)

// openBrowser asks the desktop to show a page. Where there is none nothing
// happens; the URL has been printed.
func openBrowser(url string) {
	program := "xdg-open"
	if runtime.GOOS == "darwin" {
		program = "open"
	}
	cmd := exec.Command(program, url)
	if cmd.Start() == nil {
		go cmd.Wait() // reaps it; it ends by itself
	}
}
