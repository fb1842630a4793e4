package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"devgate/internal/control"
	"devgate/proxy"
)

// Explain implements control.Inspector.
func (d *desk) Explain(ctx context.Context, q control.Question) (json.RawMessage, error) {
	e, err := d.s.gateway.Explain(ctx, q.Method, q.Target, q.Header, bytes.NewReader(q.Body))
	if err != nil {
		return nil, err
	}
	e.At = time.Time{} // it is now
	return json.Marshal(e)
}

// Requests implements control.Inspector.
func (d *desk) Requests(ctx context.Context, follow bool, emit func(json.RawMessage) error) error {
	give := func(e proxy.Exchange) error {
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		return emit(line)
	}
	// Live ones are asked for first, so that none falls between; those that are
	// in both are told apart by their number.
	live := d.s.gateway.Follow(ctx)
	var last uint64
	for _, e := range d.s.gateway.Requests() {
		if last = e.ID; give(e) != nil {
			return nil
		}
	}
	if !follow {
		return nil
	}
	for e := range live {
		if e.ID <= last {
			continue
		}
		if err := give(e); err != nil {
			return err
		}
	}
	return nil
}
