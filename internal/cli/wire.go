package cli

import (
	"context"

	"devgate/internal/project"
	"devgate/internal/watch"
	"devgate/procfile"
	"devgate/proxy"
	"devgate/supervisor"
)

// gatewayConfig translates the top of the Devgatefile and its backends.
func gatewayConfig(p *project.Project, logf func(string, ...any)) proxy.Config {
	f := p.File
	cfg := proxy.Config{
		Name: p.Name, Static: p.Static, Hosts: f.Hosts, Speculate: f.Speculate, Logf: logf,
		// 0 means none in a Devgatefile and the default in a proxy.Config.
		Hold: max(f.Hold, 1), ReplayLimit: max(f.ReplayLimit, 1),
	}
	if f.NotFound == procfile.NotFoundPass {
		cfg.NotFound = proxy.Pass
	}
	for _, s := range p.Services {
		if s.InCascade() {
			cfg.Backends = append(cfg.Backends, backend(s))
		}
	}
	return cfg
}

func backend(s *project.Service) proxy.Backend {
	return proxy.Backend{
		Name: s.Name, Port: s.Port, URL: s.Service.URL, Remote: s.Kind() == procfile.Remote,
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

// watchTargets are the services that want to be restarted by changes.
func watchTargets(p *project.Project) []watch.Target {
	var all []watch.Target
	for _, s := range p.Services {
		if len(s.Watch) > 0 {
			all = append(all, watch.Target{Name: s.Name, Dir: s.Dir, Patterns: s.Watch, Ignore: s.Ignore, Exclude: []string{s.Bin}})
		}
	}
	return all
}

// specs are the services that devgate starts.
func (s *session) specs() []supervisor.Spec {
	var all []supervisor.Spec
	for _, service := range s.project.Services {
		if service.Kind() != procfile.Remote {
			all = append(all, s.spec(service))
		}
	}
	return all
}

func (s *session) spec(service *project.Service) supervisor.Spec {
	command := func(args []string) supervisor.Command {
		return supervisor.Command{Args: args, Dir: service.Dir, Env: service.Env}
	}
	optional := func(args []string) *supervisor.Command {
		if args == nil {
			return nil
		}
		c := command(args)
		return &c
	}
	w := &wiring{session: s, service: service}
	s.wirings[service.Name] = w
	spec := supervisor.Spec{
		Name: service.Name, Command: command(service.Command), Build: optional(service.Build), Stop: optional(service.Stop),
		After: s.startedHere(service.After), Once: service.Once, Restart: restartPolicy(service.Restart),
		Signal: service.StopSignal.Number, Grace: service.Grace,
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
func (s *session) startedHere(names []string) []string {
	var all []string
	for _, name := range names {
		if s.project.Service(name).Kind() != procfile.Remote {
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
