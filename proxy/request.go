package proxy

import (
	"net"
	"net/http"
	"strconv"
	"strings"
)

// call is one request as backends are to see it. All of a cascade's attempts
// share it, and it is not changed between them.
type call struct {
	method  string
	target  string // byte for byte as the client sent it
	host    string // the client's
	client  string // its address, for X-Forwarded-For
	scheme  string // for X-Forwarded-Proto
	loop    string // tokens of the gateways passed, this one's last
	header  http.Header
	upgrade string       // the protocol to switch to; "" for an ordinary request
	body    *spool       // nil: none
	length  int64        // of the body; -1: not known
	trailer *http.Header // of the request; whole, and not changed any more, behind the end of the body
	promise []string     // names that it may have, told before the body
	safe    bool         // RFC 9110 section 9.2.1: asking twice changes nothing

	local []byte // the head for backends that get the client's Host, once written
}

// newCall reads what is to be passed on out of r.
func newCall(r *http.Request, loop string) *call {
	c := &call{
		method: r.Method, target: originForm(r.RequestURI), host: r.Host, scheme: "http",
		header: r.Header, length: r.ContentLength, trailer: &r.Trailer, safe: isSafe(r.Method),
	}
	if isUpgrade(r.Header) && r.ProtoAtLeast(1, 1) && r.ContentLength == 0 && !hasToken(r.Header["Upgrade"], "h2c") {
		// RFC 9113 section 3.1 has given up on switching to h2c; the request
		// is answered as if it had not been asked for.
		c.upgrade = strings.Join(r.Header["Upgrade"], ", ")
	}
	for name := range r.Trailer { // now: whoever reads the body's end writes to it
		c.promise = append(c.promise, name)
	}
	c.client, _, _ = net.SplitHostPort(r.RemoteAddr)
	if r.TLS != nil {
		c.scheme = "https"
	}
	c.loop = strings.Join(append(r.Header[headerLoop][:len(r.Header[headerLoop]):len(r.Header[headerLoop])], loop), ", ")
	return c
}

// originForm turns "http://host/path", which only proxies are sent, into
// "/path" (RFC 9112 section 3.2.1); any other target is returned as it is.
func originForm(target string) string {
	if strings.HasPrefix(target, "/") || target == "*" {
		return target
	}
	_, rest, ok := strings.Cut(target, "://")
	if !ok {
		return target
	}
	i := strings.IndexAny(rest, "/?")
	switch {
	case i < 0:
		return "/"
	case rest[i] == '?':
		return "/" + rest[i:]
	}
	return rest[i:]
}

// validTarget reports whether target can stand in a request line: HTTP/2 lets
// a space through, which would end it there.
func validTarget(target string) bool {
	if target == "" {
		return false
	}
	for i := range len(target) {
		if target[i] <= ' ' || target[i] == 0x7f {
			return false
		}
	}
	return target[0] == '/' || target == "*"
}

func isSafe(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return true
	}
	return false
}

// head returns the request head for a backend whose Host is to be host, or
// the client's when host is "".
func (c *call) head(host string) []byte {
	if host != "" {
		return c.appendHead(nil, host)
	}
	if c.local == nil {
		c.local = c.appendHead(make([]byte, 0, 1024), c.host)
	}
	return c.local
}

func (c *call) appendHead(b []byte, host string) []byte {
	b = append(b, c.method...)
	b = append(b, ' ')
	b = append(b, c.target...)
	b = append(b, " HTTP/1.1\r\nHost: "...)
	b = append(b, host...)
	b = append(b, "\r\n"...)
	var names [32]string
	for _, name := range endToEnd(c.header, names[:0]) {
		for _, v := range c.header[name] {
			b = appendField(b, name, v)
		}
	}
	b = c.appendForwarded(b)
	b = c.appendFraming(b)
	return append(b, "\r\n"...)
}

func (c *call) appendForwarded(b []byte) []byte {
	b = appendField(b, "X-Forwarded-For", c.client)
	b = appendField(b, "X-Forwarded-Host", c.host)
	b = appendField(b, "X-Forwarded-Proto", c.scheme)
	return appendField(b, headerLoop, c.loop)
}

// appendFraming writes the headers that are this connection's own business.
func (c *call) appendFraming(b []byte) []byte {
	if c.upgrade != "" {
		b = appendField(b, "Connection", "Upgrade")
		b = appendField(b, "Upgrade", c.upgrade)
	}
	if wantsTrailers(c.header) {
		b = appendField(b, "Te", "trailers")
	}
	switch {
	case c.length < 0:
		b = appendField(b, "Transfer-Encoding", "chunked")
		for _, name := range c.promise {
			b = appendField(b, "Trailer", name)
		}
	case c.length > 0 || c.header["Content-Length"] != nil:
		// A request without a body says so only where the client said so.
		b = append(b, "Content-Length: "...)
		b = strconv.AppendInt(b, c.length, 10)
		b = append(b, "\r\n"...)
	}
	return b
}

func appendField(b []byte, name, value string) []byte {
	b = append(b, name...)
	b = append(b, ": "...)
	b = append(b, value...)
	return append(b, "\r\n"...)
}

// expectsContinue reports Expect: 100-continue (RFC 9110 section 10.1.1).
func (c *call) expectsContinue() bool {
	return c.body != nil && strings.EqualFold(c.header.Get("Expect"), "100-continue")
}
