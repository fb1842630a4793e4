package front

import (
	"io"
	"net/http"
	"sync"
	"time"

	"devgate/proxy/message"
)

// body is that of a request. Its Read may be called by any goroutine, one at a time.
type body struct {
	c       *conn
	request *http.Request // gets the trailer

	mu       sync.Mutex
	left     int64            // of a known length
	chunks   *message.Chunked // nil: the length is known
	expected bool             // the client waits for a consent
	err      error            // sticky; io.EOF at the end
}

func newBody(c *conn, h *message.RequestHead) *body {
	b := &body{c: c, left: h.Length}
	switch {
	case h.Length < 0:
		b.chunks = message.NewChunked(c.br)
	case h.Length == 0:
		b.err = io.EOF
	}
	b.expected = h.Length != 0 && h.ExpectsContinue()
	return b
}

// over reports whether there is nothing to read, and never was.
func (b *body) over() bool { return b.err == io.EOF }

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.next(p)
}

// next is Read. The lock is held.
func (b *body) next(p []byte) (int, error) {
	if b.err != nil || len(p) == 0 {
		return 0, b.err
	}
	if b.expected {
		b.expected = false
		b.c.client.interject("HTTP/1.1 100 Continue\r\n\r\n")
	}
	n, err := b.read(p)
	if err != nil {
		b.end(err)
	}
	return n, err
}

func (b *body) read(p []byte) (n int, err error) {
	if b.chunks != nil {
		return b.chunks.Read(p)
	}
	n, err = b.c.br.Read(p[:min(int64(len(p)), b.left)])
	if b.left -= int64(n); b.left == 0 {
		return n, io.EOF
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// end is at the end of the body, or where it breaks off.
func (b *body) end(err error) {
	b.err = err
	if err != io.EOF {
		return
	}
	if b.chunks != nil && len(b.chunks.Trailer) > 0 {
		b.request.Trailer = message.HeaderOf(b.chunks.Trailer)
	}
	b.c.watch.bodyEnds()
}

// behind are the fields of the trailer.
func (b *body) behind() []message.Field {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.chunks == nil || b.err != io.EOF {
		return nil
	}
	return b.chunks.Trailer
}

// Close implements io.Closer. What is left is read by finish.
func (b *body) Close() error { return nil }

const (
	// restMax is how much of a body nobody wanted is read, so that the connection can be
	// used again.
	restMax = 256 << 10
	// restPatience is for how long.
	restPatience = time.Second
)

// isLong reports whether the connection cannot be used again as nobody has read the
// body.
func (b *body) isLong() bool {
	if !b.mu.TryLock() {
		return true // somebody waits for it, and the answer does not wait for him
	}
	defer b.mu.Unlock()
	return b.err == nil && (b.expected || b.left > restMax) || b.err != nil && b.err != io.EOF
}

// finish reads what is left of the body; false: the connection cannot be used again.
// Who reads after it gets an error: the connection is not the body's any more, and what
// was thrown away is not to be taken for the end of the whole.
func (b *body) finish() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == io.EOF {
		return true
	}
	over := b.discard()
	b.err = http.ErrBodyReadAfterClose
	return over
}

// discard reads what nobody wants; false: it is too much, or breaks off. The lock is
// held.
func (b *body) discard() bool {
	// A client that waits for a consent may send the body, or another request.
	if b.err != nil || b.expected || b.left > restMax {
		return false
	}
	b.c.nc.SetReadDeadline(time.Now().Add(restPatience))
	n, err := io.CopyN(io.Discard, locked{b}, restMax+1)
	b.c.nc.SetReadDeadline(time.Time{})
	return err == io.EOF && n <= restMax
}

// locked is a body whose lock is held.
type locked struct{ *body }

// Read implements io.Reader.
func (l locked) Read(p []byte) (int, error) { return l.next(p) }
