package wire

import (
	"sync"
	"time"
)

const (
	// idleLimit is below the keep-alive of every usual server (Node: 5 s), so
	// that it is the gateway who closes.
	idleLimit = 3500 * time.Millisecond
	idleMax   = 256
)

// pool keeps the idle connections of one backend, the longest idle first.
type pool struct {
	mu         sync.Mutex
	idle       []*conn
	generation int // a connection of an older one is not taken back
	sweeper    *time.Timer
	queue      queue

	chatty         bool // something was said behind an answer with a body
	chattyBodiless bool // behind one that cannot have any: to HEAD, 204, 304
}

// get returns a connection that was open when it was last used, the last used first,
// or nil.
func (p *pool) get() *conn {
	for {
		c := p.pop()
		if c == nil {
			return nil
		}
		if time.Since(c.idleSince) < idleLimit {
			return c
		}
		c.close()
	}
}

func (p *pool) pop() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.idle)
	if n == 0 {
		return nil
	}
	c := p.idle[n-1]
	p.idle[n-1] = nil
	p.idle = p.idle[:n-1]
	return c
}

// put takes a connection back, or closes it when it is of no more use.
func (p *pool) put(c *conn) {
	c.idleSince, c.used = time.Now(), true
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.generation != p.generation || len(p.idle) >= idleMax || !p.trusts(c) || p.queue.blocked() {
		c.close()
		return
	}
	p.idle = append(p.idle, c)
	if p.sweeper == nil {
		p.sweeper = time.AfterFunc(idleLimit, p.sweep)
	}
}

// makeRoom closes the longest idle connection where the caller is about to open
// one that will come back, as the number should not grow by that; and every one
// where the backend would not look at the new one before.
func (p *pool) makeRoom(replace bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.queue.oneAtATime:
		p.closeIdle()
	case replace && len(p.idle) > 0:
		p.idle[0].close()
		p.idle = append(p.idle[:0], p.idle[1:]...)
	}
}

// closeIdle closes what is idle and reports whether anything was. The caller holds
// p.mu.
func (p *pool) closeIdle() bool {
	any := len(p.idle) > 0
	for _, c := range p.idle {
		c.close()
	}
	p.idle = nil
	return any
}

// caught says that on an idle connection the backend went on after its last answer:
// a body behind HEAD, or more than its length. After such answers no connection is
// used again.
func (p *pool) caught(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.chattyBodiless = true
	p.chatty = p.chatty || !c.bodiless
}

// trusts reports whether c may be used again. The caller holds p.mu.
func (p *pool) trusts(c *conn) bool { return !p.chatty && !(p.chattyBodiless && c.bodiless) }

// sweep closes what has been idle for too long and comes again while there is
// anything left.
func (p *pool) sweep() {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for n < len(p.idle) && time.Since(p.idle[n].idleSince) >= idleLimit {
		p.idle[n].close()
		n++
	}
	p.idle = append(p.idle[:0], p.idle[n:]...)
	if len(p.idle) == 0 {
		p.sweeper = nil
		return
	}
	p.sweeper.Reset(idleLimit - time.Since(p.idle[0].idleSince))
}

// forget closes what is idle now and, when it comes back, what is in use now.
func (p *pool) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.generation++
	p.closeIdle()
}

func (p *pool) current() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.generation
}
