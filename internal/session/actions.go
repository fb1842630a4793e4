package session

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"devgate/internal/control"
	"devgate/internal/event"
	"devgate/internal/logmux"
	"devgate/internal/project"
	"devgate/procfile"
)

// actions answers what other devgates ask of this one.
type actions struct{ s *session }

// Status implements control.Actions.
func (d *actions) Status() control.Status {
	p := d.s.project()
	known := map[string]event.Service{}
	for _, e := range d.s.bus.Snapshot() {
		known[e.Name] = e
	}
	status := control.Status{Name: p.Name, URL: p.URL, PID: d.s.pid(), Services: []control.Service{}}
	for _, service := range p.Services {
		status.Services = append(status.Services, d.service(service, known[service.Name]))
	}
	status.State = overall(status.Services, d.s.isStopping())
	return status
}

func (d *actions) service(p *project.Service, e event.Service) control.Service {
	s := control.Service{
		Name: p.Name, Kind: d.kind(p), State: e.State, Restarts: e.Restarts, Reason: e.Reason, Since: e.Since,
		Port: orNil(p.Port), URL: orNil(p.URL), PID: orNil(e.PID),
	}
	if e.ReadyIn > 0 {
		ms := e.ReadyIn.Milliseconds()
		s.ReadyMS = &ms
	}
	if p.Kind() == procfile.Remote {
		s.State, s.Since = event.Ready, d.s.began // devgate does not look after it
	}
	if e.Exit != nil {
		s.Exit = &control.Exit{Code: e.Exit.Code, Signal: orNil(e.Exit.Signal), At: e.Exit.At}
	}
	return s
}

// kind is the service's; one of a Procfile is a worker as long as it does not
// listen.
func (d *actions) kind(p *project.Service) string {
	if p.JoinsWhenListening && !d.s.isBackend(p) {
		return procfile.Worker.String()
	}
	return p.Kind().String()
}

// orNil is the pointer to a value, or nil for a zero one.
func orNil[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// overall is the state of the project: failed when a service is, ready when
// none is on its way.
func overall(services []control.Service, stopping bool) event.State {
	if stopping {
		return event.Stopping
	}
	state := event.Ready
	for _, s := range services {
		switch {
		case s.State == event.Failed:
			return event.Failed
		case !s.State.Settled():
			state = event.Starting
		}
	}
	return state
}

// Do implements control.Actions.
func (d *actions) Do(ctx context.Context, verb control.Verb, names []string, wait bool) error {
	for _, name := range names {
		switch service := d.s.project().Service(name); {
		case service == nil:
			return fmt.Errorf("%w: %w", control.ErrUnknown, d.s.project().Unknown(name))
		case service.Kind() == procfile.Remote:
			return fmt.Errorf("%s is not started by devgate: it has a url (%s)", name, service.URL)
		}
	}
	sub := d.s.bus.Subscribe()
	defer sub.Close()
	asked := time.Now()
	for _, name := range names {
		d.s.say(name, string(verb)+" asked for")
	}
	if err := d.act(verb, names); err != nil || !wait {
		return err
	}
	return settle(ctx, sub, verb, names, asked)
}

func (d *actions) act(verb control.Verb, names []string) error {
	by := event.Cause{By: event.Command}
	switch verb {
	case control.Start:
		return d.s.sup.Start(by, names...)
	case control.Stop:
		return d.s.sup.Stop(by, names...)
	}
	return d.s.sup.Restart(by, names...)
}

// settle returns when every service is where the verb wants it, or has failed
// to get there.
func settle(ctx context.Context, sub *event.Subscription, verb control.Verb, names []string, asked time.Time) error {
	open := map[string]bool{}
	for _, name := range names {
		open[name] = true
	}
	var errs []error
	look := func(e event.Event) {
		if over, err := settled(e, verb, asked); open[e.Service.Name] && over {
			delete(open, e.Service.Name)
			errs = append(errs, err)
		}
	}
	for _, service := range sub.Snapshot {
		look(event.Event{Service: service})
	}
	for len(open) > 0 {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case e, more := <-sub.C:
			if !more {
				return sub.Err()
			}
			look(e)
		}
	}
	return errors.Join(errs...)
}

// settled reports whether a verb's work on a service is over. A restart is not
// over in a state that was entered before it was asked for.
func settled(e event.Event, verb control.Verb, asked time.Time) (over bool, err error) {
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

// Logs implements control.Actions.
func (d *actions) Logs(ctx context.Context, q control.LogQuery, emit func(control.Line) error) error {
	query, err := d.query(q)
	if err != nil {
		return err
	}
	for line := range d.s.printer.Follow(ctx, query) {
		if err := emit(control.Line{At: line.At, Service: line.Service, Stream: line.Stream, Text: line.Text, Styled: line.Styled, Continued: line.Continued}); err != nil {
			return err
		}
	}
	return nil
}

func (d *actions) query(q control.LogQuery) (query logmux.Query, err error) {
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
		if name != logmux.Devgate && d.s.project().Service(name) == nil {
			return query, d.s.project().Unknown(name)
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

// Down implements control.Actions.
func (d *actions) Down() { d.s.end(ErrDown) }

var _ control.Actions = (*actions)(nil)
