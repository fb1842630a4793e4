package front

import (
	"io"
	"sync"
	"time"
)

// watchAfter is how long an answer takes, or up to twice that, before its client is
// watched: most are there before, and cost nothing for it.
const watchAfter = 5 * time.Millisecond

// watch notices that the client of a request has left. It reads ahead while nobody
// else reads: what comes is the beginning of the next request.
type watch struct {
	c *conn

	mu      sync.Mutex
	request *requestContext // nil: there is none
	quiet   bool            // the body has been read
	due     bool            // watchAfter is over
	over    chan struct{}   // closed when the reading has ended; nil: nobody reads
	halt    chan struct{}   // closed to end it
}

// begin watches the client of a request; quiet: it has no body.
func (w *watch) begin(request *requestContext, quiet bool) {
	w.mu.Lock()
	w.request, w.quiet, w.due = request, quiet, false
	w.mu.Unlock()
	w.c.server.lookout.begins()
}

// becomeDue has the client watched if the answer takes long; false: it may have to be
// later. It does not wait.
func (w *watch) becomeDue(now time.Time) (settled bool) {
	if w.c.phase.Load() != serving {
		return true
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.request == nil || w.due {
		return true
	}
	if now.UnixNano()-w.c.since.Load() < int64(watchAfter) {
		return false
	}
	w.due = true
	if over, request := w.start(); over != nil {
		go w.read(over, request)
	}
	return true
}

// bodyEnds says that nobody reads any more.
func (w *watch) bodyEnds() {
	w.mu.Lock()
	w.quiet = true
	over, request := w.start()
	w.mu.Unlock()
	if over != nil {
		go w.read(over, request)
	}
}

// start says that the reading may begin. The lock is held.
func (w *watch) start() (over chan struct{}, request *requestContext) {
	if !w.due || !w.quiet || w.request == nil || w.over != nil || w.c.br.Buffered() > 0 {
		return nil, nil
	}
	w.over, w.halt = make(chan struct{}), make(chan struct{})
	return w.over, w.request
}

// read waits for the client to say something, or to leave.
func (w *watch) read(over chan struct{}, request *requestContext) {
	defer close(over)
	_, err := w.c.br.Peek(1)
	if err != nil && !isTimeout(err) && (err != io.EOF || w.hasLeft()) {
		request.end()
	}
}

// looks is how long after it has been asked a client is looked at, in all: the first
// ones are for this machine, the last for far ones.
var looks = [...]time.Duration{time.Millisecond, 4 * time.Millisecond, 15 * time.Millisecond, 40 * time.Millisecond, 200 * time.Millisecond, time.Second}

// hasLeft reports whether a client that will say no more has left. It may as well wait
// for the answer, having closed its side. Only who is sent something shows which: a
// system whose connection is closed resets it. So the client is sent a 100 Continue,
// which means nothing behind a request that is whole (RFC 9110, section 15.2).
func (w *watch) hasLeft() bool {
	if !w.c.client.interject("HTTP/1.1 100 Continue\r\n\r\n") {
		return true
	}
	began := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for _, at := range looks {
		timer.Reset(at - time.Since(began))
		select {
		case <-timer.C:
		case <-w.halt:
			return false
		}
		if _, err := w.c.nc.Write(nil); err != nil { // it sends nothing, and tells of a reset
			return true
		}
	}
	return false
}

func isTimeout(err error) bool {
	t, ok := err.(interface{ Timeout() bool })
	return ok && t.Timeout()
}

// end ends the watch, and returns when nobody reads any more.
func (w *watch) end() {
	w.mu.Lock()
	w.request = nil
	over := w.over
	w.over = nil
	w.mu.Unlock()
	if over == nil {
		return
	}
	close(w.halt)
	w.c.nc.SetReadDeadline(time.Unix(1, 0)) // it is over: the reading ends at once
	<-over
	w.c.nc.SetReadDeadline(time.Time{})
}
