package session

import (
	"context"

	"devgate/internal/logmux"
	"devgate/internal/port"
	"devgate/internal/project"
	"devgate/internal/watch"
	"devgate/procfile"
	"devgate/proxy"
	"devgate/supervisor"
)

// gatewayConfig translates the top of the Devgatefile and its backends.
func (s *session) gatewayConfig(p *project.Project) proxy.Config {
	f := p.File
	cfg := proxy.Config{
		Name: p.Name, Static: p.Static, Hosts: f.Hosts, Speculate: f.Speculate, Logf: s.logf,
		// 0 means none in a Devgatefile and the default in a proxy.Config.
		Hold: max(f.Hold, 1), ReplayLimit: max(f.ReplayLimit, 1),
	}
	if f.NotFound == procfile.NotFoundPass {
		cfg.NotFound = proxy.Pass
	}
	for _, service := range p.Services {
		if service.InCascade() {
			cfg.Backends = append(cfg.Backends, backend(service, s.reload.place(service)))
		}
	}
	return cfg
}

func backend(s *project.Service, port int) proxy.Backend {
	return proxy.Backend{
		Name: s.Name, Port: port, URL: s.Service.URL, Remote: s.Kind() == procfile.Remote,
		Paths: s.Paths, Final: s.Final, Fallthrough: s.Fallthrough, Optional: s.Optional,
		H2C: s.Protocol == procfile.H2C, SPA: fallbackMode(s.SPA),
	}
}

func fallbackMode(s procfile.SPA) proxy.SPA {
	switch s {
	case procfile.SPAOn:
		return proxy.On
	case procfile.SPAOff:
		return proxy.Off
	}
	return proxy.Auto
}

// watchTargets are the services that want to be restarted by changes, and the
// files that the project is made from.
func watchTargets(p *project.Project, inputs []string) []watch.Target {
	all := []watch.Target{{Name: logmux.Devgate, Dir: p.Root, Files: inputs}}
	for _, s := range p.Services {
		if len(s.Watch) > 0 {
			all = append(all, watch.Target{Name: s.Name, Dir: s.Dir, Patterns: s.Watch, Ignore: s.Ignore, Exclude: []string{s.Bin, s.Staged}})
		}
	}
	return all
}

// specs are the services that devgate starts.
func (s *session) specs(p *project.Project) []supervisor.Spec {
	var all []supervisor.Spec
	for _, service := range p.Services {
		if service.Kind() == procfile.Remote {
			continue
		}
		spec := s.spec(p, service)
		if service.RestartStyle == procfile.RestartOverlap {
			spec.Renew = func() (*supervisor.Spec, error) { return s.instance(p, service) }
		}
		all = append(all, spec)
	}
	return all
}

// instance is a service as one of its overlapping processes runs: on a port of
// its own.
func (s *session) instance(p *project.Project, service *project.Service) (*supervisor.Spec, error) {
	free, err := port.Free(map[int]bool{service.Port: true})
	if err != nil {
		return nil, err
	}
	spec := s.spec(p, p.Instance(service, free))
	return &spec, nil
}

func (s *session) spec(p *project.Project, service *project.Service) supervisor.Spec {
	command := func(args, env []string) *supervisor.Command {
		if args == nil {
			return nil
		}
		return &supervisor.Command{Args: args, Dir: service.Dir, Env: env}
	}
	w := s.wire(service)
	spec := supervisor.Spec{
		Name: service.Name, Version: s.reload.version(service.Name), Port: service.Port,
		Command: *command(service.Command, service.Env), Build: command(service.Build, service.BuildEnv), Stop: command(service.Stop, service.Env),
		After: startedHere(p, service.After), Once: service.Once, Restart: restartPolicy(service.Restart),
		Signal: service.StopSignal.Number, Grace: service.Grace,
		Stage: w.stage, Install: w.install,
		Output: w.output, Ready: w.readiness(), Observe: w.observe,
		Drain:      func(ctx context.Context) { s.gateway.Drain(ctx, service.Name) },
		Signalled:  func() { s.gateway.Interrupt(service.Name) },
		LastOutput: w.lastOutput, Inspect: inspect,
	}
	spec.Command.Terminal = s.terminals.of(service)
	if service.Port != 0 {
		spec.Release = w.release
	}
	return spec
}

// startedHere leaves out what devgate does not start: a remote is always there.
func startedHere(p *project.Project, names []string) []string {
	var all []string
	for _, name := range names {
		if p.Service(name).Kind() != procfile.Remote {
			all = append(all, name)
		}
	}
	return all
}

func restartPolicy(r procfile.Restart) supervisor.Restart {
	switch r {
	case procfile.RestartAlways:
		return supervisor.Always
	case procfile.RestartNever:
		return supervisor.Never
	}
	return supervisor.OnFailure
}
