package proxy

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"
)

// unreadPatience is how long a client that has its answer may go on sending.
const unreadPatience = time.Second

// exchange is one request on its way through the cascade. One goroutine owns
// it, the one that serves the request.
type exchange struct {
	g     *Gateway
	chain *chain
	w     http.ResponseWriter
	r     *http.Request
	ctx   context.Context

	call       *call
	candidates []*candidate
	alone      bool // one backend was asked for by name: its answer is the end
	trace      trace
	best       *refusal // the refused answer to use if nobody does better
	holdUntil  time.Time

	room [6]*candidate // of candidates, for chains of usual length
}

// reply is a backend's answer, before it is known whether it will be used.
type reply struct {
	c     *candidate
	visit *visit
	resp  *http.Response
	body  *spoolReader
	early []informational
}

// informational is a 1xx answer that is held until the final one is known.
type informational struct {
	status int
	header http.Header
}

// serve answers the request by reference semantics R: the backends in order,
// the first answer that is not refused, else the static folder, else the best
// of the refused ones.
func (x *exchange) serve() {
	if f := x.inspect(); f != nil {
		x.fail(f)
		return
	}
	x.choose()
	if x.call.upgrade != "" {
		x.switchProtocols()
		return
	}
	x.prepareBody()
	defer x.end()
	for i, c := range x.candidates {
		if x.ask(c, i == len(x.candidates)-1) {
			return
		}
	}
	x.unanswered()
}

// inspect refuses what must not reach any backend (G13, G14).
func (x *exchange) inspect() *fault {
	r := x.r
	switch {
	case !x.chain.hosts.allowed(r.Host) && (r.Host != "" || r.ProtoAtLeast(1, 1)):
		x.chain.Logf("refused a request for the host %q: it is not in hosts", r.Host)
		return faultHost(r.Host)
	case hasToken(r.Header[headerLoop], x.g.token):
		return faultLoop()
	case r.Method == http.MethodConnect:
		return faultRequest("CONNECT is for proxies; this is a gateway")
	}
	x.call = newCall(r, x.g.token)
	if !validTarget(x.call.target) {
		return faultRequest("the request target is malformed")
	}
	return nil
}

// choose decides who is asked, in order.
func (x *exchange) choose() {
	if c := x.chain.backendOf(x.r.Host); c != nil {
		x.candidates, x.alone = append(x.room[:0], c), true
		return
	}
	x.candidates = x.chain.forPath(x.room[:0], rawPath(x.call.target))
}

// prepareBody makes the body one that can be read once for each backend.
func (x *exchange) prepareBody() {
	if x.r.ContentLength == 0 || x.r.Body == http.NoBody {
		return
	}
	x.call.body = newSpool(x.r.Body, x.chain.ReplayLimit)
	if d, ok := x.w.(interface{ EnableFullDuplex() error }); ok {
		// A backend may answer while the client still sends; the server would
		// otherwise read the rest of the body itself, beside the spool.
		d.EnableFullDuplex()
	}
}

// end gives back what the request holds.
func (x *exchange) end() {
	if x.best != nil {
		x.best.drop()
	}
	if x.call.body != nil {
		x.stopReading()
		x.call.body.close()
	}
}

// stopReading limits how long net/http, and a reader that was given up, wait
// for the rest of a body that nobody wants. Such a connection has been
// announced to close (closeIfUnread), so its rest is never taken for a request.
func (x *exchange) stopReading() {
	if whole, _ := x.call.body.state(); whole || x.r.ProtoMajor != 1 {
		return
	}
	if d, ok := x.w.(interface{ SetReadDeadline(time.Time) error }); ok {
		d.SetReadDeadline(time.Now().Add(unreadPatience))
	}
}

// ask asks one backend and reports whether the client has its answer.
func (x *exchange) ask(c *candidate, last bool) bool {
	t := x.trace.begin(c.Name)
	got := x.fetch(x.ctx, c, last)
	got.note(t)
	switch {
	case got.fault != nil:
		x.fail(got.fault)
		return true
	case got.reply == nil:
		return false
	case x.verdict(got.reply) == refuse:
		x.keep(got.reply, last)
		return false
	}
	x.use(got.reply)
	return true
}

// fetched is what came of asking a backend: its reply, or a fault, or neither
// when it was passed by.
type fetched struct {
	reply *reply
	fault *fault
	skip  string // why it was passed by
}

// note writes the outcome down.
func (got fetched) note(t *trial) {
	switch {
	case got.reply != nil:
		t.end(got.reply.resp.StatusCode, "")
	case got.fault != nil:
		t.end(0, got.fault.word)
	default:
		t.end(0, got.skip)
	}
}

// fetch gets c's answer, waiting for c where it has to.
func (x *exchange) fetch(ctx context.Context, c *candidate, last bool) fetched {
	redialed := false
	for {
		v, got := x.admit(ctx, c)
		if v == nil {
			return got
		}
		rep, err := x.try(ctx, c, v, last)
		if err == nil {
			return fetched{reply: rep}
		}
		v.release()
		if f := x.afterFailure(ctx, c, v, err, &redialed); f != nil {
			return fetched{fault: f}
		}
	}
}

// try sends the request once.
func (x *exchange) try(ctx context.Context, c *candidate, v *visit, last bool) (*reply, error) {
	rep := &reply{c: c, visit: v}
	opt := attempt{early: rep.hold}
	if b := x.call.body; b != nil {
		// A safe request may be asked again of the next process, so its body
		// is kept to the end.
		body, err := b.reader(last && !x.call.safe)
		if err != nil {
			return nil, err
		}
		opt.body, rep.body = body, body
	}
	resp, err := c.up.transport.roundTrip(ctx, x.call, opt)
	if err != nil {
		rep.closeBody()
		return nil, err
	}
	rep.resp = resp
	return rep, nil
}

// afterFailure decides what a failed try means: nil to try again, or the
// answer for the client.
func (x *exchange) afterFailure(ctx context.Context, c *candidate, v *visit, err error, redialed *bool) *fault {
	switch {
	case ctx.Err() != nil:
		return faultRequest("the client is gone")
	case x.clientBroke():
		return faultRequest("the request body ended early")
	case isUnkept(err):
		return x.unkept(err)
	case isDial(err):
		return x.afterRefusal(ctx, c, v, err, redialed)
	case v.interrupted() && x.call.safe:
		return nil // the next process is asked
	}
	return x.afterBreak(ctx, c, v, err)
}

// afterRefusal: nothing was sent, so nothing is lost by asking again. The
// process may have just died without anybody having said so yet.
func (x *exchange) afterRefusal(ctx context.Context, c *candidate, v *visit, err error, redialed *bool) *fault {
	if errors.Is(err, context.DeadlineExceeded) {
		return faultTimeout(c, dialTimeout)
	}
	if x.changesWithin(ctx, v.changed, x.g.notice) && !x.holdExpired() {
		return nil
	}
	if !*redialed {
		*redialed = true
		return nil
	}
	return faultRefused(c, err)
}

// afterBreak: the request may have been acted upon, so it is not sent again.
// What broke the connection may be a crash nobody has told of yet.
func (x *exchange) afterBreak(ctx context.Context, c *candidate, v *visit, err error) *fault {
	if !errors.Is(err, errMalformed) {
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
	var d *dialError
	return errors.As(err, &d)
}

// isUnkept reports whether the body could not be given to one more backend.
func isUnkept(err error) bool {
	var s *spoolError
	return errors.Is(err, errReplayLimit) || errors.Is(err, errNotKept) || errors.As(err, &s)
}

func (x *exchange) unkept(err error) *fault {
	if errors.Is(err, errReplayLimit) {
		return faultReplayLimit(x.chain.ReplayLimit)
	}
	x.chain.Logf("%s %s: %v", x.call.method, x.call.target, err)
	return faultSpool(err)
}

// clientBroke reports whether the client's body failed.
func (x *exchange) clientBroke() bool {
	if x.call.body == nil {
		return false
	}
	_, failure := x.call.body.state()
	return failure != nil
}

// earlyMax bounds the informational answers held of one attempt.
const earlyMax = 16

// hold keeps a 1xx; the oldest make room. 102 says only that the backend is
// at work, which is of no use once it has answered.
func (rep *reply) hold(status int, h http.Header) {
	if status == http.StatusProcessing {
		return
	}
	if len(rep.early) == earlyMax {
		rep.early = slices.Delete(rep.early, 0, 1)
	}
	rep.early = append(rep.early, informational{status, h})
}

// closeBody stops the sending of the request body for this reply.
func (rep *reply) closeBody() {
	if rep.body != nil {
		rep.body.Close()
	}
}

// close ends the reply, read or not.
func (rep *reply) close() {
	rep.resp.Body.Close()
	rep.closeBody()
	rep.visit.release()
}

// cut breaks the reply off from another goroutine.
func (rep *reply) cut() { cutBody(rep.resp.Body) }
