package session

import (
	"context"
)

// task is a part of a session that runs in a goroutine of its own.
type task struct {
	cancel context.CancelFunc
	done   chan struct{}
	err    error // after done
}

// Its context is nobody's child: parts are ended one after the other, in an order that
// stop knows.
func background(run func(context.Context) error) *task {
	ctx, cancel := context.WithCancel(context.Background())
	t := &task{cancel: cancel, done: make(chan struct{})}
	go func() { // ends with stop, which waits for it
		defer close(t.done)
		t.err = run(ctx)
	}()
	return t
}

// stop ends the task and waits for it.
func (t *task) stop() {
	t.cancel()
	<-t.done
}

// leave ends the task, and waits for it until limit ends: for one that may be
// stuck, and does nothing more once it is not.
func (t *task) leave(limit context.Context) {
	t.cancel()
	select {
	case <-t.done:
	case <-limit.Done():
	}
}
