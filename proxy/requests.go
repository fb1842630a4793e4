package proxy

import (
	"context"
	"iter"
)

// Requests returns the last 500 exchanges that have ended, the oldest first.
// Event streams and upgraded connections are among them from their beginning.
func (g *Gateway) Requests() []Exchange { return g.recorder.all() }

// Follow yields every exchange that ends after the call, until ctx ends or the
// loop does. It holds no request up: a reader that falls more than 500 behind
// misses the oldest, and Lost of the next says how many.
func (g *Gateway) Follow(ctx context.Context) iter.Seq[Exchange] {
	n := g.recorder.end()
	return func(yield func(Exchange) bool) {
		for ctx.Err() == nil {
			e, at, more := g.recorder.next(n)
			if more == nil {
				n = at + 1
				if !yield(e) {
					return
				}
				continue
			}
			select {
			case <-more:
			case <-ctx.Done():
			}
		}
	}
}

// Detail returns what is kept of a request that has ended; false when its record
// is forgotten. With Config.Keep, heads and the bodies of requests and of answers
// that failed (status 400 and above) are kept, and while somebody looks all bodies.
// The oldest give way to newer ones: of such a request only the record is left,
// with an empty Target.
func (g *Gateway) Detail(id uint64) (Detail, bool) {
	e, text, ok := g.recorder.find(id)
	if !ok {
		return Detail{}, false
	}
	d := Detail{Exchange: e, Request: Message{Size: -1}, Answer: Message{Size: -1}, Answers: make([]Message, len(e.Cascade))}
	if text != nil {
		readDetail(text, &d)
		return d, true
	}
	for i, a := range e.Cascade {
		if a.Status != 0 {
			d.Answers[i].Size = -1
		}
	}
	return d, true
}

// Look says that somebody looks at requests: all bodies are kept until done, which
// may be called more than once.
func (g *Gateway) Look() (done func()) { return g.recorder.look() }
