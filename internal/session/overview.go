package session

import (
	"time"

	"devgate/internal/control"
	"devgate/internal/event"
	"devgate/internal/project"
	"devgate/procfile"
)

// overview tells how everything is.
type overview struct {
	current   *current
	bus       *event.Bus
	pid       int // that people see and signal
	began     time.Time
	stopping  func() bool
	dashboard func() string // its URL, or ""
}

// Status implements control.Actions.
func (o *overview) Status() control.Status {
	p := o.current.setup()
	status := control.Status{
		Name: p.Name, URL: p.URL, PID: o.pid, Dashboard: orNil(o.dashboard()), Services: []control.Service{}, Alias: orNil(p.Alias()),
	}
	for _, service := range p.Services {
		// The bus knows nothing of a service that devgate does not start, and of one that
		// is not started it has no event.
		e, known := o.bus.Service(service.Name)
		if !known && p.started[service.Name] { // its first event is on its way
			e.State, e.Since = event.Waiting, o.began
		}
		status.Services = append(status.Services, o.service(service, e))
	}
	waitsFor(p.Project, status.Services)
	status.State = overall(status.Services, o.stopping())
	return status
}

func (o *overview) service(p *project.Service, e event.Service) control.Service {
	s := control.Service{
		Name: p.Name, Kind: o.kind(p), State: e.State, Restarts: e.Restarts, Reason: e.Reason, Since: e.Since,
		Port: orNil(p.Port), URL: orNil(p.URL), PID: orNil(e.PID), Started: orNil(e.Started), WaitsFor: []string{},
		Updating: e.Updating, Outdated: e.Outdated,
		LastChange: moment(e.Past.Change), LastRestart: moment(e.Past.Restart), LastFailure: moment(e.Past.Failure),
	}
	if s.State == event.Ready {
		s.Reason = version(e)
	}
	if e.ReadyIn > 0 {
		ms := e.ReadyIn.Milliseconds()
		s.ReadyMS = &ms
	}
	if isRemote(p) {
		s.State, s.Since = event.Ready, o.began // devgate does not look after it
	}
	if e.Exit != nil {
		s.Exit = &control.Exit{Code: e.Exit.Code, Signal: orNil(e.Exit.Signal), At: e.Exit.At}
	}
	return s
}

// version says of a ready service which version of it that is, unless it is the newest.
func version(e event.Service) string {
	switch {
	case e.Outdated && e.Updating:
		return "an older version runs, a newer one is on its way"
	case e.Outdated:
		return "an older version runs: " + e.Past.Failure.Text
	case e.Updating:
		return "a newer version is on its way"
	}
	return e.Reason
}

func moment(m *event.Moment) *control.Moment {
	if m == nil {
		return nil
	}
	return &control.Moment{At: m.At, Text: m.Text}
}

// kind is the service's; one of a Procfile is a worker as long as it has not
// answered HTTP.
func (o *overview) kind(p *project.Service) string {
	if p.JoinsWhenAnswering && !o.current.isBackend(p) {
		return procfile.Worker.String()
	}
	return p.Kind().String()
}

// orNil is the pointer to a value, or nil for a zero one.
// In JSON there is a null then.
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
