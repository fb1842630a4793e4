package session

import (
	"context"
	"iter"
	"reflect"

	"devgate/internal/control"
	"devgate/internal/event"
	"devgate/internal/project"
)

// Changes implements control.Actions.
func (o *overview) Changes(ctx context.Context) iter.Seq[control.Status] {
	return func(yield func(control.Status) bool) {
		// Both before the first look, so that nothing comes in between.
		events, setup := o.bus.Subscribe(), o.current.changes()
		defer func() { events.Close() }() // a func, as events is replaced
		var told *control.Status
		for {
			// Many events change nothing of it: they are notices.
			if now := o.Status(); told == nil || !reflect.DeepEqual(now, *told) {
				told = &now
				if !yield(now) {
					return
				}
			}
			select {
			case <-ctx.Done():
				return
			case <-setup:
				setup = o.current.changes()
			case _, more := <-events.C:
				if !more { // too much has happened at once: how it stands now counts
					events = o.bus.Subscribe()
				}
			}
			drain(events)
		}
	}
}

// drain takes what has come meanwhile: it is told together.
func drain(events *event.Subscription) {
	for {
		select {
		case _, more := <-events.C:
			if !more { // the next wait finds it closed, too
				return
			}
		default:
			return
		}
	}
}

// waitsFor says of each service that waits for others, for whom.
func waitsFor(p *project.Project, services []control.Service) {
	v := viewOf(p, services)
	for i := range services {
		if services[i].State == event.Waiting {
			services[i].WaitsFor = append([]string{}, v.waitedFor(services[i].Name)...) // never null
		}
	}
}
