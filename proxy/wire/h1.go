package wire

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"devgate/proxy/message"
)

// continuePatience is how long a body announced with Expect: 100-continue
// waits for the backend's consent before it is sent anyway.
const continuePatience = time.Second

// informationalMax bounds the 1xx answers to one request.
const informationalMax = 1000

// Transport asks one backend. The answer's body must be closed. An error
// that is a *DialError says that nothing was sent.
type Transport interface {
	RoundTrip(ctx context.Context, c *Request, a Try) (*Response, error)
	// Forget closes idle connections, and used ones when they become idle.
	Forget()
}

// Try is what differs between the askings of one call.
type Try struct {
	Body *SpoolReader // nil: the request has none
	// Early gets each 1xx but 100 and 101, by HTTP/2 without fields.
	Early func(status int, header http.Header, fields []message.Field)
}

// NewTransport makes the connections of one place; tasks counts the goroutines
// that send bodies.
func NewTransport(o Origin, tasks *sync.WaitGroup) Transport {
	d := newDialer(o)
	if o.H2C {
		return newH2(d, o.Host)
	}
	return &h1{dialer: d, host: o.Host, senders: tasks}
}

// h1 speaks HTTP/1.1 to one backend. It exists because net/http's
// rewrites request targets, and because an unsafe request needs a connection
// that nobody can be closing (G3).
type h1 struct {
	dialer  *dialer
	host    string // the Host to send; "": the client's
	pool    pool
	senders *sync.WaitGroup
}

// Forget implements Transport.
func (t *h1) Forget() {
	t.pool.forget()
	t.dialer.forget()
}

// RoundTrip implements Transport.
func (t *h1) RoundTrip(ctx context.Context, c *Request, a Try) (*Response, error) {
	for c.mayReuse() {
		cn := t.pool.get()
		if cn == nil {
			break
		}
		resp, err := t.exchange(ctx, cn, c, a)
		if err == nil || !errors.Is(err, errNoAnswer) || ctx.Err() != nil {
			return resp, err
		}
		// The backend closed the connection while it was idle. If it did so just now, it may
		// be about to close all.
		if !errors.Is(err, errStale) {
			break
		}
	}
	return t.exchangeAnew(ctx, c, a)
}

// exchangeAnew makes the exchange on a new connection.
func (t *h1) exchangeAnew(ctx context.Context, c *Request, a Try) (*Response, error) {
	began := time.Now()
	cn, err := t.connect(ctx, !c.mayReuse())
	if err != nil {
		return nil, err
	}
	n := t.pool.enqueue(time.Since(began))
	resp, err := t.exchange(ctx, cn, c, a)
	n.leave(err == nil)
	return resp, err
}

// mayReuse reports whether the call may go out on a connection that the
// backend may be closing: if it is lost there, it is sent again (RFC 9112
// section 9.3.1, RFC 9110 section 9.2.2).
func (c *Request) mayReuse() bool { return c.Safe && c.Body == nil && c.Upgrade == "" }

// connect opens a connection; replace closes an idle one in exchange.
func (t *h1) connect(ctx context.Context, replace bool) (*conn, error) {
	t.pool.makeRoom(replace)
	generation := t.pool.current()
	nc, err := t.dialer.dial(ctx)
	if err != nil {
		return nil, err
	}
	return newConn(nc, &t.pool, generation), nil
}

// errNoAnswer says that a connection ended before the first byte of an answer.
var errNoAnswer = errors.New("connection closed before the answer")

// errStale is one that has ended before the request could be sent.
var errStale = fmt.Errorf("%w: while it was idle", errNoAnswer)

// exchange sends the call on cn and reads the head of the answer. The end of
// ctx closes the connection, until the answer's body is read or closed.
func (t *h1) exchange(ctx context.Context, cn *conn, c *Request, a Try) (*Response, error) {
	b := &h1Body{cn: cn, unwatch: after(ctx, cn.close)}
	resp, err := t.ask(cn, c, a, b)
	if err != nil {
		b.Close()
		return nil, err
	}
	return resp, nil
}

// after is context.AfterFunc, at less cost where the context can do it by itself.
func after(ctx context.Context, do func()) (stop func() bool) {
	if a, can := ctx.(interface{ AfterFunc(func()) func() bool }); can {
		return a.AfterFunc(do)
	}
	return context.AfterFunc(ctx, do)
}

func (t *h1) ask(cn *conn, c *Request, a Try, b *h1Body) (*Response, error) {
	if a.Body == nil {
		if err := cn.ask(c.head(t.host)); err != nil {
			return nil, err
		}
	} else {
		b.sender = newSender(cn, c, a.Body)
		head := c.head(t.host)
		t.senders.Go(func() { b.sender.run(head) })
	}
	h, err := readFinalHead(cn, c, a, b.sender)
	if err != nil {
		return nil, err
	}
	return newResponse(c, h, b)
}

// readFinalHead reads heads until one that is not informational, or is the
// consent to switch protocols that was asked for.
func readFinalHead(cn *conn, c *Request, a Try, s *sender) (head, error) {
	defer s.answered()
	for i := range informationalMax {
		h, err := readHead(cn)
		switch {
		case i == 0 && cn.used && errors.Is(err, ErrMalformed):
			// Whatever it is, it was said before the request was there, as a rule.
			cn.pool.caught(cn)
			return h, fmt.Errorf("%w: %w", errNoAnswer, err)
		case err != nil:
			return h, err
		case h.status >= 200, h.status == http.StatusSwitchingProtocols && c.Upgrade != "":
			return h, nil
		case h.status == http.StatusSwitchingProtocols:
			return h, fmt.Errorf("%w: switches protocols unasked", ErrMalformed)
		case h.status == http.StatusContinue:
			s.proceed()
		case a.Early != nil:
			a.Early(h.status, h.header, h.fields)
		}
	}
	return head{}, fmt.Errorf("%w: too many informational answers", ErrMalformed)
}

func readHead(cn *conn) (head, error) {
	raw, err := message.ReadBlock(cn.br, cn.scratch[:0])
	if cap(raw) <= readBuffer {
		cn.scratch = raw
	}
	switch {
	case err == nil:
		return parseHead(string(raw))
	case errors.Is(err, message.ErrTooLarge):
		return head{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	case len(raw) == 0, cn.used && !bytes.HasPrefix(raw, []byte("HTTP/1.")[:min(len(raw), 7)]):
		return head{}, fmt.Errorf("%w: %w", errNoAnswer, err)
	case errors.Is(err, io.EOF):
		return head{}, errors.New("connection closed in the head of the answer")
	}
	return head{}, err
}
