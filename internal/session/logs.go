package session

import (
	"context"
	"fmt"
	"iter"
	"regexp"
	"time"

	"devgate/internal/control"
	"devgate/internal/logmux"
)

// logReader shows what services have printed, and what they print.
type logReader struct {
	current *current
	printer *logmux.Printer
}

// Logs implements control.Actions.
func (r *logReader) Logs(ctx context.Context, q control.LogQuery) (iter.Seq[[]logmux.Line], error) {
	query := logmux.Query{Services: q.Services, Tail: q.Tail, Live: q.Follow, After: q.After}
	// Checked against the setup: a service that was removed has no name any more, though
	// its lines may still be in the file.
	for _, name := range q.Services {
		if name != logmux.Devgate && r.current.service(name) == nil {
			return nil, control.NewError(control.Unknown, r.current.setup().Unknown(name))
		}
	}
	if q.Since > 0 {
		query.Since = time.Now().Add(-q.Since)
	}
	if q.Grep != "" {
		pattern, err := regexp.Compile(q.Grep)
		if err != nil {
			return nil, control.NewError(control.Invalid, fmt.Errorf("grep: %w", err))
		}
		query.Grep = pattern
	}
	return r.printer.Follow(ctx, query), nil
}
