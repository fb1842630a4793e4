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
