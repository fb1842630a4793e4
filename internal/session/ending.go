package session

import (
	"context"
	"errors"
	"sync"
	"time"
)

// signalDelay is how long a session whose output nobody reads any more waits for
// the signal that may have ended the reader.
const signalDelay = 100 * time.Millisecond

// ending is why a session ends: the first cause, unless a later one explains it.
type ending struct {
	ctx    context.Context // ends with the first cause
	cancel context.CancelFunc

	mu        sync.Mutex
	cause     error
	explained chan struct{} // closed when there is a cause that nothing explains better
}

func newEnding() *ending {
	e := &ending{explained: make(chan struct{})}
	e.ctx, e.cancel = context.WithCancel(context.Background())
	return e
}

// by notes a cause and lets the session end. Ctrl-C reaches the reader of a pipe
// too (`devgate up | tee log`): which of the two is noticed first decides nothing,
// so an output that nobody reads gives way to any other cause.
func (e *ending) by(cause error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.cause != nil && !errors.Is(e.cause, ErrOutputClosed):
		return
	case errors.Is(cause, ErrOutputClosed):
		e.cause = cause
	default:
		// At most once: by then cause is no ErrOutputClosed, and the case above returns.
		e.cause = cause
		close(e.explained)
	}
	e.cancel()
}

// await gives a signal that has ended the reader of the output its time to be
// heard.
// Where the cause is another one, explained is closed and nothing is waited for.
func (e *ending) await() {
	select {
	case <-e.explained:
	case <-time.After(signalDelay):
	}
}

// why returns the cause; nil while there is none.
func (e *ending) why() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.cause
}
