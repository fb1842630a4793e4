package dashboard

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// Options are what a dashboard is opened with.
type Options struct {
	// Project is what is shown. Required.
	Project Project
	// Listeners are where requests come in; Close closes them. They have one port, and
	// at least one is needed.
	Listeners []net.Listener
	// Version is devgate's, for what is downloaded. "" says nothing.
	Version string
	// Accepts says of a name that is none of this machine whether it may stand in a Host
	// header all the same; nil: none may.
	Accepts func(host string) bool
}

// Server is a dashboard from Open to Close.
type Server struct {
	url    string
	http   http.Server
	cancel context.CancelFunc
	tasks  sync.WaitGroup // that accept connections
	looks  *looks

	mu       sync.Mutex
	closed   bool           // no handler begins any more
	handlers sync.WaitGroup // that run: http.Server does not wait for those of connections that it has cut
}

const (
	headPatience = 5 * time.Second  // for the head of a request
	idlePatience = time.Minute      // for the next request on a connection
	sendPatience = 10 * time.Second // for a reader that takes nothing
	// closePatience is how long an answer may take that has begun when Close comes.
	closePatience = time.Second
	headMax       = 64 << 10 // bytes of a request's head; the cookies of all projects on localhost are in it
)

// Open answers on the listeners until Close.
func Open(o Options) *Server {
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{cancel: cancel, looks: newLooks(o.Project.Look)}
	s.url = fmt.Sprintf("http://localhost:%d", o.Listeners[0].Addr().(*net.TCPAddr).Port)
	s.http = http.Server{
		Handler:           s.handler(o),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: headPatience,
		IdleTimeout:       idlePatience,
		MaxHeaderBytes:    headMax,
		ErrorLog:          log.New(io.Discard, "", 0), // of clients that hang up
	}
	for _, l := range o.Listeners {
		s.tasks.Go(func() { s.http.Serve(l) }) // ends with Close, which waits for it
	}
	return s
}

// URL is what to type into a browser, such as "http://localhost:3001".
func (s *Server) URL() string { return s.url }

// Close ends streams and what else is being answered, waits for all of it, and
// leaves the port. A second Close does nothing.
func (s *Server) Close() {
	s.cancel()
	ctx, cancel := context.WithTimeout(context.Background(), closePatience)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		s.http.Close() // whoever does not read is cut off
	}
	s.tasks.Wait()
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.handlers.Wait()
	s.looks.close()
}

// begin counts a handler, unless it has come too late.
func (s *Server) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.handlers.Add(1)
	}
	return !s.closed
}

// handler answers all requests. What it needs is made for the first of them: the
// start of devgate would wait for it.
func (s *Server) handler(o Options) http.Handler {
	site := sync.OnceValue(func() *site {
		t := &site{project: o.Project, url: s.url, looks: s.looks, version: o.Version, token: rand.Text(), run: rand.Text(), templates: parseTemplates()}
		t.access = access{accepts: o.Accepts, token: t.token, isPage: isPage}
		t.mux = t.routes()
		return t
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.begin() {
			defer s.handlers.Done()
			site().ServeHTTP(w, r)
		}
	})
}
