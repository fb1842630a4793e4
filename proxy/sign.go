package proxy

import (
	"net/http"
	"slices"
	"strings"

	"devgate/proxy/wire"
)

// refusesUpgrade are the statuses by which servers say that they know no such
// socket, whatever their fallthrough (G7).
var refusesUpgrade = []int{
	http.StatusNotFound, http.StatusBadRequest, http.StatusMethodNotAllowed,
	http.StatusUpgradeRequired, http.StatusNotImplemented,
}

// signOf reads the head of an answer.
func (a *asking) signOf(rep *reply) sign {
	status := rep.resp.Status
	switch {
	case a.c.passesOn(status):
		return signStatus
	case a.stance.upgrade && status == http.StatusSwitchingProtocols:
		return signSwitched
	case a.stance.upgrade && slices.Contains(refusesUpgrade, status):
		return signNoSocket
	case a.stance.upgrade:
		return signAnswer
	case isUnknownRPC(rep.resp):
		return signUnknownRPC
	case a.stance.final || a.c.SPA == Off || !a.looksLikePage(rep):
		return signAnswer
	}
	s := a.pageSign(rep)
	if s == signPage && status == http.StatusOK {
		rep.lease.at.pages.retag(rep.resp.Header.Get("Etag"))
	}
	return s
}

// passesOn reports whether a status of c sends the request to the next.
func (c *candidate) passesOn(status int) bool { return slices.Contains(c.Fallthrough, status) }

// isUnknownRPC recognises gRPC's own 404: status 200, and UNIMPLEMENTED (12)
// told in the head, so that no message can follow.
func isUnknownRPC(resp *wire.Response) bool {
	return resp.Header.Get("Grpc-Status") == "12" &&
		strings.HasPrefix(resp.Header.Get("Content-Type"), "application/grpc")
}

// looksLikePage judges by the request and the answer alone whether this is a
// front end's page for a path that it does not know, in any of its forms. A
// preflight is answered with 204 by what allows any origin; a 304 is for the page
// when the tag is the page's.
func (a *asking) looksLikePage(rep *reply) bool {
	path, resp := rawPath(a.req.Target), rep.resp
	if path == "/" || strings.HasSuffix(path, ".html") {
		return false
	}
	switch a.req.Method {
	case http.MethodGet, http.MethodHead:
		return resp.Status == http.StatusOK && isHTML(resp.Header) ||
			resp.Status == http.StatusNotModified && rep.lease.at.pages.isPage(a.unmodified(resp))
	case http.MethodOptions:
		return resp.Status == http.StatusNoContent && a.req.Header["Access-Control-Request-Method"] != nil
	}
	return false
}

// unmodified is the tag that a 304 is about. It should repeat it (RFC 9110,
// section 15.4.5); Vite's does not, and then it is the one that was asked about.
func (a *asking) unmodified(resp *wire.Response) string {
	if tag := resp.Header.Get("Etag"); tag != "" {
		return tag
	}
	return a.req.Header.Get("If-None-Match")
}

// pageSign says whether what looks like a page is one, by what the probe of the
// process has found out. While that is under way the answer waits for it: the
// first request is to be answered as all later ones. Where nobody else could
// answer nothing is waited for.
func (a *asking) pageSign(rep *reply) sign {
	if a.c.SPA == On {
		return signPage
	}
	p := rep.lease.at.pages.probe(a.c.Name, a.c.Paths)
	switch {
	case p == nil:
		return signAnswer
	case p.over() && p.result == answersAll:
		return signPage
	case p.over() || a.probed || a.last && a.chain.Static == "":
		return signAnswer
	}
	a.probe = p
	return signPerhapsPage
}
