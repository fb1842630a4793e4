package proxy

import "devgate/proxy/wire"

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
