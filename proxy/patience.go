package proxy

import (
	"context"
	"net/http"
	"sync"
	"time"

	"devgate/proxy/wire"
)

// patience is for how long one request waits for backends that are not ready,
// all of them together. It begins with the first wait. Any goroutine may use it;
// the zero value has not begun.
type patience struct {
	mu    sync.Mutex
	until time.Time // zero: it has not begun
}

// left begins the patience if it has not begun, as one of that length, and
// returns what is left of it.
func (p *patience) left(length time.Duration) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.until.IsZero() {
		p.until = time.Now().Add(length)
	}
	return time.Until(p.until)
}

// over reports whether it has begun and come to its end.
func (p *patience) over() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.until.IsZero() && !time.Now().Before(p.until)
}

// holdFor is how long a request may wait. A form that is sent would be lost with
// the page that tells of the wait.
func (ch *chain) holdFor(req *wire.Request) time.Duration {
	if (req.Method == http.MethodGet || req.Method == http.MethodHead) && isNavigation(req.Header) {
		return min(navigationHold, ch.Hold)
	}
	return ch.Hold
}

// changesWithin waits for changed, the end of ctx or of the gateway.
func (g *Gateway) changesWithin(ctx context.Context, changed <-chan struct{}, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-changed:
		return true
	case <-t.C:
		return false
	case <-g.stopping:
		return false
	case <-ctx.Done():
		return false
	}
}
