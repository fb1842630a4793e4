package session

import (
	"context"
	"fmt"
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
func (r *logReader) Logs(ctx context.Context, q control.LogQuery, emit func(logmux.Line) error) error {
	query, err := r.query(q)
	if err != nil {
		return err
	}
	for line := range r.printer.Follow(ctx, query) {
		if err := emit(line); err != nil {
			return err
		}
	}
	return nil
}

func (r *logReader) query(q control.LogQuery) (query logmux.Query, err error) {
	query = logmux.Query{Services: q.Services, Tail: tailOf(q.Tail), Live: q.Follow}
	if q.Since > 0 {
		query.Since = time.Now().Add(-q.Since)
	}
	if q.Grep != "" {
		if query.Grep, err = regexp.Compile(q.Grep); err != nil {
			return query, fmt.Errorf("--grep: %w", err)
		}
	}
	for _, name := range q.Services {
		if name != logmux.Devgate && r.current.service(name) == nil {
			return query, r.current.setup().Unknown(name)
		}
	}
	return query, nil
}

// tailOf translates a number of lines: in a logmux.Query 0 means all of them.
func tailOf(n int) int {
	switch {
	case n < 0:
		return 0
	case n == 0:
		return -1
	}
	return n
}
