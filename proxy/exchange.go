package proxy

import (
	"context"
	"net/http"
	"time"

	"devgate/proxy/front"
)

// unreadPatience is how long a client that has its answer may go on sending.
const unreadPatience = time.Second

// exchange is one request on its way through the cascade: whoever is next is
// asked, decide says what becomes of it, and the answer is kept in reserve or
// given to the client. The goroutine that serves the request owns it.
type exchange struct {
	answering
	ctx         context.Context
	patience    patience
	asking      asking // of the candidate whose turn it is
	speculation speculation
	reserve     reserve

	learned, sockets uint64 // generations of what is known, from before anybody was asked
}

func newExchange(g *Gateway, w http.ResponseWriter, r *http.Request) *exchange {
	x := &exchange{ctx: r.Context(), learned: g.learned.generation.Load(), sockets: g.sockets.generation.Load()}
	x.g, x.w, x.r, x.began = g, w, r, time.Now()
	x.route.chain = g.chain.Load() // after the generations, which are changed after it
	x.client, _ = w.(*front.Client)
	x.keeping.on = x.route.chain.Keep
	return x
}

// walk asks one candidate after the other.
func (x *exchange) walk() {
	x.speculate()
	for i := 0; i < len(x.route.candidates); i++ { // it may grow, see chooseAnew
		first := x.speculation.draw(i)
		t := x.trace.begin(x.route.candidates[i].Name)
		x.asking = x.askingOf(i, x.route.last(i))
		out := x.asking.run(x.ctx, first)
		out.note(t)
		x.keepHead(len(x.trace.attempts)-1, out.reply)
		x.speculation.learn(i, out)
		switch out.verdict {
		case use:
			t.learned = first != nil && i > 0
			x.use(out.reply)
			return
		case fail:
			x.fail(out.fault)
			return
		case refuse:
			x.asking.c.up.pace.add(t.took - t.held)
		}
		x.goOn(out, t, i+1, x.route.last(i))
	}
	x.unanswered()
}

// speculate sends ahead what is worth it, for requests that can be speculated on.
func (x *exchange) speculate() {
	if !mayLearn(x.req, &x.route) {
		return
	}
	x.speculation = speculation{learned: &x.g.learned, generation: x.learned, worth: x.g.worth, req: x.req, candidates: x.route.candidates}
	x.speculation.begin(x.ctx)
}

// askingOf is the asking of candidate i.
func (x *exchange) askingOf(i int, last bool) asking {
	c := x.route.candidates[i]
	return asking{
		g: x.g, chain: x.route.chain, req: x.req, patience: &x.patience, c: c, last: last, began: time.Now(),
		stance: stance{final: c.Final || x.route.sole, upgrade: x.req.Upgrade != ""},
	}
}

// goOn does what is to be done before the next is asked; asked is how many have
// been.
func (x *exchange) goOn(out *outcome, t *attempt, asked int, last bool) {
	switch out.verdict {
	case chooseAnew:
		x.route.chooseAnew(x.g.chain.Load(), x.r.Host, x.req.Target, asked)
	case refuse:
		x.refused(out.reply, t, last)
	case putBy:
		x.reserve.blame(out.fault)
	case hold:
		out.reply.yieldBody()
		x.letGo(x.reserve.hold(out.reply))
	}
}

// refused keeps a refused answer in reserve. After the last candidate its body
// need not be taken in, as it may well be used.
func (x *exchange) refused(rep *reply, t *attempt, last bool) {
	rep.yieldBody()
	explains := x.explains()
	if !last || explains {
		rep.takeIn(x.g.draining)
	}
	if explains {
		t.answer = quote(rep.resp)
	}
	x.letGo(x.reserve.keep(rep, x.rankOf(rep)))
}

// rankOf says how much a refused answer says to the client.
func (x *exchange) rankOf(rep *reply) rank {
	if x.req.Upgrade != "" {
		return rankOfSocket(rep.resp.Status)
	}
	return rankOf(rep, x.r.Header)
}

// letGo ends a reply that nobody will use.
func (x *exchange) letGo(rep *reply) {
	if rep != nil {
		x.keepTaken(rep) // before somebody else owns it
		x.g.letGo(rep)
	}
}

// letGo ends a reply that nobody will use. Where its backend is still being sent
// the request, it goes on getting it for a moment: it may do something with it.
func (g *Gateway) letGo(rep *reply) {
	if rep.body == nil || rep.body.Closed() {
		rep.close()
		return
	}
	rep.body.Outlive()
	rep.resp.Body.Detach()
	g.readers.Go(func() { // ends after unreadPatience, or with the gateway
		rep.resp.Body.Await(g.stopping, unreadPatience)
		rep.close()
	})
}

// explains reports whether this client gets the explaining page when nobody
// answers.
func (x *exchange) explains() bool {
	return x.route.chain.NotFound == Explain && isNavigation(x.r.Header)
}

// unanswered ends a cascade in which every backend refused (G8).
func (x *exchange) unanswered() {
	x.nobody = true
	if x.req.Upgrade == "" && x.serveStatic() {
		return
	}
	switch end(x.reserve.page != nil, x.reserve.bestRank(), x.reserve.fault != nil, x.explains()) {
	case endPage:
		rep := x.reserve.takePage()
		if t := x.trace.of(rep.c.Name); t != nil {
			t.note = noteUsedAnyway
		}
		x.use(rep)
	case endRefusal:
		x.use(x.reserve.takeBest())
	case endFault:
		x.fail(x.reserve.fault)
	case endExplained:
		x.fail(faultUnanswered(x.req.Method, x.req.Target))
	}
}

// end gives back what the request holds.
func (x *exchange) end() {
	x.speculation.end()
	x.letGo(x.reserve.takePage())
	x.letGo(x.reserve.takeBest())
	if x.req.Body != nil {
		x.stopReading()
		x.req.Body.Close()
	}
}

// stopReading limits how long the server, and a reader that was given up, wait
// for the rest of a body that nobody wants. Such a connection has been
// announced to close (closeIfUnread), so its rest is never taken for a request.
func (x *exchange) stopReading() {
	if whole, _ := x.req.Body.Whole(); whole || x.r.ProtoMajor != 1 {
		return
	}
	if d, ok := x.w.(interface{ SetReadDeadline(time.Time) error }); ok {
		d.SetReadDeadline(time.Now().Add(unreadPatience))
	}
}
