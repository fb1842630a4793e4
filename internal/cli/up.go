package cli

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/spf13/cobra"

	"devgate/internal/control"
	"devgate/internal/logmux"
	"devgate/internal/project"
	"devgate/internal/session"
	"devgate/internal/tty"
)

func newUp(std streams) *cobra.Command {
	var o upOptions
	cmd := &cobra.Command{
		Use:               "up [NAME…]",
		Short:             "Start all services, or these and what they are after",
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: names(startedHere),
	}
	f := cmd.Flags()
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		// Of this command's flags, which the command without a name has as well.
		o.isolateSet = f.Changed("isolate")
		return up(o, args, std)
	}
	fileFlag(cmd, &o.file)
	f.IntVar(&o.port, "port", 0, "port of the gateway, instead of the Devgatefile's")
	f.StringVar(&o.host, "host", "", "address of the gateway, instead of the Devgatefile's")
	f.BoolVar(&o.isolate, "isolate", false, "take ports of this checkout's own, instead of the Devgatefile's; --isolate=false: never")
	f.BoolVar(&o.detach, "detach", false, "go to the background once everything is ready, or has failed")
	f.BoolVar(&o.json, "json", false, "with --detach: print the object of devgate status --json")
	f.BoolVar(&o.wait, "wait", false, "be ready when everything is, and say it when that fails or takes longer than --timeout")
	f.BoolVar(&o.exitOnFailure, "exit-on-failure", false, "end with a service's exit code when it fails")
	f.BoolVar(&o.timestamps, "timestamps", false, "begin every line with the time")
	f.StringVar(&o.format, "format", "text", "form of the lines: text or json")
	f.StringVar(&o.colorMode, "color", "auto", "colours: auto, always or never")
	f.BoolVar(&o.open, "open", false, "show the gateway in the browser when it is ready")
	f.DurationVar(&o.timeout, "timeout", time.Minute, "how long --wait and --detach wait")
	return cmd
}

func up(o upOptions, names []string, std streams) error {
	if err := o.check(std.out); err != nil {
		return err
	}
	// Two processes, unless there is one already: the guard outlives whatever happens to
	// the manager.
	if !o.detach && needsGuard(std) {
		return runGuard(std)
	}
	source := project.Options{File: o.file, Port: o.port, Host: o.host, Color: o.color, Isolate: o.isolation()}
	p, err := load(&source)
	if err != nil {
		return err
	}
	// Before anything is opened: a name that does not exist is a mistake of the command
	// line.
	for _, name := range names {
		if p.Service(name) == nil {
			return usageError(p.Unknown(name))
		}
	}
	if o.detach {
		return detach(o, p, names, std)
	}
	return foreground(o.session(p, source, names), std)
}

// foreground is `devgate up` itself, with the streams of this process.
func foreground(o session.Options, std streams) error {
	signals, release := catchSignals(suspending()...)
	defer release()
	o.Signals, o.Guard = signals, std.guard
	o.Out, o.Err = std.out, std.err
	o.Browse = func(url string) { browse(std.guard, url) }
	o.TerminalSize = func() (columns, rows int) { return tty.Size(std.out) }
	o.FollowSize = func(ctx context.Context, changed func()) { tty.FollowSize(ctx, std.out, changed) }
	// The keyboard belongs to text for people; JSON lines would be torn by a line at the
	// bottom.
	if !needsGuard(std) && o.Format == logmux.Text {
		// nil where there is no terminal: then nothing reads keys, and the output is a
		// plain stream.
		if keyboard := tty.NewKeyboard(std.in, std.out, inForeground, o.Color); keyboard != nil {
			o.Keyboard, o.Out = keyboard, keyboard
		}
	}
	return sessionResult(session.Run(o), std.out)
}

// sessionResult is what the end of a session means to the command.
func sessionResult(err error, out io.Writer) error {
	var held *control.HeldError
	var signal *session.SignalError
	var failed *session.ServiceError
	switch {
	// Both are the end that was asked for.
	case errors.Is(err, session.ErrDown), errors.Is(err, session.ErrOutputClosed):
		return nil
	// Another one has the lock: what was wanted runs already.
	case errors.As(err, &held):
		return alreadyRunning(out, held.Record)
	case errors.As(err, &signal):
		return signalError(signal.Signal)
	case errors.As(err, &failed) && failed.Exit != nil:
		return &exitError{code: failed.Exit.Code}
	// It never ran, or was ended in another way: there is no code to pass on.
	case errors.As(err, &failed):
		return &exitError{code: exitFailed}
	}
	return err
}

// fileOf is the Devgatefile that a command line names; "" when it names none.
// Only --file matters, and a line that is wrong otherwise has been refused by the
// manager: errors are of no use here.
func fileOf(std streams) string {
	up := newUp(std)
	up.ParseFlags(std.args)
	return up.Flag("file").Value.String()
}
