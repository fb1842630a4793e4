package session

import (
	"context"
	"errors"
	"slices"
	"time"

	"devgate/internal/control"
	"devgate/internal/event"
	"devgate/internal/project"
)

// waiter tells when services are ready.
type waiter struct {
	current *current
	bus     *event.Bus
	status  func() control.Status
}

// errLimit ends a wait that is answered with what is missing.
var errLimit = errors.New("the limit is over")

// Wait implements control.Actions.
func (w *waiter) Wait(ctx context.Context, names []string, limit time.Duration) (control.Readiness, error) {
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, limit, errLimit)
		defer cancel()
	}
	events := w.bus.Subscribe() // before the first look, so that nothing comes in between
	// A func, as events is replaced in the loop.
	defer func() { events.Close() }()
	for {
		answer, over, err := w.look(names)
		if err != nil || over {
			return answer, err
		}
		select {
		case <-ctx.Done():
			if cause := context.Cause(ctx); !errors.Is(cause, errLimit) {
				return answer, cause
			}
			return answer, nil
		case _, more := <-events.C:
			if !more { // too much has happened at once: how it stands now counts
				events = w.bus.Subscribe()
			}
		}
	}
}

// look reports how it stands, and whether that decides.
func (w *waiter) look(names []string) (answer control.Readiness, over bool, err error) {
	setup := w.current.setup()
	for _, name := range names {
		if setup.Service(name) == nil {
			return answer, false, control.NewError(control.Unknown, setup.Unknown(name))
		}
	}
	answer.Status = w.status()
	if answer.Status.State == event.Stopping {
		return answer, false, &control.Error{Kind: control.Stopping, Text: "devgate is stopping"}
	}
	v := viewOf(setup.Project, answer.Status.Services)
	// namesOf makes a new list, which open may cut.
	open := v.open(names, namesOf(setup.Project))
	for _, name := range open {
		v.miss(name)
	}
	answer.Missing = []string{}
	for _, s := range answer.Status.Services {
		if v.missing[s.Name] {
			answer.Missing = append(answer.Missing, s.Name)
		}
	}
	answer.Ready = len(open) == 0
	// Decided when nothing that is missing can still come by itself; then waiting longer
	// would tell nothing new.
	return answer, !slices.ContainsFunc(open, func(name string) bool { return !v.stuck(name) }), nil
}

// view is how services are at one moment.
type view struct {
	project *project.Project
	states  map[string]event.State
	late    map[string]bool // ready, and not in the newest version: whether that is on its way
	missing map[string]bool // what keeps somebody waiting
}

func viewOf(p *project.Project, services []control.Service) *view {
	v := &view{project: p, states: map[string]event.State{}, late: map[string]bool{}, missing: map[string]bool{}}
	for _, s := range services {
		v.states[s.Name] = s.State
		if s.State == event.Ready && (s.Updating || s.Outdated) {
			v.late[s.Name] = s.Updating
		}
	}
	return v
}

// isReady reports whether a service is where others start that are after it.
func (v *view) isReady(name string) bool {
	return v.states[name] == event.Ready || v.states[name] == event.Done
}

// isCurrent reports whether a service is where somebody waits for it: ready in its
// newest version. Who has saved a file wants to see that, and no older one.
func (v *view) isCurrent(name string) bool {
	_, late := v.late[name]
	return v.isReady(name) && !late
}

// open are the services that somebody waits for: those that are named and not ready,
// or of no names those that are to run. One that nobody has started, that was stopped
// or has ended without an error is not to run.
func (v *view) open(names, all []string) []string {
	if len(names) > 0 {
		return slices.DeleteFunc(slices.Clone(names), v.isCurrent)
	}
	return slices.DeleteFunc(all, func(name string) bool {
		return v.isCurrent(name) || v.states[name] == event.Stopped || v.states[name] == event.Exited
	})
}

// stuck reports whether a service that somebody waits for stays as it is until somebody
// acts.
func (v *view) stuck(name string) bool {
	if updating, late := v.late[name]; late {
		return !updating
	}
	if v.states[name] == event.Waiting {
		// after has no circles: the file was refused otherwise.
		return slices.ContainsFunc(v.waitedFor(name), v.stuck)
	}
	return v.states[name].Settled()
}

// miss notes a service that somebody waits for, and what that waits for.
func (v *view) miss(name string) {
	if v.isCurrent(name) || v.missing[name] {
		return
	}
	v.missing[name] = true
	if v.states[name] == event.Waiting {
		for _, other := range v.waitedFor(name) {
			v.miss(other)
		}
	}
}

// waitedFor are those that a service which waits is after, and that are not ready.
func (v *view) waitedFor(name string) []string {
	return slices.DeleteFunc(slices.Clone(v.project.Service(name).After), v.isReady)
}
