package front

import (
	"context"
	"sync"
	"time"
)

// watchAfter is how long an answer takes before its client is watched: most are there
// before, and cost nothing for it.
const watchAfter = 5 * time.Millisecond

// watch notices that the client of a request has left. It reads ahead while nobody
// else reads: what comes is the beginning of the next request.
type watch struct {
	c     *conn
	timer *time.Timer

	mu     sync.Mutex
	cancel context.CancelFunc // nil: there is no request
	quiet  bool               // the body has been read
	due    bool               // watchAfter is over
	over   chan struct{}      // closed when the reading has ended; nil: nobody reads
}

// begin watches the client of a request; quiet: it has no body.
func (w *watch) begin(cancel context.CancelFunc, quiet bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cancel, w.quiet, w.due = cancel, quiet, false
	if w.timer == nil {
		w.timer = time.AfterFunc(watchAfter, w.isDue)
	} else {
		w.timer.Reset(watchAfter)
	}
}

// isDue is called by the timer.
func (w *watch) isDue() {
	w.mu.Lock()
	w.due = w.cancel != nil
	over, cancel := w.start()
	w.mu.Unlock()
	if over != nil {
		w.read(over, cancel)
	}
}

// bodyEnds says that nobody reads any more.
func (w *watch) bodyEnds() {
	w.mu.Lock()
	w.quiet = true
	over, cancel := w.start()
	w.mu.Unlock()
	if over != nil {
		go w.read(over, cancel)
	}
}

// start says that the reading may begin. The lock is held.
func (w *watch) start() (over chan struct{}, cancel context.CancelFunc) {
	if !w.due || !w.quiet || w.cancel == nil || w.over != nil || w.c.br.Buffered() > 0 {
		return nil, nil
	}
	w.over = make(chan struct{})
	return w.over, w.cancel
}

// read waits for the client to say something, or to leave.
func (w *watch) read(over chan struct{}, cancel context.CancelFunc) {
	defer close(over)
	if _, err := w.c.br.Peek(1); err != nil && !isTimeout(err) {
		cancel()
	}
}

func isTimeout(err error) bool {
	t, ok := err.(interface{ Timeout() bool })
	return ok && t.Timeout()
}

// end ends the watch, and returns when nobody reads any more.
func (w *watch) end() {
	w.mu.Lock()
	w.cancel = nil
	w.timer.Stop()
	over := w.over
	w.over = nil
	w.mu.Unlock()
	if over == nil {
		return
	}
	w.c.nc.SetReadDeadline(time.Unix(1, 0)) // it is over: the reading ends at once
	<-over
	w.c.nc.SetReadDeadline(time.Time{})
}
