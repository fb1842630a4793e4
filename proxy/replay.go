package proxy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"devgate/proxy/front"
	"devgate/proxy/wire"
)

var (
	// ErrUnknownRequest says that a request's record is forgotten, or never was.
	ErrUnknownRequest = errors.New("no such request is kept")
	// ErrUnknownBackend says that no backend of that name is configured.
	ErrUnknownBackend = errors.New("no such backend")
)

// UnfitError says why a request cannot be sent again as it was.
type UnfitError struct{ Reason string }

// Error implements error.
func (e *UnfitError) Error() string { return e.Reason }

// Replay sends a request that has ended again, once: through the cascade, or to one
// backend alone, whatever its Paths, unless that is "". It takes the same way as a
// client's, from this machine, and is recorded like it, with ReplayOf. It returns
// the record when the answer is over (of an event stream, when it has begun; that
// is then broken off). The end of ctx, and of the gateway, is that of the client.
//
// The error is ErrUnknownRequest or ErrUnknownBackend, an *UnfitError for a request
// that was not kept whole or was an upgrade, or says that the gateway is stopping.
func (g *Gateway) Replay(ctx context.Context, id uint64, backend string) (Exchange, error) {
	d, ok := g.Detail(id)
	if !ok {
		return Exchange{}, ErrUnknownRequest
	}
	if reason := d.unfit(); reason != "" {
		return Exchange{}, &UnfitError{reason}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	x := newExchange(g, &sink{header: http.Header{}}, d.again(ctx))
	x.replayOf = id
	if backend != "" {
		if x.route.only = x.route.chain.find(backend); x.route.only == nil {
			return Exchange{}, ErrUnknownBackend
		}
	}
	if !g.requests.enter() {
		return Exchange{}, errors.New("replay request: the gateway is stopping")
	}
	defer g.requests.leave()
	defer g.streams.add(cancel)() // nobody waits for its answer at the end of the gateway
	x.serveSink()
	e := x.summary()
	e.Cascade, e.Near = x.trace.records(), x.missed()
	e.Conclusion = x.conclude(e.Near)
	return e, nil
}

// unfit is why the request cannot be sent again as it was; "" when it can.
func (d *Detail) unfit() string {
	switch m := &d.Request; {
	case m.Header == nil:
		return "its header was not kept"
	case d.Method == http.MethodConnect:
		return "CONNECT is for proxies"
	case wire.NewRequest(d.again(context.Background()), "").Upgrade != "":
		return "it asked to switch protocols (" + strings.Join(m.Header["Upgrade"], ", ") + "), and its client is gone"
	case !m.Whole && m.Size >= 0 && m.Size <= int64(len(m.Body)):
		return "its body was not received to the end"
	case !m.Whole && m.Size >= 0:
		return fmt.Sprintf("its body was not kept whole (%d of %d bytes were)", len(m.Body), m.Size)
	case !m.Whole:
		return fmt.Sprintf("its body was not kept whole (the first %d bytes were)", len(m.Body))
	}
	return ""
}

// again is the request as the server would make it.
func (d *Detail) again(ctx context.Context) *http.Request {
	r := &http.Request{
		Method: d.Method, URL: front.URLOf(d.Target), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: d.Request.Header, Host: d.Host,
		RequestURI: d.Target, RemoteAddr: anyClient, Trailer: d.Request.Trailer, Body: http.NoBody,
	}
	// Nobody waits for a consent.
	r.Header.Del("Expect")
	if len(d.Request.Body) > 0 || r.Trailer != nil {
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(d.Request.Body)), -1
		if r.Header["Content-Length"] != nil {
			r.ContentLength = int64(len(d.Request.Body))
		}
	}
	return r.WithContext(ctx)
}

// serveSink serves a request that has no client, to its record.
func (x *exchange) serveSink() {
	defer x.finish()
	defer func() {
		// That is how an answer that breaks off is told to the server.
		if v := recover(); v != nil && v != http.ErrAbortHandler {
			panic(v)
		}
	}()
	x.serve()
}

// sink is a client that takes everything and looks at nothing.
type sink struct{ header http.Header }

// Header implements http.ResponseWriter.
func (s *sink) Header() http.Header { return s.header }

// Write implements http.ResponseWriter.
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }

// WriteHeader implements http.ResponseWriter.
func (s *sink) WriteHeader(int) {}

// Flush implements http.Flusher.
func (s *sink) Flush() {}
