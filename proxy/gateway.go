package proxy

import (
	"context"
	"crypto/rand"
	"fmt"
	"hash/maphash"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Gateway is the one port in front of a project's backends. Its methods may be
// called from any goroutine.
type Gateway struct {
	chain  atomic.Pointer[chain]
	token  string        // tells this process's own requests when they come back
	notice time.Duration // noticeDelay, but for tests

	mu        sync.Mutex // guards what follows, and the order of reconfigurations
	listeners []net.Listener
	host      string // as given to Listen
	open      bool   // other machines reach the gateway

	stopping chan struct{}
	requests crowd          // being served
	readers  sync.WaitGroup // of bodies whose requests wait
	clients  crowd          // connections of clients
	streams  crowd          // event streams
	tunnels  crowd          // upgraded connections
	upgrades memory
	hmr      hmrOwner
	record   record
	learned  learned
	worth    time.Duration // speculationWorth, but for tests
	weak     weakness      // none, but for tests
}

// New makes a gateway. Every backend begins Waiting, a Remote one Ready.
func New(cfg Config) *Gateway {
	g := &Gateway{token: rand.Text(), notice: noticeDelay, worth: speculationWorth, stopping: make(chan struct{})}
	g.learned.seed = maphash.MakeSeed()
	g.chain.Store(newChain(cfg, nil))
	return g
}

// Reconfigure puts a new configuration in place for new requests; running ones
// end by the old. Backends that keep name and place keep their state. The
// result is an error when cfg names a backend twice.
func (g *Gateway) Reconfigure(cfg Config) error {
	seen := make(map[string]bool)
	for _, b := range cfg.Backends {
		if seen[strings.ToLower(b.Name)] {
			return fmt.Errorf("reconfigure gateway: backend %q twice", b.Name)
		}
		seen[strings.ToLower(b.Name)] = true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	old := g.chain.Load()
	ch := newChain(cfg, old)
	if g.open {
		ch.hosts = ch.hosts.withMachine()
	}
	g.chain.Store(ch)
	for _, c := range old.candidates {
		if ch.upstreamOf(&c.Backend) != c.up {
			// Whoever waits for it is told that it is no longer there.
			c.up.setState(State{Phase: Down, Reason: "no longer in the Devgatefile"})
		}
	}
	g.upgrades.forget()
	g.learned.bump()
	return nil
}

// SetState says what is to be done with requests for a backend from now on. It
// never blocks. Held requests are woken. An unknown name is ignored.
func (g *Gateway) SetState(name string, s State) {
	c := g.chain.Load().find(name)
	if c == nil {
		return
	}
	if s.Phase != Ready {
		g.upgrades.forget()
	}
	c.up.setState(s)
	g.learned.bump()
	if s.Phase == Ready && c.SPA == Auto && !c.Final {
		c.up.fallback.begin(g, c)
	}
}

// Drain returns when no request is running on the backend any more, event
// streams and upgraded connections apart, or when ctx has ended. It is called
// after SetState with Waiting, so that no new ones come, and before the old
// process is told to end.
func (g *Gateway) Drain(ctx context.Context, name string) {
	if c := g.chain.Load().find(name); c != nil {
		c.up.drain(ctx)
	}
}

// Interrupt says that the backend's process is about to be told to end. A safe
// request (GET, HEAD, OPTIONS, TRACE) that is running on it and loses its
// connection before an answer is asked again of the next process; any other
// gets 502. Event streams and upgraded connections are cut a moment later, unless
// they have ended. It never blocks.
func (g *Gateway) Interrupt(name string) {
	if c := g.chain.Load().find(name); c != nil {
		c.up.interrupt()
		g.learned.bump()
	}
}

func (g *Gateway) isStopping() bool {
	select {
	case <-g.stopping:
		return true
	default:
		return false
	}
}

// ServeHTTP implements http.Handler. The answer is written as reference
// semantics R ask; see the package documentation.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !g.requests.enter() {
		panic(http.ErrAbortHandler)
	}
	defer g.requests.leave()
	x := newExchange(g, w, r)
	if strings.HasPrefix(r.URL.Path, ownPrefix) {
		x.serveOwn()
		return
	}
	defer x.report()
	x.serve()
}
