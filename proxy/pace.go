package proxy

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

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
	// A median, so that one slow answer (a garbage collection, a first compile) changes
	// nothing.
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last[p.n%len(p.last)] = d
	p.n++
	// A copy: an array is a value.
	sorted := p.last
	known := sorted[:min(p.n, len(sorted))]
	slices.Sort(known)
	p.median.Store(int64(known[len(known)/2]))
}
