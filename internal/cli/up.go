package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"devgate/internal/control"
	"devgate/internal/logmux"
	"devgate/internal/project"
)

// upOptions are the flags of `devgate up`.
type upOptions struct {
	file          string
	port          int
	host          string
	detach, wait  bool
	exitOnFailure bool
	timestamps    bool
	format        string
	colorMode     string
	open          bool
	timeout       time.Duration

	color   bool // worked out from colorMode
	guarded bool
}

func newUp(std streams) *cobra.Command {
	var o upOptions
	cmd := &cobra.Command{
		Use:   "up [NAME…]",
		Short: "Start all services, or these and what they are after",
		Args:  cobra.ArbitraryArgs,
		RunE:  func(_ *cobra.Command, args []string) error { return up(o, args, std) },
	}
	f := cmd.Flags()
	fileFlag(cmd, &o.file)
	f.IntVar(&o.port, "port", 0, "port of the gateway, instead of the Devgatefile's")
	f.StringVar(&o.host, "host", "", "address of the gateway, instead of the Devgatefile's")
	f.BoolVar(&o.detach, "detach", false, "go to the background once everything is ready, or has failed")
	f.BoolVar(&o.wait, "wait", false, "say it when not everything is ready within --timeout")
	f.BoolVar(&o.exitOnFailure, "exit-on-failure", false, "end with a service's exit code when it fails")
	f.BoolVar(&o.timestamps, "timestamps", false, "begin every line with the time")
	f.StringVar(&o.format, "format", "text", "form of the lines: text or json")
	f.StringVar(&o.colorMode, "color", "auto", "colours: auto, always or never")
	f.BoolVar(&o.open, "open", false, "show the gateway in the browser when it is ready")
	f.DurationVar(&o.timeout, "timeout", time.Minute, "how long --wait and --detach wait")
	return cmd
}

func (o upOptions) logFormat() logmux.Format {
	if o.format == "json" {
		return logmux.JSON
	}
	return logmux.Text
}

// check refuses flags that mean nothing.
func (o *upOptions) check(out io.Writer) (err error) {
	switch {
	case o.format != "text" && o.format != "json":
		return usageError(fmt.Errorf("--format %s: want text or json", o.format))
	case o.port < 0 || o.port > 65535:
		return usageError(fmt.Errorf("--port %d: want 1-65535", o.port))
	case o.timeout <= 0:
		return usageError(fmt.Errorf("--timeout %s: want a duration above 0, such as 60s", o.timeout))
	}
	o.color, err = wantColor(o.colorMode, out, os.Getenv)
	return err
}

func up(o upOptions, names []string, std streams) error {
	if err := o.check(std.out); err != nil {
		return err
	}
	o.guarded = std.guarded
	if !o.detach && !o.guarded {
		return runGuard(std.args, o.file)
	}
	p, err := load(project.Options{File: o.file, Port: o.port, Host: o.host, Color: o.color})
	if err != nil {
		return err
	}
	for _, name := range names {
		if p.Service(name) == nil {
			return usageError(unknownService(p, name))
		}
	}
	if o.detach {
		return detach(o, p, names, std)
	}
	return foreground(o, p, names, std)
}

func unknownService(p *project.Project, name string) error {
	var all []string
	for _, s := range p.Services {
		all = append(all, s.Name)
	}
	return fmt.Errorf("no service %q\n  hint: there are %s", name, strings.Join(all, ", "))
}

// foreground is `devgate up` itself, from the lock to the last line.
func foreground(o upOptions, p *project.Project, names []string, std streams) error {
	signals, release := catchSignals(syscall.SIGTSTP)
	defer release()
	lock, err := control.Acquire(p.Root)
	var held *control.HeldError
	if errors.As(err, &held) {
		return alreadyRunning(std.out, held.Record)
	}
	if err != nil {
		return err
	}
	if len(names) == 0 {
		names = nil
	}
	ended := endLeftovers(p.Root)
	s, err := newSession(p, o, names, lock, std)
	if err != nil {
		lock.Release()
		return err
	}
	s.endedBefore = ended
	stopGuard := s.watchGuard()
	defer stopGuard()
	stopWatching := s.watchOutput(std.out)
	defer stopWatching()
	switch err := s.run(signals); {
	case errors.Is(err, errDown), errors.Is(err, errOutputClosed):
		return nil
	default:
		return err
	}
}

func alreadyRunning(out io.Writer, r control.Record) error {
	_, err := fmt.Fprintf(out, "already running (pid %d) %s\n", r.PID, r.URL)
	return err
}
