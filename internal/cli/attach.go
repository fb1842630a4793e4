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
)

// leaveKey is Ctrl-].
const leaveKey = 0x1d

// Why an attached terminal is left without an error.
var (
	errLeft  = errors.New("left")
	errEnded = errors.New("devgate has ended")
)

func newAttach(std streams) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "attach NAME",
		Short: "Use the terminal of a service that has one (pty = true); Ctrl-] leaves",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			local, err := openLocalTerminal(std, args[0])
			if err != nil {
				return err
			}
			client, err := dial(file)
			if err != nil {
				return err
			}
			remote, err := client.Attach(cmd.Context(), args[0], local.size())
			if err != nil {
				return err
			}
			defer remote.Close()
			return attach(args[0], local, remote)
		},
	}
	fileFlag(cmd, &file)
	return cmd
}

// attach joins both terminals until the user leaves, devgate ends, or a signal
// comes. It is over when its last goroutine is.
func attach(name string, local *localTerminal, remote *control.Attachment) error {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGWINCH)
	defer signal.Stop(signals)
	fmt.Fprintf(local.out, "devgate: attached to %s; Ctrl-] leaves\n", name)
	if err := local.raw(); err != nil {
		return err
	}
	defer local.restore()
	v := &visit{local: local, remote: remote}
	v.ctx, v.end = context.WithCancelCause(context.Background())
	// The connection ends with the visit, and with it Next.
	defer context.AfterFunc(v.ctx, func() { remote.Close() })()
	var helpers sync.WaitGroup
	helpers.Go(func() { local.guarded(v.typeKeys) })
	helpers.Go(func() { local.guarded(func() { v.heed(signals) }) })
	v.end(v.show())
	helpers.Wait()
	local.restore()
	return v.farewell(name)
}

// visit is one attachment, from raw mode to the reason of its end.
type visit struct {
	local  *localTerminal
	remote *control.Attachment
	ctx    context.Context
	end    context.CancelCauseFunc
}

// show passes the service's output on.
func (v *visit) show() error {
	for {
		shown, err := v.remote.Next()
		switch {
		case errors.Is(err, io.EOF):
			return errEnded
		case err != nil:
			return err
		case shown.Notice != "":
			err = v.local.notice(shown.Notice)
		default:
			err = v.local.show(shown.Output)
		}
		if err != nil {
			return err
		}
	}
}

// typeKeys passes on what is typed, up to Ctrl-].
func (v *visit) typeKeys() {
	v.end(v.local.keys(v.ctx, func(keys []byte) error {
		typed, _, left := bytes.Cut(keys, []byte{leaveKey})
		if len(typed) > 0 {
			v.remote.Input(typed)
		}
		if left {
			return errLeft
		}
		return nil
	}))
}

// heed acts on signals. The terminal is restored at once, also when its output
// is stuck and nothing else can go on.
func (v *visit) heed(signals chan os.Signal) {
	for {
		select {
		case <-v.ctx.Done():
			return
		case sig := <-signals:
			if sig == syscall.SIGWINCH {
				v.remote.Resize(v.local.size())
				continue
			}
			v.end(signalError(sig.(syscall.Signal)))
			v.local.cook()
			signal.Stop(signals) // the next one ends devgate
			return
		}
	}
}

// farewell is the last line, and the result of the command.
func (v *visit) farewell(name string) error {
	switch err := context.Cause(v.ctx); {
	case errors.Is(err, errLeft):
		fmt.Fprintf(v.local.out, "devgate: left %s, which goes on\n", name)
		return nil
	case errors.Is(err, errEnded):
		fmt.Fprintln(v.local.out, "devgate: the running devgate has ended, and "+name+" with it")
		return nil
	default:
		return err
	}
}
