package cli

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"

	"github.com/spf13/cobra"

	"devgate/internal/control"
	"devgate/internal/project"
	"devgate/internal/tty"
	"devgate/procfile"
)

func newRun(std streams) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:               "run NAME -- CMD…",
		Short:             "Run a command in a service's folder and environment",
		ValidArgsFunction: oneName(startedHere, cobra.ShellCompDirectiveDefault),
		Args: func(_ *cobra.Command, args []string) error {
			if len(withoutDashes(args)) < 2 {
				return errors.New("want the name of a service and a command\n  hint: devgate run api -- go test ./...")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			args = withoutDashes(args)
			p, err := loadAsRunning(cmd, file)
			if err != nil {
				return err
			}
			service := p.Service(args[0])
			switch {
			case service == nil:
				return usageError(p.Unknown(args[0]))
			case service.Kind() == procfile.Remote:
				return usageError(fmt.Errorf("%s has a url: there is no folder or environment to run in", args[0]))
			}
			return runCommand(service, args[1:], std)
		},
	}
	fileFlag(cmd, &file)
	// "devgate run api go test -v": -v is go's.
	cmd.Flags().SetInterspersed(false) // flags behind NAME belong to the command
	return cmd
}

// withoutDashes drops the -- between NAME and CMD.
// pflag takes a "--" away only where flags may still follow; behind NAME they may not.
func withoutDashes(args []string) []string {
	if len(args) > 1 && args[1] == "--" {
		return append([]string{args[0]}, args[2:]...)
	}
	return args
}

// loadAsRunning reads the project, with the ports that a running devgate has for
// it.
func loadAsRunning(cmd *cobra.Command, file string) (*project.Project, error) {
	// The command writes to this output itself: colours are right where it is a terminal.
	o := project.Options{File: file, Color: tty.IsTerminal(cmd.OutOrStdout())}
	root, err := rootOf(file)
	if err != nil {
		return nil, err
	}
	// A devgate that does not answer is as good as none: ports are then those of the
	// file.
	if client, err := control.Dial(root); err == nil {
		if status, err := client.Status(cmd.Context()); err == nil {
			o.Ports = map[string]int{}
			o.Port = portOf(status.URL) // of `up --port`, too
			if status.Alias != nil {
				o.Block = o.Port // all ports have moved
			}
			for _, s := range status.Services {
				if s.Port != nil {
					o.Ports[s.Name] = *s.Port
				}
			}
		}
	}
	return load(&o)
}

// portOf is the port in a URL; 0 when there is none.
func portOf(text string) int {
	u, err := url.Parse(text)
	if err != nil {
		return 0
	}
	port, _ := strconv.Atoi(u.Port())
	return port
}

// runCommand gives the command devgate's own terminal. Ctrl-C reaches it
// directly; devgate waits for what it makes of it.
func runCommand(service *project.Service, args []string, std streams) error {
	// Without this Ctrl-C would end devgate in front of the command, and the shell would
	// prompt while it still runs.
	taken := make(chan os.Signal, 1) // taken, not ignored: the command would inherit that
	signal.Notify(taken, syscall.SIGINT, syscall.SIGQUIT)
	defer signal.Stop(taken)
	cmd, err := oneOff(service, args)
	if err != nil {
		return err
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = std.in, std.out, std.err
	err = cmd.Run()
	var exited *exec.ExitError
	// It has run, and its exit code is the answer; anything else is devgate's own
	// failure.
	if !errors.As(err, &exited) {
		return err
	}
	return &exitError{code: exitCode(exited.ProcessState)}
}
