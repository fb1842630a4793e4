package cli

import (
	"os"
	"os/exec"
	"syscall"

	"devgate/internal/guard"
	"devgate/internal/proc"
	"devgate/internal/project"
)

// suspending are none: nothing stops a program here for a while, as Ctrl-Z does elsewhere.
func suspending() []os.Signal { return nil }

// attachSignals are what `devgate attach` hears.
func attachSignals() []os.Signal { return []os.Signal{os.Interrupt, syscall.SIGTERM} }

// browse asks the desktop to show a page. The browser is the user's: it is in no job of
// devgate's. What asks is another program, as one that has to do with windows ends at once
// when the user logs off.
func browse(_ *guard.Link, url string) {
	cmd := exec.Command(proc.SystemProgram("rundll32.exe"), "url.dll,FileProtocolHandler", url)
	if cmd.Start() == nil {
		go cmd.Wait() // ends in a moment; nobody has to know
	}
}

// oneOff is a command in a service's folder and environment.
func oneOff(service *project.Service, args []string) (*exec.Cmd, error) {
	path, err := proc.LookPath(args[0], service.Dir, service.Env)
	if err != nil {
		return nil, err
	}
	line, is, err := proc.BatchLine(path, args[1:])
	if err != nil {
		return nil, err
	}
	cmd := &exec.Cmd{Path: path, Args: args, Dir: service.Dir, Env: service.Env}
	if is {
		cmd.Path, cmd.SysProcAttr = proc.SystemShell(), &syscall.SysProcAttr{CmdLine: line}
	}
	return cmd, nil
}

// exitCode is that of a command that has run.
func exitCode(state *os.ProcessState) int { return state.ExitCode() }

// helper does what this program is started for by itself, and is false where it is not.
func helper(args []string) (code int, is bool) { return proc.ConsoleHelper(args) }
