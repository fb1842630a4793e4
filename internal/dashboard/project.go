package dashboard

import (
	"context"
	"iter"

	"devgate/internal/control"
	"devgate/internal/logmux"
)

// Project is what the dashboard shows, and what it can do about it: what
// control.Actions says of the same methods holds here. They are called from several
// goroutines at once.
type Project interface {
	Status() control.Status
	// Changes yields the status now, and again after each change.
	Changes(ctx context.Context) iter.Seq[control.Status]
	Do(ctx context.Context, verb control.Verb, names []string, wait bool) error
	Logs(ctx context.Context, q control.LogQuery) (iter.Seq[[]logmux.Line], error)
	Requests(ctx context.Context, q control.RequestQuery) iter.Seq[[]control.Exchange]
	Detail(id uint64, secrets bool) (control.Detail, error)
	Replay(ctx context.Context, id uint64, backend string) (control.Explanation, error)
	// Look says that somebody looks, until done.
	Look() (done func())
}
