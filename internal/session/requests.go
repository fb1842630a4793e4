package session

import (
	"bytes"
	"context"
	"iter"
	"time"

	"devgate/internal/control"
	"devgate/internal/logmux"
	"devgate/proxy"
)

// inspector tells about requests, and sends them again.
type inspector struct {
	gateway  *proxy.Gateway
	backends func() []string // their names
	logs     func(ctx context.Context, q logmux.Query) iter.Seq[[]logmux.Line]
}

// Explain implements control.Inspector.
func (i *inspector) Explain(ctx context.Context, q control.Question) (control.Explanation, error) {
	e, err := i.gateway.Explain(ctx, q.Method, q.Target, q.Header, bytes.NewReader(q.Body))
	if err != nil {
		return control.Explanation{}, err
	}
	explained := i.explanation(ctx, e)
	// Its record was made for the list, where the time counts.
	explained.At = time.Time{} // it is now
	return explained, nil
}

// Requests implements control.Inspector.
func (i *inspector) Requests(ctx context.Context, q control.RequestQuery) iter.Seq[[]control.Exchange] {
	return func(yield func([]control.Exchange) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel() // also when whoever reads has had enough
		// Live ones are asked for first, so that none falls between; those that are
		// in both are told apart by their number.
		live := i.gateway.Follow(ctx)
		var past []control.Exchange
		var last uint64
		for _, e := range i.gateway.Requests() {
			last = e.ID
			past = append(past, exchangeOf(e))
		}
		if len(past) > 0 && !yield(past) || !q.Follow {
			return
		}
		// live ends with ctx, and so does this.
		for e := range live {
			if e.ID > last && !yield([]control.Exchange{exchangeOf(e)}) {
				return
			}
		}
	}
}

// exchangeOf translates the gateway's record.
func exchangeOf(e proxy.Exchange) control.Exchange {
	attempts := make([]control.Attempt, len(e.Cascade))
	for i, a := range e.Cascade {
		attempts[i] = control.Attempt{Backend: a.Backend, Status: a.Status, MS: milliseconds(a.Duration), Note: a.Note}
	}
	return control.Exchange{
		ID: e.ID, At: e.At, Method: e.Method, Path: e.Path, Status: e.Status, Backend: e.Backend, Learned: e.Learned,
		MS: milliseconds(e.Duration), HeldMS: milliseconds(e.Held), ReplayOf: e.ReplayOf, Attempts: attempts,
	}
}

// milliseconds rounds to hundredths.
func milliseconds(d time.Duration) float64 {
	return float64(d.Round(10*time.Microsecond)) / float64(time.Millisecond)
}
