package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"devgate/internal/control"
	"devgate/internal/event"
)

// commander does to services what a command asks for.
type commander struct {
	current *current
	bus     *event.Bus
	runner  runner
	say     say
}

// runner runs services. Its methods return before the work is done.
type runner interface {
	Start(by event.Cause, names ...string) error
	Stop(by event.Cause, names ...string) error
	Restart(by event.Cause, names ...string) error
}

// Do implements control.Actions.
func (c *commander) Do(ctx context.Context, verb control.Verb, names []string, wait bool) error {
	// All names before anything is done: of "restart api wbe" neither is restarted.
	for _, name := range names {
		switch service := c.current.service(name); {
		case service == nil:
			return control.NewError(control.Unknown, c.current.setup().Unknown(name))
		case isRemote(service):
			return &control.Error{Kind: control.Refused, Text: fmt.Sprintf("%s is not started by devgate: it has a url (%s)", name, service.URL)}
		}
	}
	// Subscribed before the verb is carried out: nothing that follows from it is missed.
	events := c.bus.Subscribe()
	defer events.Close()
	asked := time.Now()
	for _, name := range names {
		c.say(name, string(verb)+" asked for")
	}
	if err := c.act(verb, names); err != nil || !wait {
		return err
	}
	return newOutcome(verb, asked, names...).await(ctx, c.bus, events)
}

func (c *commander) act(verb control.Verb, names []string) error {
	by := event.Cause{By: event.Command}
	switch verb {
	case control.Start:
		return c.runner.Start(by, names...)
	case control.Stop:
		return c.runner.Stop(by, names...)
	}
	return c.runner.Restart(by, names...)
}

// outcome is what becomes of a verb that was carried out on services.
type outcome struct {
	verb  control.Verb
	asked time.Time
	open  map[string]bool // services of which it is not known yet
	errs  []error
}

func newOutcome(verb control.Verb, asked time.Time, names ...string) *outcome {
	o := &outcome{verb: verb, asked: asked, open: map[string]bool{}}
	for _, name := range names {
		o.open[name] = true
	}
	return o
}

// await returns when every service is where the verb wants it, or has failed to
// get there. events were asked for before the verb was carried out.
func (o *outcome) await(ctx context.Context, bus *event.Bus, events *event.Subscription) error {
	o.lookAll(events.Snapshot)
	for len(o.open) > 0 {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case e, more := <-events.C:
			switch {
			case more:
				o.look(e)
			case !errors.Is(events.Err(), event.ErrLagged):
				return events.Err()
			default: // too much has happened at once: how it stands now counts
				events = bus.Subscribe()
				// The first subscription is closed already; the defers of several rounds
				// are few.
				defer events.Close()
				o.lookAll(events.Snapshot)
			}
		}
	}
	return errors.Join(o.errs...)
}

func (o *outcome) lookAll(services []event.Service) {
	// A snapshot has states and no events: it cannot be one of UpdateFailed.
	for _, service := range services {
		o.look(event.Event{Service: service})
	}
}

func (o *outcome) look(e event.Event) {
	if over, err := isOver(e, o.verb, o.asked); o.open[e.Service.Name] && over {
		delete(o.open, e.Service.Name)
		o.errs = append(o.errs, err)
	}
}

// isOver reports whether a verb's work on a service is over. A restart is not
// over in a state that was entered before it was asked for.
func isOver(e event.Event, verb control.Verb, asked time.Time) (over bool, err error) {
	s := e.Service
	// Before asked: the state that was there already. For start and stop it may be the
	// one that is wanted.
	fresh := !s.Since.Before(asked)
	switch {
	case e.Kind == event.Removed:
		return true, fmt.Errorf("%s is no longer in the Devgatefile", s.Name)
	// The old process still serves; for start and stop the update is somebody else's.
	case e.Kind == event.UpdateFailed:
		return verb == control.Restart, fmt.Errorf("%s: %s", s.Name, e.Text)
	case verb == control.Stop:
		return s.State != event.Ready && s.State.Settled() && (fresh || s.State == event.Stopped), nil
	case s.State == event.Ready || s.State == event.Done:
		return verb == control.Start || fresh, nil
	case s.State == event.Stopped && fresh: // by another command, or as devgate ends
		return true, fmt.Errorf("%s was stopped meanwhile", s.Name)
	case s.State.Settled() && fresh:
		return true, fmt.Errorf("%s is %s: %s", s.Name, s.State, s.Reason)
	}
	return false, nil
}
