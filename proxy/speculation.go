package proxy

import (
	"context"
	"encoding/binary"
	"hash/maphash"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"devgate/proxy/wire"
)

const (
	// speculationWorth is what the refusals before an answer must usually take
	// together, for it to be asked for ahead of them.
	speculationWorth = 5 * time.Millisecond
	// learnedMax bounds the requests remembered.
	learnedMax = 4096
)

// learned is which backend answered which request, since the last moment at
// which anything may have changed. Who learns something reads the epoch before
// the request is asked, so that nothing of an older one is ever kept.
type learned struct {
	epoch atomic.Uint64
	seed  maphash.Seed

	mu      sync.Mutex
	of      uint64 // the epoch of places
	places  map[uint64]int
	unsound weakness
}

// bump makes everything learned so far invalid. It comes after a change of
// state or configuration, and both before and after an unsafe request.
func (l *learned) bump() {
	if l.unsound != keepsEpoch {
		l.epoch.Add(1)
	}
}

// place returns which of the candidates answered the request of that key.
func (l *learned) place(key uint64) (int, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of != l.epoch.Load() {
		return 0, false
	}
	k, ok := l.places[key]
	return k, ok
}

// keep remembers a place that was found out in an epoch, if that still lasts.
func (l *learned) keep(key uint64, place int, epoch uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if epoch != l.epoch.Load() {
		return
	}
	if l.of != epoch || l.places == nil || len(l.places) >= learnedMax {
		l.of, l.places = epoch, make(map[uint64]int)
	}
	l.places[key] = place
}

func (l *learned) forget(key uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.places, key)
}

// Changed says that a file of the project was changed: what was learned of
// requests may be wrong from now on. It never blocks.
func (g *Gateway) Changed() { g.learned.bump() }

// mayLearn reports whether the request is one that can be speculated on.
func (x *exchange) mayLearn() bool {
	c := x.call
	return x.chain.Speculate && !x.alone && len(x.candidates) > 1 && c.Body == nil &&
		(c.Method == http.MethodGet || c.Method == http.MethodHead) &&
		!wire.HasToken(x.r.Header["Cache-Control"], "no-cache") && !wire.HasToken(x.r.Header["Pragma"], "no-cache")
}

// worthwhile reports whether the refusals of the first n candidates usually
// take long enough.
func (x *exchange) worthwhile(n int) bool {
	var sum time.Duration
	for _, c := range x.candidates[:n] {
		sum += c.up.pace.usual()
	}
	return sum > x.g.worth
}

// speculate asks the backend that has answered this very request before, and
// those before it, all at once. The answers are still judged in order, so what
// the client gets is what it would have got, but sooner.
func (x *exchange) speculate() {
	x.learns = x.mayLearn()
	if !x.learns || !x.worthwhile(len(x.candidates)-1) {
		return
	}
	x.key = x.g.learned.key(x.call)
	k, ok := x.g.learned.place(x.key)
	if !ok || k >= len(x.candidates) || !x.worthwhile(k) || !allReady(x.candidates[:k+1]) {
		return
	}
	for _, c := range x.candidates[:k+1] {
		x.aheads = append(x.aheads, x.sendAhead(c))
	}
}

func allReady(list []*candidate) bool {
	return !slices.ContainsFunc(list, func(c *candidate) bool { return c.up.look().Phase != Ready })
}

// ahead is a request that was sent before its turn.
type ahead struct {
	cancel context.CancelFunc
	done   chan struct{}
	began  time.Time

	// set before done is closed
	lease *lease // nil: it was not sent
	reply *reply
	err   error
	took  time.Duration
}

// sendAhead tries once. What does not go well is seen to when its turn comes.
func (x *exchange) sendAhead(c *candidate) *ahead {
	ctx, cancel := context.WithCancel(x.ctx)
	a := &ahead{cancel: cancel, done: make(chan struct{}), began: time.Now()}
	go func() { // endAheads waits for it
		defer close(a.done)
		if a.lease, _, _ = c.up.enter(); a.lease != nil {
			a.reply, a.err = x.try(ctx, c, a.lease, false)
			a.took = time.Since(a.began)
		}
	}()
	return a
}

// aheadOf returns what was sent ahead to candidate i, which is then the
// caller's; or nil.
func (x *exchange) aheadOf(i int) *ahead {
	if i >= len(x.aheads) {
		return nil
	}
	a := x.aheads[i]
	x.aheads[i] = nil
	return a
}

// result waits for the answer and notes in got how long it took. Without a
// visit there is none.
func (a *ahead) result(got *fetched) (*lease, *reply, error) {
	if a == nil {
		return nil, nil, nil
	}
	<-a.done
	got.took = a.took
	return a.lease, a.reply, a.err
}

// cancelAheads breaks off what is no longer wanted.
func (x *exchange) cancelAheads() {
	for _, a := range x.aheads {
		if a != nil {
			a.cancel()
		}
	}
}

// endAheads gives back what nobody took, and forgets what turned out wrong.
func (x *exchange) endAheads() {
	if x.aheads != nil && !x.confirmed {
		x.g.learned.forget(x.key)
	}
	x.cancelAheads()
	for i := range x.aheads {
		v, rep, _ := x.aheadOf(i).result(new(fetched))
		switch {
		case rep != nil:
			rep.close()
		case v != nil:
			v.release()
		}
	}
}

// learn remembers that candidate i gave the answer after all before it had
// refused, if that is worth it. Only a healthy answer is: a 500 of today may be
// a 404 tomorrow.
func (x *exchange) learn(i int, status int) {
	if !x.learns || i == 0 || x.refusals != i || status >= 400 || !x.worthwhile(i) {
		return
	}
	if x.key == 0 {
		x.key = x.g.learned.key(x.call)
	}
	x.g.learned.keep(x.key, i, x.epoch)
	x.confirmed = true
}

// isNoise reports whether a header says nothing about who answers: conditions
// and ranges, where a request comes from, and what follows it through systems.
func isNoise(name string) bool {
	switch name {
	case "If-None-Match", "If-Modified-Since", "Range", "Referer", "Traceparent":
		return true
	}
	return strings.HasPrefix(name, "Sec-Fetch-")
}

// key identifies a request: two have the same one only if every backend gets
// the same from both, but for noise.
func (l *learned) key(c *wire.Request) uint64 {
	var room [2 << 10]byte
	return maphash.Bytes(l.seed, appendKey(room[:0], c, l.unsound))
}

// appendKey writes every part with its length, so that no two requests have the
// same parts in different places.
func appendKey(b []byte, c *wire.Request, unsound weakness) []byte {
	part := func(s string) {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	for _, s := range [...]string{c.Method, c.Target, c.Host, c.Client, c.Scheme} {
		part(s)
	}
	var room [32]string
	for _, name := range wire.EndToEnd(c.Header, room[:0]) {
		if isNoise(name) || name == "Cookie" && unsound == ignoresCookies {
			continue
		}
		part(name)
		b = binary.AppendUvarint(b, uint64(len(c.Header[name])))
		for _, v := range c.Header[name] {
			part(v)
		}
	}
	return b
}

// pace is how long a backend usually takes to refuse: the median of the last
// refusals. Its zero value is ready to use.
type pace struct {
	mu     sync.Mutex
	last   [7]time.Duration
	n      int // refusals ever
	median atomic.Int64
}

func (p *pace) usual() time.Duration { return time.Duration(p.median.Load()) }

// forget makes the pace one of which nothing is known.
func (p *pace) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n = 0
	p.median.Store(0)
}

func (p *pace) add(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last[p.n%len(p.last)] = d
	p.n++
	sorted := p.last
	known := sorted[:min(p.n, len(sorted))]
	slices.Sort(known)
	p.median.Store(int64(known[len(known)/2]))
}
