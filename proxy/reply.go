package proxy

import (
	"context"
	"net/http"
	"slices"

	"devgate/proxy/message"
	"devgate/proxy/wire"
)

// reply is a backend's answer, before it is known whether it will be used.
type reply struct {
	c     *candidate
	lease *lease
	resp  *wire.Response
	body  *wire.SpoolReader // of the request; nil: it has none
	early []informational
	place int // of its attempt in the trace, once it is judged
}

// informational is a 1xx answer that is held until the final one is known.
type informational struct {
	status int
	header http.Header
	fields []message.Field
}

// earlyMax bounds the informational answers held of one answer.
const earlyMax = 16

// send sends the request to the process of a lease, once. last says that nobody
// will need the request's body after it.
func send(ctx context.Context, req *wire.Request, c *candidate, l *lease, last bool) (*reply, error) {
	rep := &reply{c: c, lease: l}
	try := wire.Try{Early: rep.hold}
	if req.Body != nil {
		// A safe request may be asked again of the next process, so its body
		// is kept to the end.
		body, err := req.Body.Reader(last && !req.Safe)
		if err != nil {
			return nil, err
		}
		try.Body, rep.body = body, body
	}
	resp, err := l.at.transport.RoundTrip(ctx, req, try)
	if err != nil {
		rep.stopBody()
		return nil, err
	}
	rep.resp = resp
	return rep, nil
}

// hold keeps a 1xx; the oldest make room. 102 says only that the backend is
// at work, which is of no use once it has answered.
func (rep *reply) hold(status int, h http.Header, fields []message.Field) {
	if status == http.StatusProcessing {
		return
	}
	if len(rep.early) == earlyMax {
		rep.early = slices.Delete(rep.early, 0, 1)
	}
	rep.early = append(rep.early, informational{status, h, fields})
}

// stopBody stops the sending of the request's body for this reply.
func (rep *reply) stopBody() {
	if rep.body != nil {
		rep.body.Close()
	}
}

// yieldBody says that the reply may not be the answer. Its backend goes on getting
// the request's body until its answer is whole, so that the answer is one (G2), but
// takes nothing that the next one could then not be given.
func (rep *reply) yieldBody() {
	if rep.body != nil {
		rep.body.Yield()
	}
}

// close ends the reply, read or not.
func (rep *reply) close() {
	rep.resp.Body.Close()
	rep.stopBody()
	rep.lease.release()
}

// cut breaks the reply off from another goroutine.
func (rep *reply) cut() { rep.resp.Body.Cut() }
