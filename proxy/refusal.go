package proxy

import (
	"strings"
	"time"
	"unicode/utf8"
)

const (
	drainTime = 50 * time.Millisecond // for a refused answer's body to come
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
		rep.resp.Body.Prefetch(x.g.draining)
		rep.lease.release()
		if explains {
			x.trace.last().answer = quote(rep.resp.Body.Prefetched())
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
