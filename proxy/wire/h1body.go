package wire

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"

	"devgate/proxy/message"
)

// h1Body is the body of an answer on a connection of our own. When it is
// read to its end the connection goes back to the pool; when it is closed
// before, the connection is closed.
type h1Body struct {
	cn      *conn
	sender  *sender
	unwatch func() bool // ends the watch of the request's context
	frame   framing
	left    int64            // of frame.length
	chunks  *message.Chunked // when frame.chunked
	err     error            // sticky; io.EOF at the end
	over    atomic.Bool      // finished or cut, whichever came first
}

// newResponse makes the answer out of its head; b reads the rest.
func newResponse(c *Request, h head, b *h1Body) (*Response, error) {
	frame, err := framingOf(c.Method, h)
	if err != nil {
		return nil, err
	}
	resp := &Response{Status: h.status, Header: h.header, Fields: h.fields, Length: frame.length, Raw: h.raw, Head: len(h.raw), Body: Body{src: b}}
	b.frame, b.left = frame, frame.length
	// A HEAD's answer says how long a body would be, and has none.
	b.cn.bodiless = c.Method == http.MethodHead || !message.BodyAllowed(h.status)
	switch {
	case h.status == http.StatusSwitchingProtocols:
		// Until the connection ends: it is the tunnel's from then on.
		b.left = -1
	case frame.chunked:
		b.chunks = message.NewChunked(b.cn.br)
	case frame.length == 0:
		// Nothing follows, so the connection is free before anybody reads.
		b.finish(io.EOF)
	}
	return resp, nil
}

// Read implements io.Reader. The end comes with the last byte where the length
// is known.
func (b *h1Body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if len(p) == 0 {
		return 0, nil
	}
	n, err := b.read(p)
	if err != nil {
		b.finish(err)
	}
	return n, err
}

func (b *h1Body) read(p []byte) (int, error) {
	switch {
	case b.chunks != nil:
		return b.chunks.Read(p)
	case b.left >= 0:
		n, err := b.cn.br.Read(p[:min(int64(len(p)), b.left)])
		return n, b.advance(int64(n), err)
	}
	return b.cn.br.Read(p)
}

// advance counts n bytes of a body of known length.
func (b *h1Body) advance(n int64, err error) error {
	b.left -= n
	switch {
	case b.left == 0:
		return io.EOF
	// The connection has ended before the length that was told: a part is no whole.
	case err == io.EOF:
		return io.ErrUnexpectedEOF
	}
	return err
}

// finish ends the use of the connection; why is io.EOF when all was read.
func (b *h1Body) finish(why error) {
	b.err = why
	// unwatch fails when the request's context has ended: the connection is
	// being closed.
	free := b.unwatch() && b.over.CompareAndSwap(false, true)
	// Whole, alone and quiet: only then may another request follow on it (RFC 9112,
	// section 9.3).
	if why == io.EOF && free && !b.frame.closes && b.sender.finished() && b.cn.br.Buffered() == 0 {
		b.cn.pool.put(b.cn)
		return
	}
	b.cn.close()
	b.sender.stop()
}

// detach implements source.
func (b *h1Body) detach() { b.unwatch() }

// cut breaks the body off from another goroutine. It does not touch a
// connection that may already serve another request.
func (b *h1Body) cut() {
	if b.over.CompareAndSwap(false, true) {
		b.cn.close()
	}
}

// Close implements io.Closer.
func (b *h1Body) Close() error {
	if b.err == nil {
		b.finish(errBodyClosed)
	}
	return nil
}

var errBodyClosed = errors.New("read of a closed answer body")

// pauses implements source.
func (b *h1Body) pauses() bool {
	switch {
	case b.err != nil:
		return false
	case b.chunks != nil:
		return b.chunks.Waits()
	}
	return b.cn.br.Buffered() == 0
}

// rest implements source.
func (b *h1Body) rest() int64 { return b.left }

// trailer implements source.
func (b *h1Body) trailer() (http.Header, []message.Field) {
	if b.chunks == nil || b.chunks.Trailer == nil {
		return nil, nil
	}
	return message.HeaderOf(b.chunks.Trailer), b.chunks.Trailer
}

// whole implements source.
func (b *h1Body) whole() bool {
	// At its end, or broken: neither can get more.
	if b.err != nil {
		return true // the connection is no longer ours to look at
	}
	have, _ := b.cn.br.Peek(b.cn.br.Buffered())
	switch {
	case b.chunks != nil:
		return wholeChunks(have)
	}
	return b.left >= 0 && b.left <= int64(len(have))
}

// wholeChunks reports whether b holds a chunked body up to its end, trailers
// included.
func wholeChunks(b []byte) bool {
	for {
		line, rest, ok := bytes.Cut(b, []byte("\n"))
		if !ok {
			return false
		}
		size, _, _ := bytes.Cut(bytes.TrimRight(line, "\r"), []byte(";"))
		n, err := strconv.ParseUint(string(bytes.TrimSpace(size)), 16, 31)
		if err != nil {
			return false
		}
		if n == 0 {
			// Without trailers an empty line ends it, with some there is one behind them.
			return bytes.HasPrefix(rest, []byte("\r\n")) || bytes.Contains(rest, []byte("\r\n\r\n"))
		}
		if len(rest) < int(n)+2 {
			return false
		}
		b = rest[n+2:]
	}
}

// plain returns the connection to read left bytes of body from, where nothing
// stands between: the kernel may then move them by itself.
func (b *h1Body) plain() (cn *conn, left int64) {
	if b.err != nil || b.left <= 0 || b.cn.br.Buffered() > 0 {
		return nil, 0
	}
	return b.cn, b.left
}

// moved says that n bytes were read from the connection that plain returned.
func (b *h1Body) moved(n int64, err error) error {
	if err == nil && n < b.left {
		err = io.EOF
	}
	if err = b.advance(n, err); err != nil {
		b.finish(err)
	}
	return err
}

// take removes the connection from the body's care; false when it is already
// being closed.
func (b *h1Body) take() bool {
	b.err = errBodyClosed
	return b.unwatch()
}

// Hijack takes the connection over, behind a switch of protocols, together with
// what the backend has already said on it. It is false when there is none to take,
// or it is already being closed; the body must then be closed. From then on the
// connection is the tunnel's: the body closes nothing.
func (b *Body) Hijack() (nc net.Conn, said []byte, ok bool) {
	src, ok := b.src.(*h1Body)
	if !ok || !src.take() {
		return nil, nil, false
	}
	said, _ = src.cn.br.Peek(src.cn.br.Buffered())
	return src.cn.Conn, said, true
}
