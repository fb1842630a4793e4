package proxy

import (
	"net/http"
	"time"
)

// admit waits until c takes requests. Neither a visit nor a fault: c is passed
// by.
func (x *exchange) admit(c *candidate) (*visit, *fault) {
	for {
		v, s, changed := c.up.enter()
		switch {
		case v != nil:
			return v, nil
		case s.Phase == Absent || s.Phase == Down && c.Optional:
			x.trace.last().end(0, s.Phase.String())
			return nil, nil
		case s.Phase == Down:
			x.trace.last().end(0, "crashed")
			return nil, faultDown(c, s)
		}
		if !x.held(changed) {
			x.trace.last().end(0, "starting")
			return nil, faultStarting(c, s)
		}
	}
}

// held waits for a change of state and reports whether there was one before
// the request's patience ended. It does not return when the client is gone.
func (x *exchange) held(changed <-chan struct{}) bool {
	if x.holdUntil.IsZero() {
		x.holdUntil = time.Now().Add(x.patience())
	}
	return x.changesWithin(changed, time.Until(x.holdUntil))
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
func (x *exchange) changesWithin(changed <-chan struct{}, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-changed:
		return true
	case <-t.C:
		return false
	case <-x.g.stopping:
		return false
	case <-x.ctx.Done():
		panic(http.ErrAbortHandler)
	}
}
