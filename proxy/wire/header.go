package wire

import (
	"net/http"
	"slices"
)

// LoopHeader is, on requests, the tokens of the gateways passed.
const LoopHeader = "X-Devgate-Loop"

// hopByHop reports whether a canonical header name belongs to one connection
// and is not passed on (RFC 9110 section 7.6.1, and what old proxies add).
func hopByHop(name string) bool {
	switch name {
	case "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization",
		"Te", "Trailer", "Transfer-Encoding", "Upgrade":
		return true
	}
	return false
}

// replaced reports whether a request header is one that the gateway writes
// itself, so that the client's is not passed on.
func replaced(name string) bool {
	switch name {
	case "Host", "Content-Length", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", LoopHeader:
		return true
	}
	return false
}

// EndToEnd returns the sorted names of the request headers that are passed on
// as they are. Sorted, because a map has no order and a backend that prints
// what it gets should print the same each time.
func EndToEnd(h http.Header, names []string) []string {
	dropped := Listed(h, "Connection")
	for name := range h {
		if hopByHop(name) || replaced(name) || slices.Contains(dropped, name) {
			continue
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// wantsTrailers reports TE: trailers, the one value of TE that is passed on.
func wantsTrailers(h http.Header) bool {
	return HasToken(h["Te"], "trailers")
}

// isUpgrade reports whether h asks to switch protocols, or agrees to.
func isUpgrade(h http.Header) bool {
	return h.Get("Upgrade") != "" && HasToken(h["Connection"], "upgrade")
}

// CopyHeader puts the end-to-end headers of an answer into dst.
func CopyHeader(dst, src http.Header) {
	dropped := Listed(src, "Connection")
	for name, values := range src {
		if hopByHop(name) && name != "Trailer" || slices.Contains(dropped, name) {
			continue
		}
		dst[name] = values
	}
}
