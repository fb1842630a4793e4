package proxy

import (
	"net/http"
	"slices"
	"strings"

	"devgate/proxy/wire"
)

// verdict is what becomes of an answer.
type verdict int

const (
	use      verdict = iota // it is the client's
	refuse                  // the next backend is asked
	holdBack                // the next is asked too, and this one used if nobody does better
)

// verdict judges an answer by its head.
func (x *exchange) verdict(rep *reply, last bool) verdict {
	switch {
	case rep.c.Final || x.alone:
		return use
	case rep.c.passesOn(rep.resp.Status), isUnknownRPC(rep.resp):
		return refuse
	case x.fallsBack(rep, last):
		return holdBack
	}
	return use
}

// passesOn reports whether a status of c sends the request to the next.
func (c *candidate) passesOn(status int) bool { return slices.Contains(c.Fallthrough, status) }

// isUnknownRPC recognises gRPC's own 404: status 200, and UNIMPLEMENTED (12)
// told in the head, so that no message can follow.
func isUnknownRPC(resp *wire.Response) bool {
	return resp.Header.Get("Grpc-Status") == "12" &&
		strings.HasPrefix(resp.Header.Get("Content-Type"), "application/grpc")
}

// rank orders refused answers by how much they say (G8): that the path is
// known but not the method, that it is not known, anything else. Among 404s a
// client that takes JSON prefers JSON.
func (x *exchange) rank(resp *wire.Response) int {
	switch {
	case resp.Status == http.StatusMethodNotAllowed:
		return 3
	case resp.Status == http.StatusNotFound && isJSON(resp.Header) && wantsJSON(x.r.Header):
		return 2
	case resp.Status == http.StatusNotFound:
		return 1
	}
	return 0
}
