package session

import (
	"context"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"time"

	"devgate/internal/control"
	"devgate/internal/logmux"
)

// logReader shows what services have printed, and what they print.
type logReader struct {
	current *current
	printer *logmux.Printer
	isOlder func(logmux.Line) bool // than the newest build, or process, of its service
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
	if q.Newest {
		return r.newest(ctx, query), nil
	}
	return r.printer.Follow(ctx, query), nil
}

// newest are the lines without those that are older than what runs.
func (r *logReader) newest(ctx context.Context, q logmux.Query) iter.Seq[[]logmux.Line] {
	return func(yield func([]logmux.Line) bool) {
		for batch := range r.printer.Follow(ctx, q) {
			if batch = slices.DeleteFunc(batch, r.isOlder); len(batch) > 0 && !yield(batch) {
				return
			}
		}
	}
}
