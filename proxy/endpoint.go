package proxy

import (
	"context"

	"devgate/proxy/wire"
)

// endpoint is where one process of a backend is reached, with all that belongs to
// that process alone: connections, what a probe found out, who is being
// answered by it. The next process has an endpoint of its own, on the same port or
// on another, so nothing of the old one is ever taken for the new one's.
type endpoint struct {
	address   string // as shown to people
	port      int    // 0: given by a URL
	transport wire.Transport
	pages     pages
	lasting   inflight // event streams and upgraded connections

	// guarded by the upstream's mu
	busy        int           // leases that Drain waits for
	quiet       chan struct{} // closed when busy reaches 0; nil while nobody drains
	interrupted bool          // the process has been told to end
}

// lease is one request that a backend is answering.
type lease struct {
	up      *upstream
	at      *endpoint
	changed <-chan struct{} // closed by the first change of state after the lease began
	counted bool
}

// leave begins the end of an endpoint that gets no new requests. Closing its idle
// connections lets a server end that waits for its clients to go.
func (p *endpoint) leave() { p.transport.Forget() }

// cutLasting: what goes on for ever would keep a server from ending that waits
// for its clients to go. It may say goodbye first.
func (p *endpoint) cutLasting() { p.lasting.cutLater(goodbye) }

// deserted reports whether nothing runs at the endpoint any more. The caller
// holds the upstream's mu.
func (p *endpoint) deserted() bool { return p.busy == 0 && p.lasting.members() == 0 }

// whenQuiet returns what is closed when no counted lease is left. The caller
// holds the upstream's mu.
func (p *endpoint) whenQuiet() <-chan struct{} {
	if p.quiet == nil {
		p.quiet = make(chan struct{})
	}
	return p.quiet
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
