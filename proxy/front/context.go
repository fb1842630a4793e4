package front

import (
	"context"
	"sync"
	"time"
)

// requestContext is that of one request: it ends when the client leaves, when the
// request does, and when the server closes the connection. Most requests are over
// before anybody asks for its channel, which is made then.
type requestContext struct {
	mu   sync.Mutex
	done chan struct{} // nil: nobody has asked for it
	over bool
	then map[*func()]struct{} // called at the end
}

// Deadline implements context.Context: it has none.
func (c *requestContext) Deadline() (time.Time, bool) { return time.Time{}, false }

// Value implements context.Context: it has none.
func (c *requestContext) Value(any) any { return nil }

// Done implements context.Context.
func (c *requestContext) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done == nil {
		c.done = make(chan struct{})
		if c.over {
			close(c.done)
		}
	}
	return c.done
}

// Err implements context.Context.
func (c *requestContext) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return context.Canceled
	}
	return nil
}

// AfterFunc has do called, in a goroutine of its own, when the context has ended; stop
// keeps it from that, and is false where it is too late. Package context uses it for
// contexts that are derived from this one.
func (c *requestContext) AfterFunc(do func()) (stop func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		go do()
		return func() bool { return false }
	}
	if c.then == nil {
		c.then = make(map[*func()]struct{}, 1)
	}
	c.then[&do] = struct{}{}
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		_, there := c.then[&do]
		delete(c.then, &do)
		return there
	}
}

// end ends the context. It may be called more than once.
func (c *requestContext) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return
	}
	c.over = true
	if c.done != nil {
		close(c.done)
	}
	for do := range c.then {
		go (*do)()
	}
	c.then = nil
}
