package proxy

import (
	"context"
	"time"
)

// admit waits until c takes requests. Without a visit, the second result says
// why.
func (x *exchange) admit(ctx context.Context, c *candidate) (*visit, fetched) {
	for {
		v, s, changed := c.up.enter()
		switch {
		case v != nil:
			return v, fetched{}
		case s.Phase == Absent || s.Phase == Down && c.Optional:
			return nil, fetched{skip: s.Phase.String()}
		case s.Phase == Down:
			return nil, fetched{fault: faultDown(c, s)}
		}
		if !x.held(ctx, changed) {
			return nil, fetched{fault: faultStarting(c, s)}
		}
	}
}

// held waits for a change of state and reports whether there was one before
// the request's patience ended.
func (x *exchange) held(ctx context.Context, changed <-chan struct{}) bool {
	if x.holdUntil.IsZero() {
		x.holdUntil = time.Now().Add(x.patience())
	}
	return x.changesWithin(ctx, changed, time.Until(x.holdUntil))
}

func (x *exchange) patience() time.Duration {
	if isNavigation(x.r.Header) {
		return min(navigationHold, x.chain.Hold)
	}
	return x.chain.Hold
}

func (x *exchange) holdExpired() bool {
	return !x.holdUntil.IsZero() && !time.Now().Before(x.holdUntil)
}

// changesWithin waits for changed, the end of the client or of the gateway.
func (x *exchange) changesWithin(ctx context.Context, changed <-chan struct{}, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-changed:
		return true
	case <-t.C:
		return false
	case <-x.g.stopping:
		return false
	case <-ctx.Done():
		return false
	}
}
