//go:build unix

package cli

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"devgate/internal/guard"
	"devgate/internal/project"
)

// suspending are the signals of Ctrl-Z: services have to stop with devgate, and go on
// with it.
func suspending() []os.Signal { return []os.Signal{syscall.SIGTSTP} }

// attachSignals are what `devgate attach` hears.
func attachSignals() []os.Signal {
	return []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT}
}

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

// oneOff is a command in a service's folder and environment.
func oneOff(service *project.Service, args []string) (*exec.Cmd, error) {
	// Through a shell, which looks the command up in the service's own PATH and
	// folder, and then is the command.
	cmd := exec.Command("/bin/sh", append([]string{"-c", `exec "$@"`, "sh"}, args...)...)
	cmd.Dir, cmd.Env = service.Dir, service.Env
	return cmd, nil
}

// exitCode is that of a command that has run. After a signal a shell gives the same number.
func exitCode(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return state.ExitCode()
}

// helper is false: this program is started for nothing but its commands.
func helper([]string) (code int, is bool) { return 0, false }
