package proxy

import (
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	drainMax  = 64 << 10              // of a refused answer's body
	drainTime = 50 * time.Millisecond // for its body to come
	quoteMax  = 2 << 10               // of it that the explaining page shows
)

// refusal is an answer that passed the request on and may yet be used.
type refusal struct {
	*reply
	rank int
}

// drop ends a refusal that is not used.
func (f *refusal) drop() { f.close() }

// keep takes a refused answer's body in, within limits, so that its connection
// is free for the next request; what does not come in time, or in that size,
// stays on the connection until it is known whether anybody wants it.
func (x *exchange) keep(rep *reply, last bool) {
	f := &refusal{reply: rep, rank: x.rank(rep.resp)}
	if rep.body != nil {
		rep.body.Close() // whatever it has not read it will not get
	}
	explains := x.explains()
	switch x.g.weak {
	case leaksEarlyHints:
		x.forwardEarly(rep.early)
	case closesRefusals:
		rep.close()
		return
	}
	if !last || explains {
		k := newKept(rep.resp.Body, x.g.draining)
		rep.resp.Body = k
		rep.visit.release()
		if explains {
			x.trace.last().answer = quote(k.have())
		}
	}
	if x.best == nil || f.rank >= x.best.rank {
		f, x.best = x.best, f
	}
	if f != nil {
		f.drop()
	}
}

// quote is the beginning of a body as text.
func quote(b []byte) string {
	b = b[:min(len(b), quoteMax)]
	for len(b) > 0 && !utf8.Valid(b) {
		if r, n := utf8.DecodeLastRune(b); r != utf8.RuneError || n > 1 {
			break
		}
		b = b[:len(b)-1]
	}
	return strings.ToValidUTF8(string(b), "\uFFFD")
}

// kept is a body whose beginning is in memory and whose rest, if there is any,
// is still with the backend.
type kept struct {
	rest   io.ReadCloser
	buf    []byte
	off    int
	err    error         // what reading ended with; nil: there may be more
	filled chan struct{} // closed when buf and err are set; nil: they are
}

// newKept waits up to patience for the beginning.
func newKept(body io.ReadCloser, patience time.Duration) *kept {
	k := &kept{rest: body}
	if b, ok := body.(interface{ buffered() bool }); ok && b.buffered() {
		k.fill()
		return k
	}
	k.filled = make(chan struct{})
	go func() { // ends when the body does, at the latest by Close
		defer close(k.filled)
		k.fill()
	}()
	if patience == 0 {
		return k
	}
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case <-k.filled:
		k.filled = nil
	case <-t.C:
	}
	return k
}

// fill reads up to drainMax bytes.
func (k *kept) fill() {
	for k.err == nil && len(k.buf) < drainMax {
		if len(k.buf) == cap(k.buf) {
			k.buf = slices.Grow(k.buf, k.growth())
		}
		var n int
		n, k.err = k.rest.Read(k.buf[len(k.buf):min(cap(k.buf), drainMax)])
		k.buf = k.buf[:len(k.buf)+n]
	}
}

// growth is by how much the buffer grows: to the size of the body where that is
// known, plus the byte that finds its end.
func (k *kept) growth() int {
	if b, ok := k.rest.(*answerBody); ok && len(k.buf) == 0 && b.left >= 0 {
		return int(min(b.left, drainMax)) + 1
	}
	return max(512, len(k.buf))
}

// have returns what has been read, if that is known by now.
func (k *kept) have() []byte {
	if k.filled != nil {
		return nil
	}
	return k.buf
}

// Read implements io.Reader.
func (k *kept) Read(p []byte) (int, error) {
	k.settle()
	if k.off < len(k.buf) {
		n := copy(p, k.buf[k.off:])
		k.off += n
		return n, nil
	}
	if k.err != nil {
		return 0, k.err
	}
	return k.rest.Read(p)
}

// settle waits for fill.
func (k *kept) settle() {
	if k.filled != nil {
		<-k.filled
		k.filled = nil
	}
}

// Close implements io.Closer. It returns after the filling has ended.
func (k *kept) Close() error {
	if k.filled != nil {
		cutBody(k.rest)
		k.settle()
	}
	return k.rest.Close()
}

// pauses implements pausing.
func (k *kept) pauses() bool {
	if k.filled != nil {
		return true
	}
	return k.off == len(k.buf) && k.err == nil
}
