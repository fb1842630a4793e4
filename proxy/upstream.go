package proxy

import (
	"context"
	"sync"
)

// upstream is the changing side of a backend: its state, who is being answered
// by it, and its connections. It outlives a Reconfigure that does not move the
// backend.
type upstream struct {
	transport roundTripper
	fallback  fallback
	pace      pace
	lasting   crowd // event streams and upgraded connections

	mu         sync.Mutex
	state      State
	changed    chan struct{} // closed and replaced by each setState
	busy       int           // visits that Drain waits for
	quiet      chan struct{} // closed when busy reaches 0; nil while nobody drains
	generation int           // counts interrupts
}

// visit is one request that a backend is answering.
type visit struct {
	up         *upstream
	generation int
	changed    <-chan struct{} // closed by the first setState after the visit began
	counted    bool
}

func newUpstream(b *Backend) *upstream {
	u := &upstream{transport: newTransport(b), changed: make(chan struct{})}
	if b.Remote {
		u.state.Phase = Ready
	}
	return u
}

// enter begins a visit when the backend is Ready. Otherwise it returns nil, the
// state, and a channel that is closed when that state is no longer the newest.
func (u *upstream) enter() (*visit, State, <-chan struct{}) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.state.Phase != Ready {
		return nil, u.state, u.changed
	}
	u.busy++
	return &visit{up: u, generation: u.generation, changed: u.changed, counted: true}, State{}, nil
}

// look returns the newest state.
func (u *upstream) look() State {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.state
}

func (u *upstream) setState(s State) {
	u.mu.Lock()
	u.state = s
	close(u.changed)
	u.changed = make(chan struct{})
	u.mu.Unlock()
	if s.Phase != Ready {
		// The next process has connections of its own; closing the old idle
		// ones also lets a server end that waits for its clients to leave.
		u.transport.forget()
		u.fallback.reset()
	}
}

// close ends all that the upstream does by itself, and waits for it.
func (u *upstream) close() {
	u.fallback.close()
	u.transport.forget()
	u.transport.wait()
}

// interrupt: what goes on for ever would keep a server from ending that waits
// for its clients to leave. It may say goodbye first.
func (u *upstream) interrupt() {
	u.mu.Lock()
	u.generation++
	u.mu.Unlock()
	u.transport.forget()
	u.lasting.cutLater(goodbye)
}

// drain returns when no counted visit is left or ctx has ended.
func (u *upstream) drain(ctx context.Context) {
	u.mu.Lock()
	if u.busy == 0 {
		u.mu.Unlock()
		return
	}
	if u.quiet == nil {
		u.quiet = make(chan struct{})
	}
	quiet := u.quiet
	u.mu.Unlock()
	select {
	case <-quiet:
	case <-ctx.Done():
	}
}

// release stops counting the visit: it has ended, or it is a stream that a
// restart does not wait for. It may be called more than once.
func (v *visit) release() {
	u := v.up
	u.mu.Lock()
	defer u.mu.Unlock()
	if !v.counted {
		return
	}
	v.counted = false
	u.busy--
	if u.busy == 0 && u.quiet != nil {
		close(u.quiet)
		u.quiet = nil
	}
}

// interrupted reports whether the process that the visit went to has been
// told to go since.
func (v *visit) interrupted() bool {
	v.up.mu.Lock()
	defer v.up.mu.Unlock()
	return v.generation != v.up.generation
}
