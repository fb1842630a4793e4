package front

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"devgate/proxy/message"
)

// readBuffer holds an ordinary head; larger ones are copied together.
const readBuffer = 4 << 10

// conn is one connection of a client. Its goroutine owns it, but for what is said
// otherwise.
type conn struct {
	server *Server
	nc     net.Conn
	from   string // the client's address
	br     *bufio.Reader
	watch  watch
	client Client // of the last request, to be used again
	taken  bool   // it is somebody else's

	phase   atomic.Int32                   // guarded by nobody: who moves it on has the connection
	since   atomic.Int64                   // of the phase, in nanoseconds
	request atomic.Pointer[requestContext] // of the newest request
	closed  sync.Once
}

// phases of a connection.
const (
	idle    int32 = iota // no byte of a request has come
	reading              // a head
	serving
	ended
)

// heads are what heads are read into; none is kept longer than it takes to read it.
var heads = sync.Pool{New: func() any { return new([]byte) }}

func newConn(s *Server, nc net.Conn) *conn {
	c := &conn{server: s, nc: nc, from: nc.RemoteAddr().String()}
	c.br = bufio.NewReaderSize(nc, readBuffer)
	c.watch.c = c
	c.since.Store(time.Now().UnixNano())
	return c
}

// close may be called by any goroutine, and more than once.
func (c *conn) close() { c.closed.Do(func() { c.nc.Close() }) }

// enter begins another phase; false where the connection has come to its end.
func (c *conn) enter(from, to int32) bool {
	c.since.Store(time.Now().UnixNano())
	return c.phase.CompareAndSwap(from, to)
}

// endIdle closes the connection if nothing has come on it. Another goroutine calls it.
func (c *conn) endIdle() {
	if c.phase.CompareAndSwap(idle, ended) {
		c.close()
	}
}

// endAt closes the connection if its limit is over. Another goroutine calls it.
func (c *conn) endAt(now time.Time) {
	age := time.Duration(now.UnixNano() - c.since.Load())
	switch c.phase.Load() {
	case idle:
		if age > idlePatience {
			c.endIdle()
		}
	case reading:
		if age > headPatience && c.phase.CompareAndSwap(reading, ended) {
			c.close()
		}
	}
}

// serve serves requests until one of both sides has enough.
func (c *conn) serve() {
	defer c.server.forget(c)
	defer func() {
		if !c.taken {
			c.close()
		}
	}()
	for c.next() {
	}
}

// next serves one request; false: the connection has come to its end.
func (c *conn) next() bool {
	if _, err := c.br.Peek(1); err != nil || !c.enter(idle, reading) {
		return false
	}
	h, bad, err := c.readHead()
	switch {
	case err != nil || c.taken:
		return false
	case bad != nil:
		c.refuse(Refusal{h.Method, h.Target, bad.Status, bad.Reason})
		return false
	}
	return c.enter(reading, serving) && c.answer(&h) && c.enter(serving, idle)
}

// readHead reads the head of a request; bad says why it is none.
func (c *conn) readHead() (h message.RequestHead, bad *message.Error, err error) {
	buf := heads.Get().(*[]byte)
	defer heads.Put(buf)
	raw, err := c.readLines(buf)
	switch {
	case errors.Is(err, message.ErrTooLarge):
		bad = &message.Error{Status: http.StatusRequestHeaderFieldsTooLarge, Reason: "its header is larger than 1 MiB"}
		if h, _ = message.ParseRequest(firstLine(raw)); len(h.Target) > targetMax {
			h.Target = h.Target[:targetMax]
		}
		return h, bad, nil
	case err != nil:
		return h, nil, err
	case c.server.HTTP2 != nil && string(raw) == "PRI * HTTP/2.0\r\n\r\n":
		c.handOver(raw)
		return h, nil, nil
	}
	h, bad = message.ParseRequest(string(raw))
	return h, bad, nil
}

// targetMax is how much of a target is told that cannot be served.
const targetMax = 2 << 10

func firstLine(raw []byte) string {
	line, _, _ := bytes.Cut(raw, []byte("\n"))
	return string(line)
}

// readLines reads a head. Empty lines before it are passed over: clients of old sent
// some behind a body (RFC 9112, section 2.2).
func (c *conn) readLines(buf *[]byte) ([]byte, error) {
	for range 4 {
		raw, err := message.ReadBlock(c.br, (*buf)[:0])
		if cap(raw) <= readBuffer {
			*buf = raw[:0]
		}
		if err != nil || len(raw) > len("\r\n") {
			return raw, err
		}
	}
	return []byte("\r\n"), nil
}

// refuse tells a client why its request is none.
func (c *conn) refuse(r Refusal) {
	if c.server.Refuse == nil {
		return
	}
	if text := c.server.Refuse(r); len(text) > 0 {
		c.nc.SetWriteDeadline(time.Now().Add(lastPatience))
		c.nc.Write(text)
		c.linger()
	}
}

const (
	// lastPatience is how long a client may take to take in the last answer, and to stop
	// sending what nobody wants any more.
	lastPatience = 500 * time.Millisecond
	// lastMax is how much of that is read, in bytes.
	lastMax = 256 << 10
)

// linger ends the connection so that the client gets what was said: bytes that come
// in and are not read would make the system reset it (RFC 9112, section 9.6).
func (c *conn) linger() {
	if tcp, ok := c.nc.(*net.TCPConn); ok && tcp.CloseWrite() == nil {
		c.nc.SetReadDeadline(time.Now().Add(lastPatience))
		io.CopyN(io.Discard, c.br, lastMax)
	}
}

// handOver gives the connection to who speaks HTTP/2.
func (c *conn) handOver(head []byte) {
	buffered, _ := c.br.Peek(c.br.Buffered())
	c.taken = true
	c.server.HTTP2(&prefixed{Conn: c.nc, said: append(bytes.Clone(head), buffered...)})
}

// prefixed is a connection of which something has been read already.
type prefixed struct {
	net.Conn
	said []byte
}

// Read implements io.Reader.
func (p *prefixed) Read(b []byte) (int, error) {
	if len(p.said) == 0 {
		return p.Conn.Read(b)
	}
	n := copy(b, p.said)
	p.said = p.said[n:]
	return n, nil
}

// answer serves one request; false: the connection has come to its end.
func (c *conn) answer(h *message.RequestHead) (again bool) {
	ctx := c.begin()
	defer ctx.end()
	body := newBody(c, h)
	w := c.clientOf(h, body)
	r := newRequest(c, h, body, ctx)
	c.watch.begin(ctx, body.over())
	whole := c.handle(w, r)
	if w.hijacked {
		return false
	}
	c.watch.end()
	if !whole || !w.finish() {
		w.reset()
		return false
	}
	if !body.finish() {
		c.linger()
		return false
	}
	return !w.last && !c.server.stopping.Load()
}

// begin makes the context of a request.
func (c *conn) begin() *requestContext {
	ctx := new(requestContext)
	c.request.Store(ctx)
	if c.server.stopped.Load() { // before it could be told
		ctx.end()
	}
	return ctx
}

// leave ends the request that is being served. Another goroutine calls it.
func (c *conn) leave() {
	if ctx := c.request.Load(); ctx != nil {
		ctx.end()
	}
}

// handle calls the handler; false: it has broken the answer off.
func (c *conn) handle(w *Client, r *http.Request) (whole bool) {
	defer func() {
		if v := recover(); v != nil && v != http.ErrAbortHandler {
			if c.server.Panicked == nil {
				panic(v)
			}
			c.server.Panicked(v)
		}
	}()
	c.server.Handler.ServeHTTP(w, r)
	return true
}
