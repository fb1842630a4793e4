package wire

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
)

// patientConn is a connection over HTTP/2 for one request with a body. Net/http stops
// sending a body at the first sign of a refusal, which a backend may give long before
// it has read the body, and without which it does not end its answer. So the head of
// an answer that is no 1xx or 2xx is kept back until the request is sent, or the
// answer is whole. Everything that sending needs passes.
type patientConn struct {
	net.Conn
	frames chan frame // that came; closed when there are no more
	gone   chan struct{}
	sent   chan struct{} // closed behind the end of the request

	ready []byte  // to be read
	kept  []frame // back
	keeps bool
	err   error // why no more frames come; set before frames is closed

	out      frameWalk
	preface  int // bytes of the client's preface that are still to come
	sentOnce sync.Once
	goneOnce sync.Once
}

// The frames and flags that matter (RFC 9113, section 6).
const (
	frameData      = 0
	frameHeaders   = 1
	frameReset     = 3
	frameWindow    = 8
	flagEndStream  = 0x1
	flagsOfPadding = 0x8 | 0x20
	frameHead      = 9
	h2Preface      = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
)

// frame is one of HTTP/2, head included.
type frame []byte

func (f frame) kind() byte   { return f[3] }
func (f frame) flags() byte  { return f[4] }
func (f frame) stream() bool { return f[5]&0x7f != 0 || f[6] != 0 || f[7] != 0 || f[8] != 0 }

func lengthOf(head []byte) int { return int(head[0])<<16 | int(head[1])<<8 | int(head[2]) }

// newPatientConn makes nc one. Its goroutine ends with the connection.
func newPatientConn(nc net.Conn) *patientConn {
	c := &patientConn{Conn: nc, frames: make(chan frame), gone: make(chan struct{}), sent: make(chan struct{}), preface: len(h2Preface)}
	go c.receive()
	return c
}

// receive reads frames until the connection ends.
func (c *patientConn) receive() {
	defer close(c.frames)
	for {
		f := make(frame, frameHead)
		if _, c.err = io.ReadFull(c.Conn, f); c.err != nil {
			return
		}
		f = append(f, make([]byte, lengthOf(f))...)
		if _, c.err = io.ReadFull(c.Conn, f[frameHead:]); c.err != nil {
			return
		}
		select {
		case c.frames <- f:
		case <-c.gone:
			c.err = net.ErrClosed
			return
		}
	}
}

// Close implements io.Closer.
func (c *patientConn) Close() error {
	c.goneOnce.Do(func() { close(c.gone) })
	return c.Conn.Close()
}

// Read implements io.Reader.
// It is called by net/http's one reader, so ready, kept and keeps need no lock.
func (c *patientConn) Read(p []byte) (int, error) {
	for len(c.ready) == 0 {
		if err := c.await(); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.ready)
	c.ready = c.ready[n:]
	return n, nil
}

// await waits for the next frame, or for the end of the request.
func (c *patientConn) await() error {
	// A nil channel is never ready: without something kept back the end of the request
	// means nothing here.
	var sent <-chan struct{}
	if c.keeps {
		sent = c.sent
	}
	select {
	case <-sent:
		c.release()
	case f, ok := <-c.frames:
		if !ok {
			if c.release(); len(c.ready) > 0 {
				return nil
			}
			return c.err
		}
		c.take(f)
	}
	return nil
}

// take passes a frame on, or keeps it.
func (c *patientConn) take(f frame) {
	// Padding and priority move the header block: such a frame is passed on, as in doubt.
	if !c.keeps && f.kind() == frameHeaders && f.flags()&(flagEndStream|flagsOfPadding) == 0 && isRefusalHead(f[frameHead:]) {
		c.keeps = true
	}
	// Window updates pass in any case: without them the request would never be sent.
	if !c.keeps || !f.stream() || f.kind() == frameWindow {
		c.ready = append(c.ready, f...)
		return
	}
	c.kept = append(c.kept, f)
	ends := f.flags()&flagEndStream != 0 && (f.kind() == frameData || f.kind() == frameHeaders)
	if ends || f.kind() == frameReset {
		c.release()
	}
}

// release passes on what was kept back.
func (c *patientConn) release() {
	for _, f := range c.kept {
		c.ready = append(c.ready, f...)
	}
	c.kept, c.keeps = nil, false
	select {
	case <-c.sent:
	default:
		c.sentOnce.Do(func() { close(c.sent) }) // nothing is kept back any more
	}
}

// isRefusalHead reports whether a header block begins with a status of 300 and more:
// pseudo-headers come first (RFC 9113, section 8.3.2). In doubt it is none.
func isRefusalHead(block []byte) bool {
	for len(block) > 0 && block[0]&0xe0 == 0x20 { // the size of the table changes
		block = block[1:]
	}
	switch {
	case len(block) == 0:
		return false
	case block[0]&0x80 != 0: // of the static table: 200, 204, 206, 304, 400, 404, 500
		return block[0] >= 0x8b && block[0] <= 0x8e
	case len(block) < 3 || block[0] != 0x48 && block[0] != 0x08 && block[0] != 0x18:
		return false
	case block[1]&0x80 != 0: // in Huffman's code: 1 and 2 are 00001 and 00010
		return block[2]>>3 > 2
	}
	return block[2] >= '3'
}

// Write implements io.Writer. It looks for the end of the request.
// The frames are net/http's own, in pieces of any size.
func (c *patientConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	rest := p[:n]
	skip := min(c.preface, len(rest))
	c.preface -= skip
	if c.out.walk(rest[skip:]) {
		c.sentOnce.Do(func() { close(c.sent) })
	}
	return n, err
}

// frameWalk follows frames that pass in pieces.
type frameWalk struct {
	head []byte // of a frame, as much as is here
	left int    // of its payload
}

// walk reports whether p has the head of a frame that ends a stream.
func (w *frameWalk) walk(p []byte) (ends bool) {
	for len(p) > 0 {
		if w.left > 0 {
			n := min(w.left, len(p))
			w.left, p = w.left-n, p[n:]
			continue
		}
		n := min(frameHead-len(w.head), len(p))
		w.head, p = append(w.head, p[:n]...), p[n:]
		if len(w.head) < frameHead {
			continue
		}
		f := frame(w.head)
		ends = ends || f.flags()&flagEndStream != 0 && (f.kind() == frameData || f.kind() == frameHeaders)
		w.left, w.head = lengthOf(f), w.head[:0]
	}
	return ends
}

// patient is the transport for one request whose backend may refuse it before it has
// read the body. gRPC does not: what it refuses is a 200.
func (t *h2) patient(c *Request, a Try) *http.Transport {
	if a.Body == nil || strings.HasPrefix(c.Header.Get("Content-Type"), "application/grpc") {
		return t.http
	}
	return newH2Transport(func(ctx context.Context, _, _ string) (net.Conn, error) {
		nc, err := t.dial(ctx)
		if err != nil {
			return nil, err
		}
		return newPatientConn(nc), nil
	})
}
