package session

import (
	"context"
	"fmt"
	"time"

	"devgate/internal/event"
	"devgate/internal/project"
	"devgate/proxy"
	"devgate/supervisor/probe"
)

// backends tells the gateway how the services in the cascade stand.
type backends struct {
	gateway *proxy.Gateway
	current *current
	tail    func(service string) []string // of its output
	say     say
}

// preset says how services stand before their first event: what is not started
// has no place in the cascade.
func (b *backends) preset(services []*project.Service) {
	started := b.current.setup().started
	for _, service := range services {
		switch {
		case isRemote(service) || !service.InCascade():
		case !started[service.Name]:
			b.gateway.SetState(service.Name, proxy.State{Phase: proxy.Absent})
		default:
			b.gateway.SetState(service.Name, proxy.State{Phase: proxy.Waiting, Reason: "starting"})
		}
	}
}

// observe passes a state on before anything happens that it leads to.
func (b *backends) observe(service *project.Service, e event.Service) {
	if !service.InCascade() || service.JoinsWhenListening && e.State == event.Ready && !b.current.hasJoined(e.Name) {
		return
	}
	b.gateway.SetState(e.Name, b.stateOf(e))
}

// drain returns when no request needs the service's old process any more, at the
// latest with ctx.
func (b *backends) drain(ctx context.Context, service string) { b.gateway.Drain(ctx, service) }

// interrupt says that the service's old process is about to be told to end.
func (b *backends) interrupt(service string) { b.gateway.Interrupt(service) }

// stateOf says what to do with requests for a backend in a state.
func (b *backends) stateOf(e event.Service) proxy.State {
	reason := e.State.String()
	if e.Reason != "" {
		reason += ": " + e.Reason
	}
	switch {
	case e.State == event.Ready:
		return proxy.State{Phase: proxy.Ready, Port: e.Port}
	case e.State == event.Stopping && e.Returning:
		return proxy.State{Phase: proxy.Waiting, Reason: "restarting"}
	case e.State == event.Stopping || e.State.Settled():
		stopped := e.State == event.Stopped || e.State == event.Stopping
		return proxy.State{Phase: proxy.Down, Stopped: stopped, Reason: reason, Log: b.tail(e.Name)}
	}
	return proxy.State{Phase: proxy.Waiting, Reason: reason, Log: b.tail(e.Name)}
}

// joinInterval is how often a worker of a Procfile is looked at: has it begun
// to listen?
const joinInterval = 250 * time.Millisecond

// joinLater takes a service out of the cascade that does not listen; the returned
// function puts it in once it does. ctx ends with the process.
func (b *backends) joinLater(ctx context.Context, service *project.Service) (watch func()) {
	b.gateway.SetState(service.Name, proxy.State{Phase: proxy.Absent})
	return func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(joinInterval):
			}
			if probe.TCP(service.Port)(ctx) == nil && ctx.Err() == nil {
				b.current.join(service.Name)
				b.gateway.SetState(service.Name, proxy.State{Phase: proxy.Ready, Port: service.Port})
				b.say(service.Name, fmt.Sprintf("listens on port %d and joins the cascade", service.Port))
				return
			}
		}
	}
}
