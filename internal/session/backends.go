package session

import (
	"context"
	"fmt"

	"devgate/internal/event"
	"devgate/internal/project"
	"devgate/proxy"
)

// backends tells the gateway how the services in the cascade stand.
type backends struct {
	gateway *proxy.Gateway
	current *current
	pace    pace
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
	// A process of a Procfile is "ready" as a worker, too; a gateway that sends requests
	// there gets no answer.
	if !service.InCascade() || service.JoinsWhenAnswering && e.State == event.Ready && !b.current.hasJoined(e.Name) {
		return
	}
	if e.State == event.Ready {
		b.pace.note(e)
	}
	b.gateway.SetState(e.Name, b.stateOf(service, e))
}

// drain returns when no request needs the service's old process any more, at the
// latest with ctx.
func (b *backends) drain(ctx context.Context, service string) { b.gateway.Drain(ctx, service) }

// interrupt says that the service's old process is about to be told to end.
func (b *backends) interrupt(service string) { b.gateway.Interrupt(service) }

// stateOf says what to do with requests for a backend in a state.
func (b *backends) stateOf(service *project.Service, e event.Service) proxy.State {
	reason := e.State.String()
	if e.Reason != "" {
		reason += ": " + e.Reason
	}
	switch {
	case e.State == event.Ready:
		return proxy.State{Phase: proxy.Ready, Port: e.Port}
	// Returning: it is being stopped only to be started again, so requests wait instead
	// of failing.
	case e.State == event.Stopping && e.Returning:
		return proxy.State{Phase: proxy.Waiting, Reason: "restarting", Since: e.Since}
	// Stopping without a return is the end that somebody asked for; its page says so.
	case e.State == event.Stopping || e.State.Settled():
		return proxy.State{
			Phase: proxy.Down, Reason: reason, Since: e.Since,
			Stopped: e.State == event.Stopped || e.State == event.Stopping,
			Heeding: len(service.Watch) > 0 && e.HeedsChanges(),
		}
	}
	return proxy.State{Phase: proxy.Waiting, Reason: reason, Since: e.Since, Usual: b.pace.usual(e.Name, e.State)}
}

// leave takes a service of a Procfile out of the cascade, until it joins.
func (b *backends) leave(service *project.Service) {
	b.current.leave(service.Name)
	b.gateway.SetState(service.Name, proxy.State{Phase: proxy.Absent})
}

// join puts a service of a Procfile into the cascade that was a worker until now.
func (b *backends) join(service *project.Service) {
	b.current.join(service)
	b.gateway.SetState(service.Name, proxy.State{Phase: proxy.Ready, Port: service.Port})
	b.say(service.Name, fmt.Sprintf("answers HTTP on port %d and joins the cascade", service.Port))
}
