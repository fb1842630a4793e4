package control

import (
	"context"
	"iter"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"devgate/internal/logmux"
)

// Actions is what the running devgate can be asked to do. Its methods are
// called from several goroutines at once. An error of theirs that is no *Error
// says that what was asked for did not succeed.
type Actions interface {
	Status() Status
	// Changes yields the status now, and again after each change until ctx ends;
	// changes that come together are told once.
	Changes(ctx context.Context) iter.Seq[Status]
	// Wait returns when services are ready, or cannot become so by themselves, or
	// after limit (0: none); of no names, when all are that are to run.
	Wait(ctx context.Context, names []string, limit time.Duration) (Readiness, error)
	// Do carries a verb out on services; with wait it returns when they have
	// settled, and an error when that is not where they should be.
	Do(ctx context.Context, verb Verb, names []string, wait bool) error
	// Logs yields lines, as many at a time as there are, until they end or ctx
	// does. The error is about q.
	Logs(ctx context.Context, q LogQuery) (iter.Seq[[]logmux.Line], error)
	// Attach joins a client, whose own terminal has this size, with the terminal
	// of a service that has one and runs.
	Attach(name string, size Size) (Terminal, error)
	Inspector
	// Down begins the end of this devgate and returns at once.
	Down()
}

// Server answers on a control socket.
type Server struct {
	path   string
	http   http.Server
	ended  chan struct{}
	cancel context.CancelCauseFunc

	mu       sync.Mutex
	closed   bool           // no handler begins any more
	handlers sync.WaitGroup // that run: http.Server waits neither for those of cut connections nor for hijacked ones
}

// Open listens on the socket at path and answers until Close.
func Open(path string, actions Actions) (*Server, error) {
	l, err := Listen(path)
	if err != nil {
		return nil, err
	}
	s := newServer(actions)
	s.path = path
	go func() { // ends with Close, which waits for it
		defer close(s.ended)
		s.http.Serve(l)
	}()
	return s, nil
}

func newServer(actions Actions) *Server {
	s := &Server{ended: make(chan struct{})}
	ctx, cancel := context.WithCancelCause(context.Background())
	s.cancel = cancel
	// Made at the first request: the start of devgate would wait for it.
	routes := sync.OnceValue(func() *http.ServeMux { return routesOf(actions) })
	s.http = http.Server{
		// Handlers take their context from ctx: Close ends those that wait or follow.
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if s.begin() {
				defer s.handlers.Done()
				answer(routes(), w, r)
			}
		}),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: 5 * time.Second, // of the head alone: an answer may last as long as devgate does
	}
	return s
}

// closePatience is how long an answer may take that has begun when Close comes:
// after that its client, who does not read, is cut off.
const closePatience = time.Second

// Close ends running requests, waits for their handlers and removes the socket.
func (s *Server) Close() error {
	s.cancel(&Error{Kind: Stopping, Text: "devgate is stopping"})
	ctx, cancel := context.WithTimeout(context.Background(), closePatience)
	defer cancel()
	// Shutdown waits for answers that are being written; handlers have been told by ctx.
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = s.http.Close()
	}
	<-s.ended
	s.mu.Lock()
	// No handler begins any more after this, so Wait below cannot miss one.
	s.closed = true
	s.mu.Unlock()
	s.handlers.Wait()
	// net.UnixListener has removed it already, unless it was replaced meanwhile.
	os.Remove(s.path)
	return err
}

// begin counts a handler. A request that was read at the last instant gets no
// answer, as one that has come too late.
func (s *Server) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.handlers.Add(1)
	}
	return !s.closed
}
