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
