package session

import (
	"context"

	"devgate/internal/event"
	"devgate/internal/port"
	"devgate/internal/project"
	"devgate/procfile"
	"devgate/supervisor"
)

// specs makes what the supervisor runs services by: it joins each hook of a Spec
// with the part that does the work.
type specs struct {
	current   *current
	outputs   *outputs
	checks    *checks
	backends  *backends
	relays    *relays
	terminals *terminals
	edits     *edits
}

// of are the services that devgate starts.
func (f *specs) of(s *setup) []supervisor.Spec {
	var all []supervisor.Spec
	for _, service := range s.Services {
		if isRemote(service) {
			continue
		}
		spec := f.spec(s, service)
		// The instance is made when it is needed: each process gets a port that is free
		// then.
		if service.RestartStyle == procfile.RestartOverlap {
			spec.Renew = func() (*supervisor.Spec, error) { return f.instance(s, service) }
		}
		all = append(all, spec)
	}
	return all
}

// instance is a service as one of its overlapping processes runs: on a port of
// its own.
func (f *specs) instance(s *setup, service *project.Service) (*supervisor.Spec, error) {
	free, err := port.Free(map[int]bool{service.Port: true})
	if err != nil {
		return nil, err
	}
	one, err := s.Instance(service, free)
	if err != nil {
		return nil, err
	}
	spec := f.spec(s, one)
	return &spec, nil
}

// spec is a service, or one process of it, with its hooks.
func (f *specs) spec(s *setup, service *project.Service) supervisor.Spec {
	spec := plainSpec(s, service)
	output := f.outputs.open(service.Name, service.Ready.Log)
	spec.Command.Terminal = f.terminals.of(service)
	spec.Stage = func() error { return stage(service) }
	spec.Install = func() error { return install(service) }
	spec.Building = func(by event.Cause) func(supervisor.Result) { return f.edits.building(service.Name, by) }
	spec.Starting = func() { f.edits.starting(service.Name) }
	spec.Output, spec.LastOutput = output.sinks, output.last
	spec.Ready = f.checks.of(service, output)
	// Relay first: when the gateway learns that a service is ready, connections get
	// there.
	spec.Observe = func(e event.Service) {
		f.relays.follow(e)
		f.backends.observe(service, e)
		if spec.Ready != nil {
			f.edits.ready(e)
		}
	}
	spec.Drain = func(ctx context.Context) { f.backends.drain(ctx, service.Name) }
	spec.Signalled = func() { f.backends.interrupt(service.Name) }
	spec.Inspect = inspect
	if service.Port != 0 {
		spec.Release = func(ctx context.Context, say func(string)) error {
			// Whoever has the port may be another program, for which nothing is to be
			// stopped.
			if service.PortGuessed && !f.current.hasJoined(service.Name) {
				return nil // nobody knows yet that the port is its own
			}
			return f.relays.release(ctx, service, f.current.service(service.Name), f.current.hold, say)
		}
	}
	return spec
}
