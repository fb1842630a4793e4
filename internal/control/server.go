package control

import (
	"context"
	"devgate/internal/logmux"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"sync"
	"time"
)

// Actions is what the running devgate can be asked to do. Its methods are
// called from several goroutines at once.
type Actions interface {
	Status() Status
	// Do carries a verb out on services; with wait it returns when they have
	// settled, and an error when that is not where they should be. An error
	// that wraps ErrUnknown names a service that does not exist.
	Do(ctx context.Context, verb Verb, names []string, wait bool) error
	// Logs passes lines to emit until they end, emit fails, or ctx ends.
	Logs(ctx context.Context, q LogQuery, emit func(logmux.Line) error) error
	// Attach joins a client, whose own terminal has this size, with the terminal
	// of a service that has one and runs.
	Attach(name string, size Size) (Terminal, error)
	Inspector
	// Down begins the end of this devgate and returns at once.
	Down()
}

// ErrUnknown marks errors about names that no service has.
var ErrUnknown = errors.New("unknown service")

// Server answers on a control socket.
type Server struct {
	path   string
	http   http.Server
	ended  chan struct{}
	cancel context.CancelFunc

	mu       sync.Mutex
	closed   bool           // no handler begins any more
	handlers sync.WaitGroup // that run: http.Server waits neither for those of cut connections nor for hijacked ones
}

// Open listens on the socket at path and answers until Close.
func Open(path string, actions Actions) (*Server, error) {
	l, err := listen(path)
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
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	// Made at the first request: the start of devgate would wait for it.
	routes := sync.OnceValue(func() http.Handler { return s.routes(actions) })
	s.http = http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if s.begin() {
				defer s.handlers.Done()
				routes().ServeHTTP(w, r)
			}
		}),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: 5 * time.Second,
	}
	return s
}

// closePatience is how long an answer may take that has begun when Close comes:
// after that its client, who does not read, is cut off.
const closePatience = time.Second

// Close ends running requests, waits for their handlers and removes the socket.
func (s *Server) Close() error {
	s.cancel()
	ctx, cancel := context.WithTimeout(context.Background(), closePatience)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = s.http.Close()
	}
	<-s.ended
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.handlers.Wait()
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

func (s *Server) routes(a Actions) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, r *http.Request) { reply(w, a.Status()) })
	mux.HandleFunc("POST /down", func(w http.ResponseWriter, r *http.Request) {
		reply(w, struct{}{})
		a.Down()
	})
	mux.HandleFunc("POST /services/{verb}", func(w http.ResponseWriter, r *http.Request) { do(a, w, r) })
	mux.HandleFunc("GET /logs", func(w http.ResponseWriter, r *http.Request) { logs(a, w, r) })
	mux.HandleFunc("POST /explain", func(w http.ResponseWriter, r *http.Request) { explain(a, w, r) })
	mux.HandleFunc("GET /requests", func(w http.ResponseWriter, r *http.Request) { requests(a, w, r) })
	mux.HandleFunc("GET /attach/{name}", func(w http.ResponseWriter, r *http.Request) { attach(a, w, r) })
	return mux
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}

func do(a Actions, w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	switch verb := Verb(r.PathValue("verb")); verb {
	case Start, Stop, Restart:
		if err := a.Do(r.Context(), verb, q["name"], q.Has("wait")); err != nil {
			fail(w, err)
			return
		}
		reply(w, struct{}{})
	default:
		http.NotFound(w, r)
	}
}

func fail(w http.ResponseWriter, err error) {
	status := http.StatusConflict
	if errors.Is(err, ErrUnknown) {
		status = http.StatusNotFound
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(failure{err.Error()})
}

// failure is the body of every answer that is not 200.
type failure struct {
	Error string `json:"error"`
}

// logs sends one JSON line per line of output, each as soon as it is there.
func logs(a Actions, w http.ResponseWriter, r *http.Request) {
	q, err := parseLogQuery(r.URL.Query())
	if err != nil {
		fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	flush := http.NewResponseController(w)
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	flush.Flush()
	err = a.Logs(r.Context(), q, func(line logmux.Line) error {
		if err := out.Encode(line); err != nil {
			return err
		}
		return flush.Flush()
	})
	if err != nil && r.Context().Err() == nil {
		out.Encode(failure{err.Error()})
	}
}

func (q LogQuery) values() url.Values {
	v := url.Values{"name": q.Services, "tail": {strconv.Itoa(q.Tail)}, "since": {q.Since.String()}, "grep": {q.Grep}}
	if q.Follow {
		v.Set("follow", "1")
	}
	return v
}

func parseLogQuery(v url.Values) (q LogQuery, err error) {
	q = LogQuery{Services: v["name"], Grep: v.Get("grep"), Follow: v.Has("follow")}
	if q.Tail, err = strconv.Atoi(v.Get("tail")); err != nil {
		return q, fmt.Errorf("read tail: %w", err)
	}
	if q.Since, err = time.ParseDuration(v.Get("since")); err != nil {
		return q, fmt.Errorf("read since: %w", err)
	}
	return q, nil
}
