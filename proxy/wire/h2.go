package wire

import (
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"net/url"
	"strings"

	"devgate/proxy/message"
)

// h2 speaks HTTP/2 without TLS, by net/http's transport.
type h2 struct {
	dialer *dialer
	host   string // the Host to send; "": the client's
	http   *http.Transport
}

func newH2(d *dialer, host string) *h2 {
	// The context given is the dialled request's own, with its end.
	t := &h2{dialer: d, host: host}
	t.http = newH2Transport(func(ctx context.Context, _, _ string) (net.Conn, error) { return t.dial(ctx) })
	return t
}

// dial opens a connection; its error becomes a DialError in RoundTrip.
func (t *h2) dial(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, t.dialer.limit)
	defer cancel()
	return t.dialer.dialPlain(ctx)
}

func newH2Transport(dial func(ctx context.Context, network, address string) (net.Conn, error)) *http.Transport {
	t := &http.Transport{
		// Bodies and their encodings are handed on as they are: net/http would unpack
		// them.
		DialContext:            dial,
		DisableCompression:     true,
		MaxResponseHeaderBytes: message.MaxHead,
		IdleConnTimeout:        idleLimit,
		Protocols:              new(http.Protocols),
	}
	// HTTP/2 with prior knowledge (RFC 9113, section 3.3): there is no upgrade to it any
	// more.
	t.Protocols.SetUnencryptedHTTP2(true)
	return t
}

// Forget implements Transport.
func (t *h2) Forget() {
	t.http.CloseIdleConnections()
	t.dialer.forget()
}

// RoundTrip implements Transport.
func (t *h2) RoundTrip(ctx context.Context, c *Request, a Try) (*Response, error) {
	dialed := false
	ctx, w := watched(ctx)
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		// From here on something may have been sent, so that a later error is no
		// DialError.
		GotConn: func(httptrace.GotConnInfo) { dialed = true },
		Got1xxResponse: func(status int, h textproto.MIMEHeader) error {
			// 100 Continue is between net/http and the backend.
			if a.Early != nil && status != http.StatusContinue {
				a.Early(status, http.Header(h), nil)
			}
			return nil
		},
	})
	tr := t.patient(c, a)
	// The transport for this one request ends with it, and its connection.
	if tr != t.http {
		w.after = tr.CloseIdleConnections
	}
	resp, err := tr.RoundTrip(t.request(ctx, c, a))
	if err != nil {
		w.end()
	}
	var op *net.OpError
	if err != nil && !dialed && errors.As(err, &op) && op.Op == "dial" {
		return nil, &DialError{t.dialer.address, false, err}
	}
	if err != nil {
		return nil, err
	}
	return &Response{
		Status: resp.StatusCode, Header: resp.Header, Length: resp.ContentLength, Head: sizeOf(resp.Header), Body: Body{src: h2Body{resp, w}},
	}, nil
}

// sizeOf is what a header would take on the wire of HTTP/1.1.
func sizeOf(h http.Header) (n int) {
	for name, values := range h {
		for _, v := range values {
			n += len(name) + len(v) + len(": \r\n")
		}
	}
	return n
}

// request translates the call. net/http adds a User-Agent where there is none,
// unless it is told an empty one.
func (t *h2) request(ctx context.Context, c *Request, a Try) *http.Request {
	// EndToEnd leaves out what is about the connection (RFC 9110, section 7.6.1).
	header := make(http.Header, len(c.Header)+4)
	for _, name := range c.EndToEnd(nil) {
		header[name] = c.Header[name]
	}
	// A nil list would have it add its own.
	if header["User-Agent"] == nil {
		header["User-Agent"] = []string{""}
	}
	for _, f := range c.way() {
		if !c.told(f[0]) {
			header[f[0]] = []string{f[1]}
		}
	}
	header[LoopHeader] = []string{c.Loop}
	// The one value that TE may have in HTTP/2 (RFC 9113, section 8.2.2).
	if wantsTrailers(c.Header) {
		header["Te"] = []string{"trailers"}
	}
	r := &http.Request{
		Method: c.Method, URL: t.url(c.Target), Host: c.Host, Header: header,
		ProtoMajor: 2, ContentLength: c.Length,
	}
	if t.host != "" {
		r.Host = t.host
	}
	if a.Body != nil {
		r.Trailer = make(http.Header, len(c.promise))
		// net/http announces the names first, and takes the values when the body has
		// ended.
		for _, name := range c.promise {
			r.Trailer[name] = nil
		}
		r.Body = &trailedBody{a.Body, c.trailer, r.Trailer}
	}
	return r.WithContext(ctx)
}

// trailedBody fills the trailers of a request in when its body ends, which is
// when net/http looks for them.
type trailedBody struct {
	*SpoolReader
	from *http.Header
	to   http.Header
}

// Read implements io.Reader.
func (b *trailedBody) Read(p []byte) (int, error) {
	n, err := b.SpoolReader.Read(p)
	if err == io.EOF {
		maps.Copy(b.to, *b.from)
	}
	return n, err
}

// url makes net/http send target as it is, as far as it can: an opaque target
// must not begin with two slashes.
func (t *h2) url(target string) *url.URL {
	u := &url.URL{Scheme: "http", Host: t.dialer.address}
	path, query, asked := strings.Cut(target, "?")
	u.RawQuery, u.ForceQuery = query, asked && query == ""
	// Opaque with two slashes in front would be read as a host.
	if strings.HasPrefix(path, "//") {
		u.Path, u.RawPath = path, path
		if p, err := url.PathUnescape(path); err == nil {
			u.Path = p
		}
		return u
	}
	u.Opaque = path
	return u
}
