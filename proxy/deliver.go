package proxy

import (
	"net/http"
	"strings"

	"devgate/proxy/wire"
)

// use makes rep the client's answer.
func (x *exchange) use(rep *reply) {
	defer rep.close()
	if x.unread {
		x.leaveUnread(rep)
		return
	}
	if rep.body != nil {
		rep.body.MakeLast()
	}
	x.g.hmr.notice(rawPath(x.call.Target), rep)
	if isEventStream(rep.resp.Header) {
		rep.lease.release() // a restart does not wait for its end (G4)
		defer x.g.streams.add(rep.cut)()
		defer rep.lease.at.lasting.add(rep.cut)()
		x.endless = true
	}
	x.deliver(rep)
}

// deliver passes the answer on. It does not return when that can not be done
// to the end: the client then sees a cut, never a complete short answer.
func (x *exchange) deliver(rep *reply) {
	x.forwardEarly(rep.early)
	resp := rep.resp
	h := x.w.Header()
	wire.CopyHeader(h, resp.Header)
	uninvented(h, resp.Status)
	if resp.Status == http.StatusUpgradeRequired && resp.Header["Upgrade"] != nil {
		h["Upgrade"], h["Connection"] = resp.Header["Upgrade"], []string{"Upgrade"}
	}
	x.frame(h, resp)
	x.trace.stamp(h, resp.Status, rep.c.Name)
	x.closeIfUnread(h)
	x.w.WriteHeader(resp.Status)
	if x.endless {
		x.report()
	}
	if err := x.copyBody(resp); err != nil {
		if t := x.trace.of(rep.c.Name); t != nil {
			t.note = also(t.note, "cut off")
		}
		panic(http.ErrAbortHandler)
	}
	x.writeTrailer(h, resp)
}

// forwardEarly sends the 1xx that came before the answer.
func (x *exchange) forwardEarly(early []informational) {
	if !x.r.ProtoAtLeast(1, 1) {
		return
	}
	h := x.w.Header()
	for _, e := range early {
		wire.CopyHeader(h, e.header)
		x.w.WriteHeader(e.status)
		clear(h)
	}
}

// uninvented keeps net/http from adding headers the backend did not send, and
// from dropping those that it sent with a 204 or 304: they go by a spelling
// that net/http does not look for.
func uninvented(h http.Header, status int) {
	for _, name := range [...]string{"Date", "Content-Type"} {
		if _, ok := h[name]; !ok {
			h[name] = nil
		}
	}
	if wire.BodyAllowed(status) {
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
func (x *exchange) frame(h http.Header, resp *wire.Response) {
	if resp.Length < 0 && h["Content-Length"] == nil && x.r.ProtoMajor == 1 && x.r.ProtoMinor == 1 {
		h["Transfer-Encoding"] = []string{"chunked"}
	}
}

// closeIfUnread announces the end of a connection on which the rest of the
// request's body may still come.
func (x *exchange) closeIfUnread(h http.Header) {
	if x.call == nil || x.call.Body == nil || x.r.ProtoMajor != 1 {
		return
	}
	if whole, _ := x.call.Body.Whole(); !whole {
		h["Connection"] = []string{"close"}
	}
}

// copyBody copies the body. Before each wait for the backend, what it has said
// so far is with the client (G5).
func (x *exchange) copyBody(resp *wire.Response) error {
	if x.r.Method == http.MethodHead || !wire.BodyAllowed(resp.Status) || resp.Length == 0 {
		return nil
	}
	flush := x.w.(http.Flusher).Flush
	if err := resp.Body.Relay(x.w, flush); err != nil {
		return err
	}
	if resp.Length < 0 && !(x.r.ProtoMajor == 1 && x.r.ProtoMinor == 1) {
		flush() // net/http would count a short body and announce a length
	}
	return nil
}

// writeTrailer sends the trailers, announced or not. An announced one that did
// not come must not take its value from the header of that name.
func (x *exchange) writeTrailer(h http.Header, resp *wire.Response) {
	announced, trailer := wire.Listed(resp.Header, "Trailer"), resp.Body.Trailer()
	if len(trailer) == 0 && len(announced) == 0 {
		return
	}
	for _, name := range announced {
		delete(h, name)
	}
	for name, values := range trailer {
		if wire.HasToken(resp.Header["Trailer"], name) {
			h[name] = values
		} else {
			h[http.TrailerPrefix+name] = values
		}
	}
}
