package front

import (
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// headPatience is how long a head may take, from its first byte on: a debugger at a
	// breakpoint in the client is met between requests, not in the middle of one.
	headPatience = time.Minute
	// idlePatience is how long a connection may do nothing.
	idlePatience = 3 * time.Minute
	// limitsEvery is how exact both are.
	limitsEvery = time.Second
)

// Server serves HTTP/1 on the connections of listeners. The exported fields are set
// before Serve, and do not change.
type Server struct {
	// Handler gets each request. Its http.ResponseWriter is a *Client.
	Handler http.Handler
	// Refuse is what a client is told whose request is none; nil: nothing.
	Refuse func(Refusal) []byte
	// HTTP2 gets the connections that speak HTTP/2 with prior knowledge (RFC 9113,
	// section 3.3), and owns them; nil: they are refused.
	HTTP2 func(net.Conn)
	// Panicked is told of a handler that has panicked with anything but
	// http.ErrAbortHandler; nil: nobody is.
	Panicked func(any)

	stopping atomic.Bool // no request begins any more
	stopped  atomic.Bool // those that are being served have been told to end
	lookout  lookout

	mu      sync.Mutex
	conns   map[*conn]struct{}
	looking chan struct{} // closed to end look; nil: nobody looks
	work    sync.WaitGroup
}

// Refusal is a request that no handler sees.
type Refusal struct {
	Method, Target string // as far as they are known
	Status         int
	Reason         string // for people
}

// Serve accepts connections until the listener fails, which is the error returned.
func (s *Server) Serve(l net.Listener) error {
	var pause time.Duration
	for {
		nc, err := l.Accept()
		if err != nil {
			if ne, ok := err.(net.Error); ok && ne.Temporary() { //nolint:staticcheck // it says just this: too many files are open
				pause = min(max(5*time.Millisecond, 2*pause), time.Second)
				time.Sleep(pause)
				continue
			}
			return err
		}
		pause = 0
		s.begin(nc)
	}
}

// begin serves a connection, if there is still time for one.
func (s *Server) begin(nc net.Conn) {
	c := newConn(s, nc)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping.Load() {
		nc.Close()
		return
	}
	if s.conns == nil {
		s.conns = map[*conn]struct{}{}
		over := make(chan struct{})
		s.looking = over
		s.lookout.open()
		s.work.Go(func() { s.look(over) })
	}
	s.conns[c] = struct{}{}
	s.work.Go(c.serve)
}

// forget takes a connection out that has ended, or is somebody else's now.
func (s *Server) forget(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
}

// each calls do for each connection, which must not wait.
func (s *Server) each(do func(*conn)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		do(c)
	}
}

// Stop lets no further request begin, and returns when those that are being served
// have ended, or ctx has.
func (s *Server) Stop(ctx context.Context) {
	s.stopAccepting()
	s.each((*conn).endIdle)
	tick := time.NewTicker(stopEvery)
	defer tick.Stop()
	for s.serving() > 0 {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// stopAccepting waits for a connection that is about to begin.
func (s *Server) stopAccepting() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopping.Store(true)
}

// stopEvery is how often Stop looks whether all have ended.
const stopEvery = 2 * time.Millisecond

func (s *Server) serving() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

// Cancel ends the contexts of all requests, also of those to come.
func (s *Server) Cancel() {
	s.stopped.Store(true)
	s.each((*conn).leave)
}

// Close closes all connections and returns when the last goroutine has ended, which
// handlers are waited for.
func (s *Server) Close() {
	s.stopAccepting()
	s.mu.Lock()
	if s.looking != nil {
		close(s.looking)
		s.looking = nil
	}
	s.mu.Unlock()
	s.each((*conn).close)
	s.work.Wait()
}
