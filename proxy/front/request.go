package front

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"devgate/proxy/message"
)

// newRequest is a request as net/http has it.
func newRequest(c *conn, h *message.RequestHead, b *body, ctx context.Context) *http.Request {
	r := &http.Request{
		Method: h.Method, URL: URLOf(h.Target), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: h.Minor, Header: h.Header,
		ContentLength: h.Length, Host: h.Host, RequestURI: h.Target, RemoteAddr: c.from, Body: http.NoBody,
	}
	if h.Minor != 1 {
		r.Proto = "HTTP/1." + string(rune('0'+h.Minor))
	}
	if h.Length < 0 {
		r.TransferEncoding = []string{"chunked"}
		delete(h.Header, "Transfer-Encoding")
		delete(h.Header, "Trailer")
		for _, name := range h.Trailer {
			if r.Trailer == nil {
				r.Trailer = http.Header{}
			}
			r.Trailer[name] = nil
		}
	}
	if h.Length != 0 {
		r.Body = b
	}
	b.request = r.WithContext(ctx)
	return b.request
}

// URLOf is a request target as net/http has it. A percent sign that begins no escape
// stays.
func URLOf(target string) *url.URL {
	if u, err := url.ParseRequestURI(target); err == nil {
		return u
	}
	path, query, _ := strings.Cut(target, "?")
	return &url.URL{Path: path, RawQuery: query}
}
