package proxy

import (
	"context"
	"iter"
	"strings"
	"sync"
	"time"
)

// Exchange is the record of one request: who was asked, what each said, and
// what the client got. The gateway's own paths are not recorded.
type Exchange struct {
	// ID counts the requests of this gateway in the order of their ends, from 1.
	ID uint64
	// At is when the request's head had arrived.
	At time.Time
	// Method, Path (the target as it was sent, with its query) and Host are
	// the client's. A target longer than 2 KiB is cut and ends in "...".
	Method, Path, Host string
	// Status of the client's answer; 0 when the client left before it.
	Status int
	// Backend whose answer it was; "static" for the folder, "" for an answer of
	// the gateway's own.
	Backend string
	// Learned says that the answer had been asked for ahead of the refusals
	// before it (speculation).
	Learned bool
	// Duration is the time from the head of the request to the end of the
	// answer; for event streams and upgraded connections, to its head.
	Duration time.Duration
	// Held is the part of it in which the request waited for a backend that
	// was not ready.
	Held time.Duration
	// Cascade has one entry for each backend asked, in order.
	Cascade []Attempt
	// Lost is the number of exchanges before this one that a reader of Follow
	// missed because it was slow; 0 elsewhere.
	Lost int
}

// Attempt is what one backend had to say to a request.
type Attempt struct {
	Backend  string
	Status   int           // 0: it gave no answer, or was not asked
	Duration time.Duration // from the asking to the head of its answer
	Note     string        // for people: "falls through", "held 1.2s: restarting"; often ""
}

// recordMax is how many exchanges are remembered.
const recordMax = 500

// pathMax bounds what one remembered target takes of memory.
const pathMax = 2 << 10

// record remembers the last exchanges. Its zero value is ready to use.
type record struct {
	mu    sync.Mutex
	ring  [recordMax]Exchange // of number n at n % recordMax; each has its own Cascade
	count uint64              // of exchanges ever added
	more  chan struct{}       // closed by the next add; nil when nobody waits
}

// add takes e in, with attempts as its Cascade; it keeps neither.
func (r *record) add(e Exchange, attempts []attempt) {
	r.mu.Lock()
	defer r.mu.Unlock()
	slot := &r.ring[r.count%recordMax]
	cascade := slot.Cascade[:0]
	for i := range attempts {
		cascade = append(cascade, attempts[i].record())
	}
	r.count++
	*slot = e
	slot.ID, slot.Cascade = r.count, cascade
	if r.more != nil {
		close(r.more)
		r.more = nil
	}
}

// at returns a copy of exchange number n, counted from 0. The caller holds r.mu.
func (r *record) at(n uint64) Exchange {
	e := r.ring[n%recordMax]
	e.Cascade = append([]Attempt(nil), e.Cascade...)
	return e
}

// all returns what is remembered, the oldest first.
func (r *record) all() []Exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []Exchange
	for n := r.oldest(); n < r.count; n++ {
		list = append(list, r.at(n))
	}
	return list
}

func (r *record) oldest() uint64 { return r.count - min(r.count, recordMax) }

// end is the number of the next exchange.
func (r *record) end() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.count
}

// next returns exchange number n, or the oldest that is remembered after it,
// and the number of that one; or else a channel that is closed when there is one.
func (r *record) next(n uint64) (Exchange, uint64, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n < r.count {
		at := max(n, r.oldest())
		e := r.at(at)
		e.Lost = int(at - n)
		return e, at, nil
	}
	if r.more == nil {
		r.more = make(chan struct{})
	}
	return Exchange{}, n, r.more
}

// Requests returns the last 500 exchanges that have ended, the oldest first.
// Event streams and upgraded connections are among them from their beginning.
func (g *Gateway) Requests() []Exchange { return g.record.all() }

// Follow yields every exchange that ends after the call, until ctx ends or the
// loop does. It holds no request up: a reader that falls more than 500 behind
// misses the oldest, and Lost of the next says how many.
func (g *Gateway) Follow(ctx context.Context) iter.Seq[Exchange] {
	n := g.record.end()
	return func(yield func(Exchange) bool) {
		for ctx.Err() == nil {
			e, at, more := g.record.next(n)
			if more == nil {
				n = at + 1
				if !yield(e) {
					return
				}
				continue
			}
			select {
			case <-more:
			case <-ctx.Done():
			}
		}
	}
}

// clip shortens a target for the record, and frees it from the larger string
// that net/http cut it out of.
func clip(target string) string {
	if len(target) <= pathMax {
		return target
	}
	return strings.Clone(target[:pathMax-3]) + "..."
}

// report adds the exchange to the record, once.
func (x *exchange) report() {
	if x.reported {
		return
	}
	x.reported = true
	x.g.record.add(x.summary(), x.trace.attempts)
}

// summary is the exchange's record so far, but for its Cascade.
func (x *exchange) summary() Exchange {
	e := Exchange{
		At: x.began, Method: x.r.Method, Path: clip(x.r.RequestURI), Host: x.r.Host,
		Status: x.trace.status, Backend: x.trace.backend, Duration: time.Since(x.began),
	}
	if x.call != nil {
		e.Path = clip(x.call.Target)
	}
	for i := range x.trace.attempts {
		t := &x.trace.attempts[i]
		e.Held += t.held
		e.Learned = e.Learned || t.learned
	}
	return e
}
