package wire

import (
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"devgate/proxy/message"
)

// Request is one request as backends are to see it. All who are asked share it,
// from several goroutines; it does not change once the first has been asked.
type Request struct {
	Method  string
	Target  string // byte for byte as the client sent it
	Host    string // the client's
	Client  string // its address, for X-Forwarded-For
	Scheme  string // for X-Forwarded-Proto
	Loop    string // tokens of the gateways passed, this one's last
	Header  http.Header
	Fields  []message.Field // Header as it came, for its order and spelling; nil: it has none
	Upgrade string          // the protocol to switch to; "" for an ordinary request
	Body    *Spool          // nil: none
	Length  int64           // of the body; -1: not known
	Safe    bool            // RFC 9110 section 9.2.1: asking twice changes nothing

	// Forwarded keeps what the client says of the way that the request took
	// (X-Forwarded-For and the like): it is a tunnel's end on this machine.
	Forwarded bool

	// Behind returns the trailer as it came, behind the end of the body; nil: nobody can.
	Behind func() []message.Field

	trailer *http.Header // of the request; whole, and not changed any more, behind the end of the body
	promise []string     // names that it may have, told before the body

	once  sync.Once
	local []byte // the head for backends that get the client's Host; written once
}

// NewRequest reads what is to be passed on out of a client's request, without
// its body. token is added to those of the gateways passed.
func NewRequest(from *http.Request, token string) *Request {
	r := &Request{
		Method: from.Method, Target: originForm(from.Method, from.RequestURI), Host: from.Host, Scheme: "http",
		Header: from.Header, Length: from.ContentLength, trailer: &from.Trailer, Safe: IsSafe(from.Method),
	}
	// A switch needs HTTP/1.1 and no body (RFC 9110, section 7.8).
	if isUpgrade(from.Header) && from.ProtoAtLeast(1, 1) && from.ContentLength == 0 && !message.HasToken(from.Header["Upgrade"], "h2c") {
		// RFC 9113 section 3.1 has given up on switching to h2c; the request
		// is answered as if it had not been asked for.
		r.Upgrade = strings.Join(from.Header["Upgrade"], ", ")
	}
	for name := range from.Trailer { // now: whoever reads the body's end writes to it
		r.promise = append(r.promise, name)
	}
	r.Client, _, _ = net.SplitHostPort(from.RemoteAddr)
	if from.TLS != nil {
		r.Scheme = "https"
	}
	passed := from.Header[LoopHeader]
	// The token tells this gateway in a circle; others' are kept, so that they find
	// theirs.
	r.Loop = strings.Join(append(passed[:len(passed):len(passed)], token), ", ")
	return r
}

// originForm turns "http://host/path", which only proxies are sent, into
// "/path" (RFC 9112 section 3.2.1), or for all of a server into "*" (section 3.2.4);
// any other target is returned as it is.
func originForm(method, target string) string {
	if strings.HasPrefix(target, "/") || target == "*" {
		return target
	}
	_, rest, ok := strings.Cut(target, "://")
	if !ok {
		return target
	}
	i := strings.IndexAny(rest, "/?")
	switch {
	case i < 0 && method == http.MethodOptions:
		return "*"
	case i < 0:
		return "/"
	case rest[i] == '?':
		return "/" + rest[i:]
	}
	return rest[i:]
}

// ValidTarget reports whether target can stand in a request line: HTTP/2 lets
// a space through, which would end it there.
// RFC 9112, section 3.2: whatever could end the line, or begin another, is in none.
func ValidTarget(target string) bool {
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

// IsSafe reports whether a method only asks (RFC 9110, section 9.2.1): a backend that was
// asked by mistake has changed nothing. CONNECT never gets here.
func IsSafe(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return true
	}
	return false
}

// head returns the request head for a backend whose Host is to be host, or
// the client's when host is "".
func (r *Request) head(host string) []byte {
	if host != "" {
		return r.appendHead(nil, host)
	}
	// Shared by all who are asked with the client's Host, most often all of them.
	r.once.Do(func() { r.local = r.appendHead(make([]byte, 0, 1024), r.Host) })
	return r.local
}

func (r *Request) appendHead(b []byte, host string) []byte {
	b = append(b, r.Method...)
	b = append(b, ' ')
	b = append(b, r.Target...)
	b = append(b, " HTTP/1.1\r\nHost: "...)
	b = append(b, host...)
	b = append(b, "\r\n"...)
	b = message.AppendHeader(b, r.Header, r.Fields, r.ends())
	b = r.appendForwarded(b)
	b = r.appendFraming(b)
	return append(b, "\r\n"...)
}

func (r *Request) appendForwarded(b []byte) []byte {
	// What the client says is only believed of a tunnel's end on this machine:
	// X-Forwarded-For is for backends that go by it.
	for _, f := range r.way() {
		if !r.told(f[0]) {
			b = message.AppendField(b, f[0], f[1])
		}
	}
	return message.AppendField(b, LoopHeader, r.Loop)
}

// way is what the gateway says of the way that the request took.
func (r *Request) way() [3][2]string {
	return [...][2]string{{"X-Forwarded-For", r.Client}, {"X-Forwarded-Host", r.Host}, {"X-Forwarded-Proto", r.Scheme}}
}

// told reports whether the client has said it, and is believed.
func (r *Request) told(name string) bool { return r.Forwarded && r.Header[name] != nil }

// appendFraming writes the headers that are this connection's own business.
func (r *Request) appendFraming(b []byte) []byte {
	if r.Upgrade != "" {
		b = message.AppendField(b, "Connection", "Upgrade")
		b = message.AppendField(b, "Upgrade", r.Upgrade)
	}
	if wantsTrailers(r.Header) {
		b = message.AppendField(b, "TE", "trailers")
	}
	switch {
	case r.Length < 0:
		b = message.AppendField(b, "Transfer-Encoding", "chunked")
		for _, name := range r.promise {
			b = message.AppendField(b, "Trailer", name)
		}
	// Content-Length: 0 is asked for by some servers with POST; for GET it would be odd.
	case r.Length > 0 || r.Header["Content-Length"] != nil:
		// A request without a body says so only where the client said so.
		b = append(b, "Content-Length: "...)
		b = strconv.AppendInt(b, r.Length, 10)
		b = append(b, "\r\n"...)
	}
	return b
}

// behind is the trailer as it came.
func (r *Request) behind() []message.Field {
	if r.Behind == nil {
		return nil
	}
	return r.Behind()
}

// ExpectsContinue reports Expect: 100-continue (RFC 9110 section 10.1.1).
func (r *Request) ExpectsContinue() bool {
	return r.Body != nil && message.EqualFold(r.Header.Get("Expect"), "100-continue")
}
