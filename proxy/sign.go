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
	http.StatusNotFound, http.StatusBadRequest, http.StatusForbidden, http.StatusMethodNotAllowed,
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
	case a.stance.upgrade && isSuccess(status): // whatever it is, it is no socket
		return signPage
	case a.stance.upgrade:
		return signAnswer
	case isUnknownRPC(rep.resp):
		return signUnknownRPC
	case a.stance.final || a.c.SPA == Off:
		return signAnswer
	}
	pages := &rep.lease.at.pages
	pages.notice(a.req, rep.resp)
	if isOwnPath(rawPath(a.req.Target)) || !pages.mayBe(a.req, rep.resp) {
		return signAnswer
	}
	s := a.pageSign(pages)
	if s == signPage {
		pages.keep(rep.resp)
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

// isOwnPath reports whether a front end's page for that path is its own, not one
// for paths that it does not know.
func isOwnPath(path string) bool { return path == "/" || strings.HasSuffix(path, ".html") }

// pageSign says whether what may be a page is one, by what the probe of the
// process has found out. While that is under way the answer waits for it: the
// first request is to be answered as all later ones. Where nobody else could
// answer nothing is asked, and nothing waited for.
func (a *asking) pageSign(pages *pages) sign {
	if a.c.SPA == On {
		return signPage
	}
	p := pages.made(a.c.Paths)
	if matters := !a.last || a.chain.Static != ""; matters && pages.sends.Load() {
		p = pages.probe(a.c.Name, a.c.Paths)
	}
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

// isFallback reports whether c is known to answer all paths, and a probe that may
// still find it out.
func (c *candidate) isFallback() (bool, *probe) {
	at := c.up.endpoint()
	switch {
	case c.SPA == On:
		return true, nil
	case c.SPA == Off || c.Final || at == nil:
		return false, nil
	}
	p := at.pages.made(c.Paths)
	if at.pages.sends.Load() {
		p = at.pages.probe(c.Name, c.Paths)
	}
	return p != nil && p.over() && p.result == answersAll, p
}
