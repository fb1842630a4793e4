package proxy

import (
	"net/http"
	"strings"
	"time"

	"devgate/proxy/front"
	"devgate/proxy/message"
	"devgate/proxy/wire"
)

// answering is the client's side of one request: what it asked, what it gets, and
// how that came about. The goroutine that serves the request owns it. Each of its
// ways to answer (use, fail, serveStatic) is taken once at most.
type answering struct {
	g      *Gateway
	w      http.ResponseWriter
	client *front.Client // w, where that speaks HTTP/1; nil: it does not
	r      *http.Request
	req    *wire.Request // nil: no backend may see the request
	route  route
	trace  trace
	began  time.Time

	keeping  keeping
	observed Observation

	unread   bool   // nobody reads the answer: Explain asks
	nobody   bool   // every backend refused
	replayOf uint64 // the request that is sent again; 0: none is
	id       uint64 // that the recorder has given it; 0: it does not have it

	told *fault // what was answered with, if it was the gateway's own
	html bool   // what was answered with is a page; only where somebody asks why
}

// use makes rep the client's answer.
func (a *answering) use(rep *reply) {
	defer rep.close()
	if a.unread || a.replayOf != 0 {
		a.html = isHTML(rep.resp.Header)
	}
	if a.unread || a.replayOf != 0 && isEventStream(rep.resp.Header) {
		a.leaveUnread(rep)
		return
	}
	if rep.body != nil {
		rep.body.MakeLast()
	}
	a.g.hmr.notice(rawPath(a.req.Target), rep.c.Name, rep.resp.Status)
	a.observe(rep, rep.c.Name, rep.resp.Status, rep.resp.Header)
	endless := isEventStream(rep.resp.Header)
	if endless {
		rep.lease.release() // a restart does not wait for its end (G4)
		defer a.g.streams.add(rep.cut)()
		defer rep.lease.at.lasting.add(rep.cut)()
	}
	a.deliver(rep, endless)
}

// leaveUnread notes the answer and takes in what there is of its body, within
// limits, so that the backend can end in peace.
func (a *answering) leaveUnread(rep *reply) {
	h := make(http.Header)
	wire.CopyHeader(h, rep.resp.Header)
	a.trace.stamp(h, rep.resp.Status, rep.c.Name)
	a.keepAnswer(h)
	a.keeping.source = rep.place + 1
	defer a.keepTaken(rep)
	if rep.resp.Status == http.StatusSwitchingProtocols || isEventStream(rep.resp.Header) {
		return
	}
	rep.resp.Body.Discard(drainTime)
}

// deliver passes the answer on; an endless one is recorded when it begins. It
// does not return when that can not be done to the end: the client then sees a
// cut, never a complete short answer.
func (a *answering) deliver(rep *reply, endless bool) {
	a.forwardEarly(rep.early)
	resp := rep.resp
	h := a.w.Header()
	wire.CopyHeader(h, resp.Header)
	if a.client != nil {
		a.client.Like(resp.Fields)
	} else {
		uninvented(h, resp.Status)
	}
	if resp.Status == http.StatusUpgradeRequired && resp.Header["Upgrade"] != nil {
		h["Upgrade"], h["Connection"] = resp.Header["Upgrade"], []string{"Upgrade"}
	}
	a.frame(h, resp)
	a.trace.stamp(h, resp.Status, rep.c.Name)
	a.witness(resp.Status, rep.c.Name, resp.Header)
	a.closeIfUnread(h)
	a.watchAnswer(h, rep)
	a.w.WriteHeader(resp.Status)
	if endless {
		a.record()
	}
	err := a.copyBody(resp)
	a.keepRelayed(rep)
	if err != nil {
		if t := a.trace.of(rep.c.Name); t != nil {
			t.note = also(t.note, "cut off")
		}
		panic(http.ErrAbortHandler)
	}
	a.writeTrailer(h, resp)
}

// forwardEarly sends the 1xx that came before the answer.
func (a *answering) forwardEarly(early []informational) {
	if !a.r.ProtoAtLeast(1, 1) {
		return
	}
	h := a.w.Header()
	for _, e := range early {
		wire.CopyHeader(h, e.header)
		if a.client != nil {
			a.client.Like(e.fields)
		}
		a.w.WriteHeader(e.status)
		clear(h)
	}
}

// uninvented keeps the server, which by HTTP/2 is net/http's, from adding headers the
// backend did not send, and from dropping those that it sent with a 204 or 304: they go
// by a spelling that it does not look for.
func uninvented(h http.Header, status int) {
	for _, name := range [...]string{"Date", "Content-Type"} {
		if _, ok := h[name]; !ok {
			h[name] = nil
		}
	}
	if message.BodyAllowed(status) {
		return
	}
	for _, name := range [...]string{"Content-Type", "Content-Length"} {
		if v := h[name]; v != nil {
			delete(h, name)
			h[strings.ToLower(name)] = v
		}
	}
}

// frame says that a body without a length is to be sent without one.
func (a *answering) frame(h http.Header, resp *wire.Response) {
	if resp.Length < 0 && h["Content-Length"] == nil && a.r.ProtoMajor == 1 && a.r.ProtoMinor == 1 {
		h["Transfer-Encoding"] = []string{"chunked"}
	}
}

// closeIfUnread announces the end of a connection on which the rest of the
// request's body may still come.
func (a *answering) closeIfUnread(h http.Header) {
	if a.req == nil || a.req.Body == nil || a.r.ProtoMajor != 1 {
		return
	}
	if whole, _ := a.req.Body.Whole(); !whole {
		h["Connection"] = []string{"close"}
	}
}

// copyBody copies the body. Before each wait for the backend, what it has said
// so far is with the client (G5).
func (a *answering) copyBody(resp *wire.Response) error {
	if a.r.Method == http.MethodHead || !message.BodyAllowed(resp.Status) || resp.Length == 0 {
		return nil
	}
	flush := a.w.(http.Flusher).Flush
	if err := resp.Body.Relay(a.w, flush); err != nil {
		return err
	}
	if resp.Length < 0 && !(a.r.ProtoMajor == 1 && a.r.ProtoMinor == 1) {
		flush() // the server would count a short body and announce a length
	}
	return nil
}

// writeTrailer sends the trailers, announced or not. An announced one that did
// not come must not take its value from the header of that name.
func (a *answering) writeTrailer(h http.Header, resp *wire.Response) {
	announced := message.Listed(resp.Header, "Trailer")
	trailer, fields := resp.Body.Trailer()
	if len(trailer) == 0 && len(announced) == 0 {
		return
	}
	a.keepTrailer(trailer)
	if a.client != nil {
		a.client.LikeBehind(fields)
	}
	for _, name := range announced {
		delete(h, name)
	}
	for name, values := range trailer {
		if strings.HasPrefix(name, headerOwn) {
			continue
		}
		if message.HasToken(resp.Header["Trailer"], name) {
			h[name] = values
		} else {
			h[http.TrailerPrefix+name] = values
		}
	}
}
