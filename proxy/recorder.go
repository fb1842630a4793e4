package proxy

import (
	"sync"
	"sync/atomic"

	"devgate/proxy/wire"
)

// recorderMax is how many exchanges are remembered.
const recorderMax = 500

// recorder remembers the last exchanges, and what is kept of their messages. Its
// zero value remembers exchanges alone.
type recorder struct {
	allowance wire.Allowance // of requests that are under way
	looked    atomic.Bool    // somebody looks

	mu    sync.Mutex
	ring  [recorderMax]Exchange // of number n at n % recorderMax; each has its own Cascade
	count uint64                // of exchanges ever added
	more  chan struct{}         // closed by the next add; nil when nobody waits
	keeps bool                  // details
	looks int                   // how many look at them

	details archive
	places  [recorderMax]place // in details, of number n at n % recorderMax
}

// add takes e in, with attempts as its Cascade, and what is kept of its messages
// (nil: nothing); it keeps none of them. It returns the ID.
func (rec *recorder) add(e Exchange, attempts []attempt, detail []byte) uint64 {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	slot := &rec.ring[rec.count%recorderMax]
	cascade := slot.Cascade[:0]
	for i := range attempts {
		cascade = append(cascade, attempts[i].record())
	}
	rec.places[rec.count%recorderMax] = rec.details.add(detail)
	rec.count++
	*slot = e
	slot.ID, slot.Cascade = rec.count, cascade
	if rec.more != nil {
		close(rec.more)
		rec.more = nil
	}
	return rec.count
}

// amend replaces what is kept of an exchange's messages, if it is remembered.
func (rec *recorder) amend(id uint64, detail []byte) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if rec.remembers(id) && detail != nil {
		rec.places[(id-1)%recorderMax] = rec.details.add(detail)
	}
}

// find returns the exchange with that ID and what is kept of its messages (nil:
// nothing); false when it is forgotten.
func (rec *recorder) find(id uint64) (e Exchange, detail []byte, ok bool) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if !rec.remembers(id) {
		return e, nil, false
	}
	return rec.at(id - 1), rec.details.get(rec.places[(id-1)%recorderMax]), true
}

// remembers reports whether there is an exchange with that ID. The caller holds
// rec.mu.
func (rec *recorder) remembers(id uint64) bool { return id > rec.oldest() && id <= rec.count }

// keep turns the keeping of details on, or off: then all are forgotten.
func (rec *recorder) keep(on bool) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.keeps = on
	rec.bound()
}

// look says that somebody looks, until done.
func (rec *recorder) look() (done func()) {
	rec.changeLooks(1)
	return sync.OnceFunc(func() { rec.changeLooks(-1) })
}

func (rec *recorder) changeLooks(by int) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.looks += by
	rec.looked.Store(rec.looks > 0)
	rec.bound()
}

// bound sets what details may take. The caller holds rec.mu.
func (rec *recorder) bound() {
	ended, underWay := archiveIdle, allowanceIdle
	switch {
	case !rec.keeps:
		ended, underWay = 0, 0
	case rec.looks > 0:
		ended, underWay = archiveLooked, allowanceLooked
	}
	rec.details.bound(ended)
	rec.allowance.Limit(int64(underWay))
}

// at returns a copy of exchange number n, counted from 0. The caller holds rec.mu.
func (rec *recorder) at(n uint64) Exchange {
	e := rec.ring[n%recorderMax]
	e.Cascade = append([]Attempt(nil), e.Cascade...)
	return e
}

// all returns what is remembered, the oldest first.
func (rec *recorder) all() []Exchange {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	var list []Exchange
	for n := rec.oldest(); n < rec.count; n++ {
		list = append(list, rec.at(n))
	}
	return list
}

func (rec *recorder) oldest() uint64 { return rec.count - min(rec.count, recorderMax) }

// end is the number of the next exchange.
func (rec *recorder) end() uint64 {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return rec.count
}

// next returns exchange number n, or the oldest that is remembered after it,
// and the number of that one; or else a channel that is closed when there is one.
func (rec *recorder) next(n uint64) (Exchange, uint64, <-chan struct{}) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if n < rec.count {
		at := max(n, rec.oldest())
		e := rec.at(at)
		e.Lost = int(at - n)
		return e, at, nil
	}
	if rec.more == nil {
		rec.more = make(chan struct{})
	}
	return Exchange{}, n, rec.more
}
