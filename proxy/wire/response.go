package wire

import (
	"io"
	"net/http"
	"slices"
	"time"

	"devgate/proxy/message"
)

// PrefetchMax is how much of a body Prefetch takes into memory, in bytes.
const PrefetchMax = 64 << 10

// spliceMin is the rest of a body from which on it is worth to let the kernel
// move it.
const spliceMin = 256 << 10

// Response is the final answer of a backend. Its Body must be closed.
type Response struct {
	Status int
	Header http.Header
	Fields []message.Field // Header as it came, for its order and spelling; nil by HTTP/2
	Length int64           // of the body; -1: not known
	Raw    string          // Status and Header as they came; "" by HTTP/2
	Head   int             // bytes that they took on the wire; by HTTP/2, about
	Body   Body
}

// Body is the body of a Response. It is read by one goroutine; only Cut may be
// called by another. A body that is closed before its end costs its HTTP/1.1
// connection, one that was read to its end gives it back.
type Body struct {
	src source

	begun  bool // Prefetch was called; what follows is of no use before
	buf    []byte
	off    int
	err    error         // what prefetching ended with; nil: there may be more
	filled chan struct{} // closed when buf and err are set; nil: they are
	sample Sample        // of what Relay has passed on
}

// source is where a body comes from.
type source interface {
	io.ReadCloser
	// cut makes a Read that is under way in another goroutine fail.
	cut()
	// pauses reports whether the next Read may have to wait for the backend.
	pauses() bool
	// rest is how many bytes are still to come; -1: not known.
	rest() int64
	// whole reports, before the first Read, whether all of the body is here.
	whole() bool
	// trailer is what came behind the body, after its end; by HTTP/2 without fields.
	trailer() (http.Header, []message.Field)
	// detach lets the body live longer than the context of its request.
	detach()
}

// Read implements io.Reader.
func (b *Body) Read(p []byte) (int, error) {
	if !b.begun {
		return b.src.Read(p)
	}
	b.awaitFill()
	if b.off < len(b.buf) {
		n := copy(p, b.buf[b.off:])
		b.off += n
		return n, nil
	}
	if b.err != nil {
		return 0, b.err
	}
	return b.src.Read(p)
}

// Close implements io.Closer. It returns after Prefetch has ended.
func (b *Body) Close() error {
	if b.filled != nil {
		b.src.cut()
		b.awaitFill()
	}
	return b.src.Close()
}

// Cut breaks the body off from another goroutine: a Read that is under way, and
// every later one, fails.
func (b *Body) Cut() { b.src.cut() }

// Trailer returns the trailers, once the body has been read to its end, and as they
// came; by HTTP/2 without fields.
func (b *Body) Trailer() (http.Header, []message.Field) { return b.src.trailer() }

// Prefetch takes the beginning of the body into memory, up to PrefetchMax, so
// that a short one gives its connection back. What does not come within patience
// is waited for by the next Read. Called again, it only waits.
func (b *Body) Prefetch(patience time.Duration) {
	if !b.begun {
		b.begun = true
		if b.src.whole() {
			b.fill()
			return
		}
		filled := make(chan struct{})
		b.filled = filled
		go func() { // ends when the body does, at the latest by Close
			defer close(filled)
			b.fill()
		}()
	}
	b.awaitFillFor(patience)
}

// Detach lets the body live longer than the context given to RoundTrip, for whoever
// still has something to send.
func (b *Body) Detach() { b.src.detach() }

// Await waits for the end of what Prefetch takes in, until enough is closed.
func (b *Body) Await(enough <-chan struct{}, patience time.Duration) {
	b.Prefetch(0)
	if b.filled == nil {
		return
	}
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case <-b.filled:
		b.filled = nil
	case <-t.C:
	case <-enough:
	}
}

// Discard ends a body that nobody wants; what comes of it within patience is
// taken in, so that its connection can be used again.
func (b *Body) Discard(patience time.Duration) {
	b.Prefetch(patience)
	b.Close()
}

// Watch has Relay copy the first max bytes that it passes on, of length (-1: not
// known), as far as from allows.
func (b *Body) Watch(max int, length int64, from *Allowance) { b.sample = NewSample(max, length, from) }

// Relayed is what Relay has passed on, and hands its memory over to the caller.
func (b *Body) Relayed() Sample {
	s := b.sample
	b.sample = Sample{}
	return s
}

// Taken is what Prefetch has taken in, or could without waiting, as a sample; of a
// body that it is still taking in, nothing. Its bytes stay as they are when the body
// is closed.
func (b *Body) Taken() Sample {
	if b.filled != nil {
		return Sample{}
	}
	if !b.begun && b.src.whole() {
		b.begun = true
		b.fill()
	}
	return Sample{Bytes: b.buf, Size: int64(len(b.buf)), Whole: b.err == io.EOF}
}

// Prefetched returns what Prefetch has taken in; nothing while it goes on.
func (b *Body) Prefetched() []byte {
	if b.filled != nil {
		return nil
	}
	return b.buf
}

// fill reads up to PrefetchMax bytes.
func (b *Body) fill() {
	for b.err == nil && len(b.buf) < PrefetchMax {
		if len(b.buf) == cap(b.buf) {
			b.buf = slices.Grow(b.buf, b.growth())
		}
		var n int
		n, b.err = b.src.Read(b.buf[len(b.buf):min(cap(b.buf), PrefetchMax)])
		b.buf = b.buf[:len(b.buf)+n]
	}
}

// growth is by how much the buffer grows: to the size of the body where that is
// known, plus the byte that finds its end.
func (b *Body) growth() int {
	if rest := b.src.rest(); rest >= 0 && len(b.buf) == 0 {
		return int(min(rest, PrefetchMax)) + 1
	}
	return max(512, len(b.buf))
}

func (b *Body) awaitFill() {
	if b.filled != nil {
		<-b.filled
		b.filled = nil
	}
}

func (b *Body) awaitFillFor(patience time.Duration) {
	if b.filled == nil || patience == 0 {
		return
	}
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case <-b.filled:
		b.filled = nil
	case <-t.C:
	}
}

// pauses reports whether the next Read may have to wait for the backend.
func (b *Body) pauses() bool {
	switch {
	case !b.begun:
		return b.src.pauses()
	case b.filled != nil:
		return true
	}
	return b.off == len(b.buf) && b.err == nil
}

// Relay copies the body to w, the client. Before each wait for the backend, and
// before it returns the backend's error, it calls flush, so that what was said
// is there.
func (b *Body) Relay(w io.Writer, flush func()) error {
	buf := getBuffer()
	defer putBuffer(buf)
	for {
		if b.pauses() {
			flush()
		}
		if done, err := b.splice(w); done {
			return err
		}
		n, err := b.Read(*buf)
		if n > 0 {
			if _, err := w.Write((*buf)[:n]); err != nil {
				return err
			}
			// After the write: nobody waits for the copy.
			b.sample.Add((*buf)[:n])
		}
		if err == io.EOF {
			b.sample.Whole = true
			return nil
		}
		if err != nil {
			flush() // so that the client sees the head, and then the cut
			return err
		}
	}
}

// splice hands a long rest of known length to the kernel, where it can move
// bytes from one socket to the other.
func (b *Body) splice(w io.Writer) (done bool, err error) {
	src, ok := b.src.(*h1Body)
	if !ok || b.begun || b.sample.Wants() > 0 {
		return false, nil
	}
	cn, left := src.plain()
	to, ok := w.(io.ReaderFrom)
	if cn == nil || left < spliceMin || !ok {
		return false, nil
	}
	n, err := to.ReadFrom(&io.LimitedReader{R: cn.Conn, N: left})
	b.sample.Skip(n)
	if err = src.moved(n, err); err == io.EOF {
		err, b.sample.Whole = nil, true
	}
	return true, err
}
