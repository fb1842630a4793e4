package proxy

import (
	"context"
	"time"
)

// await waits for what the sign says that the candidate is in the middle of, and
// returns what it shows then.
func (a *asking) await(ctx context.Context, s sign) sign {
	switch s {
	case signWaiting:
		return a.awaitReady(ctx)
	case signRefusing:
		return a.awaitConnections(ctx)
	case signHungUp: // it may be a crash that nobody has told of yet
		a.g.changesWithin(ctx, a.lease.changed, a.g.notice)
		return a.severed(ctx)
	case signPerhapsPage:
		a.g.changesWithin(ctx, a.probe.done, a.g.probing)
		a.probed = true
		return a.signOf(a.out.reply)
	}
	return a.admit() // the next process is asked
}

// awaitReady waits until the candidate's state has changed.
func (a *asking) awaitReady(ctx context.Context) sign {
	if a.out.held == 0 {
		a.c.up.hold()
	}
	unbroken, stop := a.readAhead(ctx)
	changes := a.g.changesWithin(unbroken, a.changed, a.patience.left(a.chain.holdFor(a.req)))
	stop()
	a.out.held, a.out.waited = time.Since(a.since), a.state.Reason
	switch {
	case changes:
		return a.look()
	case ctx.Err() != nil:
		return signLeft
	case bodyBroke(a.req):
		return signBodyBroke
	}
	return signWaitedOut
}

// awaitConnections waits a moment for a port that refuses connections: nothing
// was sent, so nothing is lost by asking again. The process may have just died
// without anybody having said so yet, or it restarts its server by itself on a
// save (node --watch, nodemon), which nobody says.
func (a *asking) awaitConnections(ctx context.Context) sign {
	if a.refused.IsZero() {
		a.refused = time.Now()
	}
	changed := a.g.changesWithin(ctx, a.lease.changed, a.g.notice/redials)
	switch {
	case a.patience.over():
	case changed:
		return a.admit()
	case !a.c.Remote && !a.g.isStopping() && time.Since(a.refused) < selfRestart*a.g.notice:
		return a.admit()
	}
	return a.refusedForGood()
}

// severed tells a crash from a connection that was merely hung up.
func (a *asking) severed(ctx context.Context) sign {
	now := a.c.up.look()
	switch {
	case ctx.Err() != nil:
		return signLeft
	case now.Phase != Ready && (now.Reason != "" || now.Phase == Down):
		return signCrashed
	}
	return signSevered
}

// readAhead takes the beginning of the body in while the request waits: only
// behind the end of a body does the server look whether the client is still
// there. A client that asks for consent first is not to be given it by this.
// The context ends when the body breaks off; stop ends the reading.
func (a *asking) readAhead(ctx context.Context) (unbroken context.Context, stop func()) {
	b := a.req.Body
	if b == nil || a.req.ExpectsContinue() {
		return ctx, func() {}
	}
	r, err := b.Reader(false)
	if err != nil {
		return ctx, func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	req := a.req
	a.g.readers.Go(func() { // ends with the client's connection at the latest
		if r.Fill(); bodyBroke(req) {
			cancel()
		}
	})
	return ctx, func() {
		r.Close()
		cancel()
	}
}
