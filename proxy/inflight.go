package proxy

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// inflight counts what is under way and can be told to break off. The zero value
// is ready to use.
// Requests and tunnels differ in who ends them: requests are waited for, tunnels are cut.
type inflight struct {
	mu     sync.Mutex
	closed bool
	n      int
	empty  chan struct{} // closed when n reaches 0 after close
	cuts   map[*func()]struct{}
}

// enter counts one more; false when the inflight is closed.
func (c *inflight) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.n++
	return true
}

func (c *inflight) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n--
	if c.n == 0 && c.empty != nil {
		close(c.empty)
		c.empty = nil
	}
}

// add registers what breaks one member off; the result takes it out again.
// When the inflight is closed already, cut is called at once.
func (c *inflight) add(cut func()) (remove func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	// It came too late to be cut by cutAll.
	if c.closed {
		cut()
		return func() {}
	}
	if c.cuts == nil {
		c.cuts = make(map[*func()]struct{})
	}
	c.cuts[&cut] = struct{}{}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.cuts, &cut)
	}
}

// members counts those that can be broken off.
func (c *inflight) members() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.cuts)
}

// cutLater breaks off, after d, those of today's members that are still there.
func (c *inflight) cutLater(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.cuts) == 0 {
		return
	}
	// Today's: who comes later is not meant.
	members := slices.Collect(maps.Keys(c.cuts))
	time.AfterFunc(d, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		// Called under the lock: cut only closes connections, and never calls back.
		for _, cut := range members {
			if _, there := c.cuts[cut]; there {
				(*cut)()
			}
		}
	})
}

// cutAll breaks every member off and lets nobody in any more.
func (c *inflight) cutAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for cut := range c.cuts {
		(*cut)()
	}
	c.cuts = nil
}

// close lets nobody in any more and returns what is closed when nobody is
// left.
func (c *inflight) close() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	empty := make(chan struct{})
	if c.n == 0 {
		close(empty)
		return empty
	}
	c.empty = empty
	return empty
}
