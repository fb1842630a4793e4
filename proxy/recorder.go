package proxy

import "sync"

// recorderMax is how many exchanges are remembered.
const recorderMax = 500

// recorder remembers the last exchanges. Its zero value is ready to use.
type recorder struct {
	mu    sync.Mutex
	ring  [recorderMax]Exchange // of number n at n % recorderMax; each has its own Cascade
	count uint64                // of exchanges ever added
	more  chan struct{}         // closed by the next add; nil when nobody waits
}

// add takes e in, with attempts as its Cascade; it keeps neither.
func (rec *recorder) add(e Exchange, attempts []attempt) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	slot := &rec.ring[rec.count%recorderMax]
	cascade := slot.Cascade[:0]
	for i := range attempts {
		cascade = append(cascade, attempts[i].record())
	}
	rec.count++
	*slot = e
	slot.ID, slot.Cascade = rec.count, cascade
	if rec.more != nil {
		close(rec.more)
		rec.more = nil
	}
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
