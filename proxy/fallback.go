package proxy

import (
	"net/http"
	"strings"

	"devgate/proxy/wire"
)

// SPA says whether a backend answers paths that it does not know with a page
// of its own, as the development servers of front ends do (G6).
type SPA int

const (
	// Auto: the gateway asks the backend for such a path when it is Ready. It
	// is the zero value.
	Auto SPA = iota
	// On: it does, without asking.
	On
	// Off: it does not; every answer is taken as it is.
	Off
)

// fallsBack reports whether rep looks like the answer of a front end to a path
// that it does not know, from a backend that gives such answers.
func (x *exchange) fallsBack(rep *reply, last bool) bool {
	c := rep.c
	if c.SPA == Off || !x.mayFallBack(rep) {
		return false
	}
	if c.SPA == Auto && !x.answersEverything(rep, last) {
		return false
	}
	if rep.resp.Status == http.StatusOK {
		rep.lease.at.fallback.retag(rep.resp.Header.Get("Etag"))
	}
	return true
}

// mayFallBack judges by the request and the answer alone. A preflight is
// answered with 204 by what allows any origin; a 304 is for the page when the
// tag is the page's.
func (x *exchange) mayFallBack(rep *reply) bool {
	path, resp := rawPath(x.call.Target), rep.resp
	if path == "/" || strings.HasSuffix(path, ".html") {
		return false
	}
	switch x.call.Method {
	case http.MethodGet, http.MethodHead:
		return resp.Status == http.StatusOK && isHTML(resp.Header) ||
			resp.Status == http.StatusNotModified && rep.lease.at.fallback.isPage(x.unmodified(resp))
	case http.MethodOptions:
		return resp.Status == http.StatusNoContent && x.r.Header["Access-Control-Request-Method"] != nil
	}
	return false
}

// unmodified is the tag that a 304 is about. It should repeat it (RFC 9110,
// section 15.4.5); Vite's does not, and then it is the one that was asked about.
func (x *exchange) unmodified(resp *wire.Response) string {
	if tag := resp.Header.Get("Etag"); tag != "" {
		return tag
	}
	return x.r.Header.Get("If-None-Match")
}

// answersEverything is the result of the probe of rep's backend. While that is under way the
// answer waits for it: the first request is to be answered as all later ones.
// Where nobody else could answer nothing is waited for, and the result only noted.
func (x *exchange) answersEverything(rep *reply, last bool) bool {
	p := rep.lease.at.probe(x.g, rep.c)
	if p == nil {
		return false
	}
	alone := last && x.chain.Static == ""
	if !p.over() && (alone || !x.changesWithin(x.ctx, p.done, x.g.probing)) {
		return false
	}
	return p.result == answersAll
}

// The notes of an answer that is held, and of one that is used after all.
const (
	noteUnknownPath = "same as unknown paths"
	noteUsedAnyway  = "same as unknown paths; used, for nobody else answered"
)

// setAside keeps an answer until it is known whether somebody else has a
// better one. Its body stays with the backend but for what a refused one may
// take.
func (x *exchange) setAside(rep *reply) {
	if x.spare != nil { // the first of them is the one to use
		rep.resp.Body.Discard(drainTime)
		rep.close()
		return
	}
	rep.resp.Body.Prefetch(0)
	x.spare = rep
}

// useSpare makes the held answer the client's.
func (x *exchange) useSpare() {
	rep := x.spare
	x.spare = nil
	if t := x.trace.of(rep.c.Name); t != nil {
		t.note = noteUsedAnyway
	}
	x.use(rep)
}
