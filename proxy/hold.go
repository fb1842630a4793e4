package proxy

import (
	"context"
	"time"
)

// admit waits until c takes requests, and notes in got for how long. Without a
// lease, got says why.
func (x *exchange) admit(ctx context.Context, c *candidate, got *fetched) *lease {
	began := time.Now()
	for {
		v, s, changed := c.up.enter()
		switch {
		case v != nil:
			return v
		case c.up.isGone():
			got.skip, got.gone = Absent.String(), true
			return nil
		case s.Phase == Absent || s.Phase == Down && c.Optional:
			got.skip = s.Phase.String()
			return nil
		case s.Phase == Down:
			got.fault = faultDown(c, s)
			return nil
		}
		if got.held == 0 {
			c.up.hold()
		}
		changes := x.held(ctx, changed)
		got.held, got.waited = time.Since(began), s.Reason
		if !changes {
			got.fault = x.afterHold(ctx, c, s)
			return nil
		}
	}
}

// afterHold is the answer to a request that waited in vain.
func (x *exchange) afterHold(ctx context.Context, c *candidate, s State) *fault {
	if ctx.Err() != nil || x.clientBroke() {
		return faultGone()
	}
	return faultStarting(c, s)
}

// held waits for a change of state and reports whether there was one before
// the request's patience ended.
func (x *exchange) held(ctx context.Context, changed <-chan struct{}) bool {
	if x.holdUntil.IsZero() {
		x.holdUntil = time.Now().Add(x.patience())
	}
	ctx, stop := x.readAhead(ctx)
	defer stop()
	return x.changesWithin(ctx, changed, time.Until(x.holdUntil))
}

// readAhead takes the beginning of the body in while the request waits: only
// behind the end of a body does net/http look whether the client is still
// there. A client that asks for consent first is not to be given it by this.
// The context ends when the body breaks off; stop ends the reading.
func (x *exchange) readAhead(ctx context.Context) (unbroken context.Context, stop func()) {
	b := x.call.Body
	if b == nil || x.call.ExpectsContinue() {
		return ctx, func() {}
	}
	r, err := b.Reader(false)
	if err != nil {
		return ctx, func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	x.g.readers.Go(func() { // ends with the client's connection at the latest
		if r.Fill(); x.clientBroke() {
			cancel()
		}
	})
	return ctx, func() {
		r.Close()
		cancel()
	}
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
