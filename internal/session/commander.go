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
	for _, name := range names {
		switch service := c.current.service(name); {
		case service == nil:
			return fmt.Errorf("%w: %w", control.ErrUnknown, c.current.setup().Unknown(name))
		case isRemote(service):
			return fmt.Errorf("%s is not started by devgate: it has a url (%s)", name, service.URL)
		}
	}
	events := c.bus.Subscribe()
	defer events.Close()
	asked := time.Now()
	for _, name := range names {
		c.say(name, string(verb)+" asked for")
	}
	if err := c.act(verb, names); err != nil || !wait {
		return err
	}
	return awaitOutcome(ctx, events, verb, names, asked)
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

// awaitOutcome returns when every service is where the verb wants it, or has failed
// to get there.
func awaitOutcome(ctx context.Context, events *event.Subscription, verb control.Verb, names []string, asked time.Time) error {
	open := map[string]bool{}
	for _, name := range names {
		open[name] = true
	}
	var errs []error
	look := func(e event.Event) {
		if over, err := isOver(e, verb, asked); open[e.Service.Name] && over {
			delete(open, e.Service.Name)
			errs = append(errs, err)
		}
	}
	for _, service := range events.Snapshot {
		look(event.Event{Service: service})
	}
	for len(open) > 0 {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case e, more := <-events.C:
			if !more {
				return events.Err()
			}
			look(e)
		}
	}
	return errors.Join(errs...)
}

// isOver reports whether a verb's work on a service is over. A restart is not
// over in a state that was entered before it was asked for.
func isOver(e event.Event, verb control.Verb, asked time.Time) (over bool, err error) {
	s := e.Service
	fresh := !s.Since.Before(asked)
	switch {
	case e.Kind == event.UpdateFailed:
		return verb == control.Restart, fmt.Errorf("%s: %s", s.Name, e.Text)
	case verb == control.Stop:
		return s.State != event.Ready && s.State.Settled() && (fresh || s.State == event.Stopped), nil
	case s.State == event.Ready || s.State == event.Done:
		return verb == control.Start || fresh, nil
	case s.State.Settled() && fresh:
		return true, fmt.Errorf("%s is %s: %s", s.Name, s.State, s.Reason)
	}
	return false, nil
}
