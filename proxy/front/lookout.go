package front

import (
	"sync/atomic"
	"time"
)

// lookout says when a server looks for clients that have to be watched: all along
// while requests begin, and not at all when none does. A timer for each request would
// cost every request what few of them need.
type lookout struct {
	rests atomic.Bool   // who begins a request has to rouse it
	busy  atomic.Bool   // a request has begun since the last look
	rouse chan struct{} // of one
	idle  int           // looks since the last request; its goroutine's
}

// restAfter is how many looks that find nothing come before a rest.
const restAfter = 20

// open must be called before begins.
func (l *lookout) open() {
	l.rouse = make(chan struct{}, 1)
	l.rests.Store(true)
}

// begins says that a request has begun, which may have to be looked at.
func (l *lookout) begins() {
	if !l.busy.Load() {
		l.busy.Store(true)
	}
	if l.rests.Load() && l.rests.CompareAndSwap(true, false) {
		l.rouse <- struct{}{}
	}
}

// mayRest reports whether there was nothing to look at for some time, settled being
// what the last look found; settle looks again.
func (l *lookout) mayRest(settled bool, settle func() bool) bool {
	if l.busy.Swap(false) || !settled {
		l.idle = 0
		return false
	}
	if l.idle++; l.idle < restAfter {
		return false
	}
	l.idle = 0
	l.rests.Store(true)
	// A request that has begun just now may have seen that somebody looks.
	return settle() || !l.rests.CompareAndSwap(true, false)
}

// look closes connections that have come to a limit, and has clients watched whose
// answers take long, until over is closed.
func (s *Server) look(over <-chan struct{}) {
	limits, clients := time.NewTicker(limitsEvery), time.NewTicker(watchAfter)
	defer limits.Stop()
	defer clients.Stop()
	clients.Stop() // until a request begins
	for {
		select {
		case <-over:
			return
		case now := <-limits.C:
			s.each(func(c *conn) { c.endAt(now) })
		case <-s.lookout.rouse:
			clients.Reset(watchAfter)
		case <-clients.C:
			if s.lookout.mayRest(s.settle(), s.settle) {
				clients.Stop()
			}
		}
	}
}

// settle has clients watched whose answers take long; false: some may have to be
// later.
func (s *Server) settle() (settled bool) {
	now := time.Now()
	settled = true
	s.each(func(c *conn) { settled = c.watch.becomeDue(now) && settled })
	return settled
}
