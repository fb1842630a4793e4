package wire

import (
	"net/http"
	"slices"
	"strings"

	"devgate/proxy/message"
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
	return name == "Host" || name == "Content-Length" || name == LoopHeader
}

// forwarded reports whether a request header tells how the request came to who
// passes it on. They are believed all together or not at all: of two that contradict
// each other every framework takes another one.
func forwarded(name string) bool {
	switch name {
	case "Forwarded", "X-Real-Ip", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port",
		"X-Forwarded-Scheme", "X-Forwarded-Protocol", "X-Forwarded-Ssl", "X-Forwarded-Server":
		return true
	}
	return false
}

// own reports whether a header of an answer is one by which only the gateway speaks.
func own(name string) bool { return strings.HasPrefix(name, "X-Devgate-") }

// EndToEnd appends to names the sorted names of the headers that are passed on
// as they are.
func (r *Request) EndToEnd(names []string) []string {
	ends := r.ends()
	for name := range r.Header {
		if !ends(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// ends tells the headers that are not passed on as they are.
func (r *Request) ends() func(name string) bool {
	dropped := message.Listed(r.Header, "Connection")
	return func(name string) bool {
		return hopByHop(name) || replaced(name) || forwarded(name) && !r.Forwarded || slices.Contains(dropped, name)
	}
}

// wantsTrailers reports TE: trailers, the one value of TE that is passed on.
func wantsTrailers(h http.Header) bool {
	return message.HasToken(h["Te"], "trailers")
}

// isUpgrade reports whether h asks to switch protocols, or agrees to.
func isUpgrade(h http.Header) bool {
	return h.Get("Upgrade") != "" && message.HasToken(h["Connection"], "upgrade")
}

// CopyHeader puts the end-to-end headers of an answer into dst.
func CopyHeader(dst, src http.Header) {
	dropped := message.Listed(src, "Connection")
	for name, values := range src {
		if hopByHop(name) && name != "Trailer" || own(name) || slices.Contains(dropped, name) {
			continue
		}
		dst[name] = values
	}
}
