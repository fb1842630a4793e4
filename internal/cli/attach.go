package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/spf13/cobra"

	"devgate/internal/control"
	"devgate/internal/tty"
)

// leaveKey is Ctrl-].
// It is telnet's key, and one that neither shells nor editors use.
const leaveKey = 0x1d

// Why an attached terminal is left without an error.
var (
	errLeft  = errors.New("left")
	errEnded = errors.New("devgate has ended")
)

func newAttach(std streams) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:               "attach NAME",
		Short:             "Use the terminal of a service that has one (pty = true); Ctrl-] leaves",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: oneName(hasTerminal, cobra.ShellCompDirectiveNoFileComp),
		RunE: func(cmd *cobra.Command, args []string) error {
			// The terminal first: without one nothing has to be asked of a running
			// devgate.
			local, err := openTerminal(std, args[0])
			if err != nil {
				return err
			}
			client, err := dial(file)
			if err != nil {
				return err
			}
			remote, err := client.Attach(cmd.Context(), args[0], sizeOf(local))
			if err != nil {
				return err
			}
			defer remote.Close()
			return attach(args[0], local, remote, std.out)
		},
	}
	fileFlag(cmd, &file)
	return cmd
}

// openTerminal wants both streams to be one.
func openTerminal(std streams, name string) (*tty.Terminal, error) {
	if tty.IsTerminal(std.in) && tty.IsTerminal(std.out) {
		if !tty.ReadsEscapes(std.out) {
			return nil, usageError(errors.New("attach needs a terminal that does what escape sequences say, which this console does not\n  hint: switch its legacy mode off in its properties, or use Windows Terminal"))
		}
		return tty.NewTerminal(std.in.(*os.File), std.out.(*os.File)), nil
	}
	what := "output"
	if !tty.IsTerminal(std.in) {
		what = "input"
	}
	return nil, usageError(fmt.Errorf("attach needs a terminal, and its %s is none\n  hint: devgate logs -f %s shows what it prints", what, name))
}

func sizeOf(t *tty.Terminal) control.Size {
	columns, rows := t.Size()
	return control.Size{Columns: uint16(columns), Rows: uint16(rows)}
}

// attach joins both terminals until the user leaves, devgate ends, or a signal
// comes. It is over when its last goroutine is.
func attach(name string, local *tty.Terminal, remote *control.Attachment, out io.Writer) error {
	// Room for a few, as the runtime drops what nobody takes at once. Ctrl-C is none of
	// them while the terminal is raw: it goes to the service as a byte.
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, attachSignals()...)
	defer signal.Stop(signals)
	// In front of raw mode, which would leave the cursor where the line ends.
	fmt.Fprintf(out, "devgate: attached to %s; Ctrl-] leaves\n", name)
	if err := local.Raw(); err != nil {
		return err
	}
	defer local.Restore()
	a := &attached{local: local, remote: remote, out: out}
	a.ctx, a.end = context.WithCancelCause(context.Background())
	// The connection ends with this, and with it Next.
	defer context.AfterFunc(a.ctx, func() { remote.Close() })()
	var helpers sync.WaitGroup
	// Guard restores the terminal when one of them panics: a shell behind a raw terminal
	// cannot be used.
	helpers.Go(func() { local.Guard(a.typeKeys) })
	helpers.Go(func() { local.Guard(func() { a.handleSignals(signals) }) })
	helpers.Go(func() { local.Guard(a.followSize) })
	// show ends with the connection; what ended it first is the cause, and the helpers
	// end with the context.
	a.end(a.show())
	helpers.Wait()
	// Before the last line is printed; the deferred call then does nothing.
	local.Restore()
	return a.lastLine(name)
}

// attached is one use of a service's terminal, from raw mode to the reason of its
// end.
type attached struct {
	local  *tty.Terminal
	remote *control.Attachment
	out    io.Writer // for lines of devgate while the terminal is not raw
	ctx    context.Context
	end    context.CancelCauseFunc
}

// show passes the service's output on.
func (a *attached) show() error {
	for {
		shown, err := a.remote.Next()
		switch {
		case errors.Is(err, io.EOF):
			return errEnded
		case err != nil:
			return err
		case shown.Notice != "":
			err = a.local.Notice(shown.Notice)
		default:
			err = a.local.Show(shown.Output)
		}
		if err != nil {
			return err
		}
	}
}

// typeKeys passes on what is typed, up to Ctrl-].
func (a *attached) typeKeys() {
	err := a.local.Keys(a.ctx, func(keys []byte) error {
		typed, _, left := bytes.Cut(keys, []byte{leaveKey})
		if len(typed) > 0 {
			a.remote.Input(typed)
		}
		// What stands behind the key in the same read is dropped: the person has left.
		if left {
			return errLeft
		}
		return nil
	})
	if errors.Is(err, tty.ErrHangup) {
		err = signalError(syscall.SIGHUP) // which says the same
	}
	a.end(err)
}

// followSize tells the service of each new size of the terminal here.
func (a *attached) followSize() {
	tty.FollowSize(a.ctx, a.out, func() { a.remote.Resize(sizeOf(a.local)) })
}

// handleSignals acts on signals. The terminal is restored at once, also when its output
// is stuck and nothing else can go on.
func (a *attached) handleSignals(signals chan os.Signal) {
	select {
	case <-a.ctx.Done():
	case sig := <-signals:
		a.end(signalError(sig.(syscall.Signal)))
		// Cook restores without waiting for what is still to be shown.
		a.local.Cook()
		signal.Stop(signals) // the next one ends devgate
	}
}

// lastLine is the last line, and the result of the command.
func (a *attached) lastLine(name string) error {
	switch err := context.Cause(a.ctx); {
	case errors.Is(err, errLeft):
		fmt.Fprintf(a.out, "devgate: left %s, which goes on\n", name)
		return nil
	case errors.Is(err, errEnded):
		fmt.Fprintln(a.out, "devgate: the running devgate has ended, and "+name+" with it")
		return nil
	default:
		return err
	}
}
