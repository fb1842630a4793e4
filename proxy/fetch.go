package proxy

import (
	"context"
	"errors"
	"time"

	"devgate/proxy/wire"
)

// fetched is what came of asking a backend: its reply, or a fault, or neither
// when it was passed by.
type fetched struct {
	reply  *reply
	fault  *fault
	skip   string // why it was passed by
	gone   bool   // because it is no longer configured
	held   time.Duration
	waited string        // what it was held for
	took   time.Duration // of what was sent ahead of its turn; else 0
}

// note writes the outcome down.
func (got fetched) note(t *attempt) {
	t.held, t.waited = got.held, got.waited
	switch {
	case got.reply != nil:
		t.end(got.reply.resp.Status, "")
	case got.fault != nil:
		t.end(0, got.fault.word)
	default:
		t.end(0, got.skip)
	}
	if got.took > 0 {
		t.took = got.took
	}
}

// turn is how it has come to a backend.
type turn struct {
	last  bool   // nobody can be asked after it
	first *ahead // what was sent to it ahead of its turn; nil for nothing
	sent  func() // called before each try, if it is not nil
}

// fetch gets c's answer, waiting for c where it has to.
func (x *exchange) fetch(ctx context.Context, c *candidate, how turn) fetched {
	var refused time.Time // since when; zero: it has not
	var got fetched
	first := how.first
	for {
		v, rep, err := first.result(&got)
		if first = nil; v == nil {
			if v = x.admit(ctx, c, &got); v == nil {
				return got
			}
			if how.sent != nil {
				how.sent()
			}
			rep, err = x.try(ctx, c, v, how.last)
		}
		if err == nil {
			got.reply = rep
			return got
		}
		v.release()
		if got.fault = x.afterFailure(ctx, c, v, err, &refused); got.fault != nil {
			return got
		}
	}
}

// try sends the request once.
func (x *exchange) try(ctx context.Context, c *candidate, v *lease, last bool) (*reply, error) {
	rep := &reply{c: c, lease: v}
	opt := wire.Try{Early: rep.hold}
	if b := x.call.Body; b != nil {
		// A safe request may be asked again of the next process, so its body
		// is kept to the end.
		body, err := b.Reader(last && !x.call.Safe)
		if err != nil {
			return nil, err
		}
		opt.Body, rep.body = body, body
	}
	resp, err := v.at.transport.RoundTrip(ctx, x.call, opt)
	if err != nil {
		rep.closeBody()
		return nil, err
	}
	rep.resp = resp
	return rep, nil
}

// afterFailure decides what a failed try means: nil to try again, or the
// answer for the client.
func (x *exchange) afterFailure(ctx context.Context, c *candidate, v *lease, err error, refused *time.Time) *fault {
	switch {
	case ctx.Err() != nil:
		return faultGone()
	case x.clientBroke():
		return faultRequest("the request body ended early")
	case isUnkept(err):
		return x.unkept(err)
	case isDial(err):
		return x.afterRefusal(ctx, c, v, err, refused)
	case v.interrupted() && x.call.Safe:
		return nil // the next process is asked
	}
	return x.afterBreak(ctx, c, v, err)
}

// afterRefusal: nothing was sent, so nothing is lost by asking again. The
// process may have just died without anybody having said so yet, or it restarts
// its server by itself on a save (node --watch, nodemon), which nobody says.
func (x *exchange) afterRefusal(ctx context.Context, c *candidate, v *lease, err error, refused *time.Time) *fault {
	if errors.Is(err, context.DeadlineExceeded) {
		return faultTimeout(c, wire.DialTimeout)
	}
	if refused.IsZero() {
		*refused = time.Now()
	}
	changed := x.changesWithin(ctx, v.changed, x.g.notice/redials)
	switch {
	case x.holdExpired():
	case changed:
		return nil
	case !c.Remote && !x.g.isStopping() && time.Since(*refused) < selfRestart*x.g.notice:
		return nil
	}
	return faultRefused(c, v.at.address, err)
}

// afterBreak: the request may have been acted upon, so it is not sent again.
// What broke the connection may be a crash nobody has told of yet.
func (x *exchange) afterBreak(ctx context.Context, c *candidate, v *lease, err error) *fault {
	if !errors.Is(err, wire.ErrMalformed) {
		x.changesWithin(ctx, v.changed, x.g.notice)
	}
	if s := c.up.look(); s.Phase != Ready && (s.Reason != "" || s.Phase == Down) {
		f := faultDown(c, s)
		f.title = c.Name + " went down while it was answering"
		return f
	}
	return faultBroken(c, err)
}

func isDial(err error) bool {
	var d *wire.DialError
	return errors.As(err, &d)
}

// isUnkept reports whether the body could not be given to one more backend.
func isUnkept(err error) bool {
	var s *wire.SpoolError
	return errors.Is(err, wire.ErrReplayLimit) || errors.Is(err, wire.ErrNotKept) || errors.As(err, &s)
}

func (x *exchange) unkept(err error) *fault {
	if errors.Is(err, wire.ErrReplayLimit) {
		return faultReplayLimit(x.chain.ReplayLimit)
	}
	x.chain.Logf("%s %s: %v", x.call.Method, x.call.Target, err)
	return faultSpool(err)
}

// clientBroke reports whether the client's body failed.
func (x *exchange) clientBroke() bool {
	if x.call.Body == nil {
		return false
	}
	_, failure := x.call.Body.Whole()
	return failure != nil
}
