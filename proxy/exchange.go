package proxy

import (
	"context"
	"net/http"
	"slices"
	"time"

	"devgate/proxy/wire"
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

	call       *wire.Request
	candidates []*candidate
	alone      bool // one backend was asked for by name: its answer is the end
	trace      trace
	best       *refusal // the refused answer to use if nobody does better
	spare      *reply   // the answer of a front end that answers everything
	refusals   int      // how many candidates have refused
	holdUntil  time.Time

	began    time.Time
	endless  bool // the answer has no end that anybody should wait for
	reported bool // the record has it
	nobody   bool // every backend refused
	unread   bool // nobody reads the answer: Explain asks

	epoch   uint64   // of what is learned, from before anybody was asked
	sockets uint64   // likewise, the age of what is known of upgrades
	learns  bool     // it can be learned who answers this
	key     uint64   // of the request; 0 while it is not needed
	aheads  []*ahead // by candidate; nil when their turn has come

	confirmed bool // what was learned of this request is right

	room [6]*candidate // of candidates, for chains of usual length
}

func newExchange(g *Gateway, w http.ResponseWriter, r *http.Request) *exchange {
	// Before the chain, which is changed before them.
	epoch, sockets := g.learned.epoch.Load(), g.sockets.age.Load()
	return &exchange{g: g, epoch: epoch, sockets: sockets, chain: g.chain.Load(), w: w, r: r, ctx: r.Context(), began: time.Now()}
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
	if x.call.Upgrade != "" {
		x.switchProtocols()
		return
	}
	x.prepareBody()
	defer x.end()
	if !x.call.Safe {
		x.g.learned.bump()
		defer x.g.learned.bump()
	}
	x.speculate()
	for i := 0; i < len(x.candidates); i++ { // it may grow, see rechoose
		if x.ask(i) {
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
	case wire.HasToken(r.Header[wire.LoopHeader], x.g.token):
		return faultLoop()
	case r.Method == http.MethodConnect:
		return faultRequest("CONNECT is for proxies; this is a gateway")
	}
	x.call = wire.NewRequest(r, x.g.token)
	if !wire.ValidTarget(x.call.Target) {
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
	x.candidates = x.chain.forPath(x.room[:0], rawPath(x.call.Target))
}

// rechoose puts the candidates of the newest configuration in the place of
// those from the nth on, as one that was to be asked is no longer configured.
// Nobody is asked twice.
func (x *exchange) rechoose(n int) {
	x.endAheads()
	x.aheads, x.learns = nil, false
	asked := slices.Clone(x.candidates[:n])
	x.chain, x.alone = x.g.chain.Load(), false
	x.choose()
	for _, c := range x.candidates {
		if !slices.ContainsFunc(asked, func(a *candidate) bool { return a.up == c.up }) {
			asked = append(asked, c)
		}
	}
	x.candidates = asked
}

// prepareBody makes the body one that can be read once for each backend.
func (x *exchange) prepareBody() {
	if x.r.ContentLength == 0 || x.r.Body == http.NoBody {
		return
	}
	x.call.Body = wire.NewSpool(x.r.Body, x.chain.ReplayLimit)
	if d, ok := x.w.(interface{ EnableFullDuplex() error }); ok {
		// A backend may answer while the client still sends; the server would
		// otherwise read the rest of the body itself, beside the spool.
		d.EnableFullDuplex()
	}
}

// end gives back what the request holds.
func (x *exchange) end() {
	x.endAheads()
	if x.spare != nil {
		x.spare.close()
	}
	if x.best != nil {
		x.best.drop()
	}
	if x.call.Body != nil {
		x.stopReading()
		x.call.Body.Close()
	}
}

// stopReading limits how long net/http, and a reader that was given up, wait
// for the rest of a body that nobody wants. Such a connection has been
// announced to close (closeIfUnread), so its rest is never taken for a request.
func (x *exchange) stopReading() {
	if whole, _ := x.call.Body.Whole(); whole || x.r.ProtoMajor != 1 {
		return
	}
	if d, ok := x.w.(interface{ SetReadDeadline(time.Time) error }); ok {
		d.SetReadDeadline(time.Now().Add(unreadPatience))
	}
}

// ask asks candidate i and reports whether the client has its answer.
func (x *exchange) ask(i int) bool {
	c, last := x.candidates[i], i == len(x.candidates)-1
	first := x.aheadOf(i)
	t := x.trace.begin(c.Name)
	got := x.fetch(x.ctx, c, turn{last: last, first: first})
	got.note(t)
	switch {
	case got.fault != nil:
		x.cancelAheads()
		x.fail(got.fault)
		return true
	case got.gone:
		x.rechoose(i + 1)
		return false
	case got.reply == nil:
		return false
	}
	switch x.verdict(got.reply, last) {
	case refuse:
		t.note = noteRefused
		c.up.pace.add(t.took - t.held)
		x.refusals++
		x.keep(got.reply, last)
		return false
	case holdBack:
		t.note = noteUnknownPath
		x.setAside(got.reply)
		return false
	}
	t.learned = first != nil && i > 0
	x.learn(i, got.reply.resp.Status)
	x.cancelAheads()
	x.use(got.reply)
	return true
}
