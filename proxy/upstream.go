package proxy

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"devgate/proxy/wire"
)

// upstream is the changing side of a backend: its state, and the endpoints of its
// processes, of which at most one gets new requests. There is one for every
// name that was ever configured, so that a request which began before a
// Reconfigure finds the backend where it is now.
type upstream struct {
	prober prober
	pace   pace
	told   atomic.Bool    // the log says that it answers everything
	sends  atomic.Bool    // it has been seen to send a page
	tasks  sync.WaitGroup // all that its endpoints do by themselves

	mu      sync.Mutex
	backend Backend // as configured last
	gone    bool    // it no longer is
	closed  bool
	state   State
	changed chan struct{} // closed and replaced by each change of state
	at      *endpoint     // of the process that is Ready; else nil
	former  []*endpoint   // where requests may still be running
	held    int           // requests that have waited since it was Ready
}

func newUpstream(b *Backend, pr prober) *upstream {
	u := &upstream{prober: pr, changed: make(chan struct{})}
	u.begin(b)
	return u
}

// begin puts the backend where b says, as one of which nothing is known. The
// caller holds u.mu, or is the only one to know u.
func (u *upstream) begin(b *Backend) {
	u.backend, u.gone = *b, false
	u.state = State{}
	if b.Remote {
		u.state.Phase = Ready
		u.at = u.newEndpoint(b.Port)
	}
}

// newEndpoint makes the endpoint of a process that listens on port. The caller holds
// u.mu, or is the only one to know u.
func (u *upstream) newEndpoint(port int) *endpoint {
	b := u.backend
	b.Port = port
	p := &endpoint{address: b.address(), port: port, transport: wire.NewTransport(b.origin(), &u.tasks)}
	p.pages = pages{prober: u.prober, address: p.address, transport: p.transport, told: &u.told, sends: &u.sends, running: &u.tasks, closed: u.closed}
	return p
}

// place is the address of the process that is Ready, or else of the next one.
func (u *upstream) place() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.at != nil {
		return u.at.address
	}
	return u.backend.address()
}

// moved reports whether b is to be found elsewhere than a, or otherwise spoken to.
func (b *Backend) moved(a *Backend) bool {
	return a.address() != b.address() || a.secure() != b.secure() || a.H2C != b.H2C || a.Remote != b.Remote || a.Unverified != b.Unverified
}

// configure takes in what a new configuration says of the backend. One that has
// moved, or is there again, begins anew; the result says so. Its requests of
// before end where they are.
func (u *upstream) configure(b *Backend) (anew bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.gone && !u.backend.moved(b) {
		u.backend = *b
		return false
	}
	u.leave()
	for _, p := range u.former {
		p.cutLasting() // a remote server's end is announced by nobody
	}
	u.begin(b)
	u.pace.forget()
	u.announce()
	return true
}

// retire says that the backend is no longer configured. Requests that began
// before may still be sent to it while it is Ready.
func (u *upstream) retire() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.gone = true
	if u.at == nil {
		u.state = State{Phase: Absent}
		u.announce() // whoever waits for it need not
		return
	}
	u.at.leave()
	u.at.cutLasting()
}

// leave makes the present endpoint a former one. The caller holds u.mu.
func (u *upstream) leave() {
	u.prune()
	if u.at != nil {
		u.at.leave()
		u.former = append(u.former, u.at)
		u.at = nil
	}
}

// prune lets go of former endpoints at which nothing runs. The caller holds u.mu.
func (u *upstream) prune() {
	u.former = slices.DeleteFunc(u.former, func(p *endpoint) bool {
		if !p.deserted() {
			return false
		}
		p.pages.close()
		return true
	})
}

// announce wakes who waits for a change. The caller holds u.mu.
func (u *upstream) announce() {
	close(u.changed)
	u.changed = make(chan struct{})
}

// setState puts a new state in place. Unless that is the Ready process of before,
// its endpoint is left.
func (u *upstream) setState(s State) {
	u.mu.Lock()
	defer u.mu.Unlock()
	port := s.Port
	if port == 0 || u.backend.URL != nil {
		port = u.backend.Port
	}
	if u.at != nil && (s.Phase != Ready || u.at.port != port) {
		u.leave()
		u.held = 0
	}
	if s.Phase == Ready && u.at == nil {
		u.at = u.newEndpoint(port)
	}
	u.state = s
	u.announce()
}

// enter begins a lease when the backend is Ready. Otherwise it returns nil, the
// state, and a channel that is closed when that state is no longer the newest.
func (u *upstream) enter() (*lease, State, <-chan struct{}) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.at == nil {
		return nil, u.state, u.changed
	}
	u.at.busy++
	return &lease{up: u, at: u.at, changed: u.changed, counted: true}, State{}, nil
}

// hold counts a request that begins to wait.
func (u *upstream) hold() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.held++
}

// look returns the newest state.
func (u *upstream) look() State {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.state
}

// isGone reports whether the backend is no longer configured.
func (u *upstream) isGone() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.gone
}

// endpoint returns where new requests go; nil while the backend is not Ready.
func (u *upstream) endpoint() *endpoint {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.at
}

// close ends all that the upstream does by itself, and waits for it. No request
// is running any more.
func (u *upstream) close() {
	u.mu.Lock()
	u.closed = true
	places := u.former
	if u.at != nil {
		places = append(places, u.at)
	}
	u.mu.Unlock()
	for _, p := range places {
		p.pages.close()
		p.transport.Forget()
	}
	u.tasks.Wait()
}

// withdraw makes the endpoint of a backend that is no longer configured a former
// one: its process is about to end.
func (u *upstream) withdraw() {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.gone && u.at != nil {
		u.leave()
		u.state = State{Phase: Absent}
		u.announce()
	}
}

// interrupt says that the processes at the former endpoints are told to end.
func (u *upstream) interrupt() {
	u.withdraw()
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, p := range u.former {
		p.interrupted = true
		p.leave()
		p.cutLasting()
	}
	u.prune()
}

// drain returns when no counted lease is left at the former endpoints, or ctx has
// ended.
func (u *upstream) drain(ctx context.Context) {
	u.withdraw()
	u.mu.Lock()
	var quiet []<-chan struct{}
	for _, p := range u.former {
		if p.busy > 0 {
			quiet = append(quiet, p.whenQuiet())
		}
	}
	u.mu.Unlock()
	waitAll(ctx, quiet)
}

// lease is one request that a backend is answering.
type lease struct {
	up      *upstream
	at      *endpoint
	changed <-chan struct{} // closed by the first change of state after the lease began
	counted bool
}

// release stops counting the lease: it has ended, or it is a stream that a
// restart does not wait for. It may be called more than once.
func (v *lease) release() {
	v.up.mu.Lock()
	defer v.up.mu.Unlock()
	if !v.counted {
		return
	}
	v.counted = false
	v.at.busy--
	if v.at.busy == 0 && v.at.quiet != nil {
		close(v.at.quiet)
		v.at.quiet = nil
	}
}

// interrupted reports whether the process that the lease went to has been told
// to go since.
func (v *lease) interrupted() bool {
	v.up.mu.Lock()
	defer v.up.mu.Unlock()
	return v.at.interrupted
}

// waitAll returns when all of quiet are closed or ctx has ended.
func waitAll(ctx context.Context, quiet []<-chan struct{}) {
	for _, q := range quiet {
		select {
		case <-q:
		case <-ctx.Done():
			return
		}
	}
}
