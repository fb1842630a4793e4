package proxy

import (
	"context"
	"crypto/rand"
	"fmt"
	"hash/maphash"
	"net"
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
	moves     chan []net.Listener // those that Serve has not seen yet
	host      string              // as given to Listen
	open      bool                // other machines reach the gateway

	stopping chan struct{}
	requests inflight       // being served
	readers  sync.WaitGroup // of bodies whose requests wait
	clients  inflight       // connections of clients
	refused  sync.Map       // of those that came too late to be counted, until they are closed
	streams  inflight       // event streams
	tunnels  inflight       // upgraded connections
	sockets  owners
	hmr      hmrOwner
	recorder recorder
	learned  learned
	seen     seenRoutes
	worth    time.Duration // speculationWorth, but for tests
	probing  time.Duration // probePatience, but for tests
	draining time.Duration // drainTime, but for tests
}

// New makes a gateway. Every backend begins Waiting, a Remote one Ready.
func New(cfg Config) *Gateway {
	g := &Gateway{
		token: rand.Text(), stopping: make(chan struct{}), moves: make(chan []net.Listener, 1),
		notice: noticeDelay, worth: speculationWorth, probing: probePatience, draining: drainTime,
	}
	g.learned.seed, g.seen.seed = maphash.MakeSeed(), maphash.MakeSeed()
	ch, _ := newChain(cfg, nil, g.prober())
	g.chain.Store(ch)
	g.recorder.keep(cfg.Keep)
	return g
}

// Reconfigure puts a new configuration in place for new requests; running ones
// end by the old, each at the process that it was sent to. It may be called at
// any time and never blocks for long.
//
// A backend that keeps its name and its endpoint (Port, URL, H2C, Remote) keeps its
// state, its connections and what was found out about its process; any other
// begins as in New, Waiting or, if Remote, Ready. SetState, Drain and Interrupt
// go by name, so what runs at an endpoint that the backend has left, or on a backend
// that is no longer configured, is drained and interrupted as on a restart. A
// request that waits for a backend that is no longer configured, or comes to
// one that is not Ready, goes on by the new configuration, without those that
// it has asked already. Idle connections to an endpoint that was left are closed at
// once, event streams and upgraded connections a moment later.
//
// The result is an error, and nothing has changed, when cfg names a backend twice.
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
	ch, anew := newChain(cfg, g.chain.Load().upstreams, g.prober())
	if g.open {
		ch.hosts = ch.hosts.WithMachine()
	}
	g.chain.Store(ch)
	g.recorder.keep(cfg.Keep)
	// Who waited for one that is gone goes on by the new chain, so this is after.
	for _, name := range ch.retired() {
		ch.upstream(name).retire()
		anew = append(anew, name)
	}
	for _, name := range anew {
		g.hmr.forget(name)
	}
	g.sockets.forget()
	g.learned.bump()
	return nil
}

// SetState says what is to be done with requests for a backend from now on. It
// never blocks. Held requests are woken. A name that was never configured is
// ignored; for one that no longer is nobody waits, whatever its Phase.
//
// Ready on another Port than before, without Waiting between them, is a switch
// to another process: new requests go there from this moment on, running ones
// end where they are, and what was found out about the old process is dropped.
func (g *Gateway) SetState(name string, s State) {
	ch := g.chain.Load()
	up := ch.upstream(name)
	if up == nil {
		return
	}
	up.setState(s)
	g.sockets.forget()
	g.learned.bump()
}

// Drain returns when no request is running any more on a process of the backend
// that gets no new ones, event streams and upgraded connections apart, or when
// ctx has ended. It is called before such a process is told to end: after
// SetState with Waiting or Down, after a switch to another Port, or after a
// Reconfigure that moved or removed the backend. Requests at the process that
// is Ready are not waited for.
func (g *Gateway) Drain(ctx context.Context, name string) {
	if up := g.chain.Load().upstream(name); up != nil {
		up.drain(ctx)
	}
}

// Interrupt says that the processes that Drain is about, the Ready one never
// among them, are about to be told to end. A safe request (GET, HEAD, OPTIONS,
// TRACE) that is running on one of them and loses its connection before an
// answer is asked again of the next process; any other gets 502. Event streams and
// upgraded connections are cut a moment later, unless they have ended. It never
// blocks.
func (g *Gateway) Interrupt(name string) {
	if up := g.chain.Load().upstream(name); up != nil {
		up.interrupt()
		g.learned.bump()
	}
}

// Held returns how many requests have waited for the backend since it was last
// Ready; once it is Ready again, how many did until then.
func (g *Gateway) Held(name string) int {
	up := g.chain.Load().upstream(name)
	if up == nil {
		return 0
	}
	up.mu.Lock()
	defer up.mu.Unlock()
	return up.held
}

func (g *Gateway) isStopping() bool {
	select {
	case <-g.stopping:
		return true
	default:
		return false
	}
}

func (g *Gateway) prober() prober { return prober{g.token, g.logf} }

// logf tells the developer, as the newest configuration says.
func (g *Gateway) logf(format string, args ...any) { g.chain.Load().Logf(format, args...) }

// Changed says that a file of the project was changed: what was learned of
// requests may be wrong from now on. It never blocks.
func (g *Gateway) Changed() { g.learned.bump() }
