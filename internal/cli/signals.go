package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"devgate/internal/guard"
)

// catchSignals takes the signals that end devgate, and others if asked. SIGPIPE
// is taken as well, so that a closed output is an error of a write and not the
// end of the process.
func catchSignals(others ...os.Signal) (<-chan os.Signal, func()) {
	// Four, as a signal that finds no room is dropped, and the second Ctrl-C has to be
	// seen.
	caught := make(chan os.Signal, 4)
	signal.Notify(caught, guard.Heeded(append(others, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGPIPE)...)...)
	return caught, func() { signal.Stop(caught) }
}

// untilSignal is a context that ends with the first signal that ends devgate.
func untilSignal(ctx context.Context) (context.Context, func()) {
	signals, release := catchSignals()
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { // ends with ctx
		defer close(ended)
		select {
		case <-signals:
			cancel()
		case <-ctx.Done():
		}
	}()
	// Waited for, so that no signal is taken by a goroutine whose command has ended.
	return ctx, func() { cancel(); <-ended; release() }
}
