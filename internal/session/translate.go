package session

import (
	"strconv"

	"devgate/internal/logmux"
	"devgate/internal/project"
	"devgate/internal/watch"
	"devgate/procfile"
	"devgate/proxy"
	"devgate/supervisor"
)

// gatewayConfig translates the top of the Devgatefile and its backends.
func gatewayConfig(s *setup, logf func(string, ...any)) proxy.Config {
	f := s.File
	cfg := proxy.Config{
		Name: s.Name, Static: s.Static, Hosts: f.Hosts, Speculate: f.Speculate, Keep: f.Dashboard.Enabled, Logf: logf,
		// 0 means none in a Devgatefile and the default in a proxy.Config.
		// One nanosecond, and one byte, are as good as none.
		Hold: max(f.Hold, 1), ReplayLimit: max(f.ReplayLimit, 1),
	}
	if f.NotFound == procfile.NotFoundPass {
		cfg.NotFound = proxy.Pass
	}
	for _, service := range s.Services {
		if service.InCascade() {
			cfg.Backends = append(cfg.Backends, backend(service, s.ports[service.Name]))
		}
	}
	return cfg
}

func backend(s *project.Service, port int) proxy.Backend {
	return proxy.Backend{
		Name: s.Name, Port: port, URL: s.Service.URL, Remote: isRemote(s),
		Paths: s.Paths, Final: s.Final, Fallthrough: s.Fallthrough, Optional: s.Optional,
		H2C: s.Protocol == procfile.H2C, SPA: fallbackMode(s.SPA), Unverified: s.Service.URL != nil && !s.Verify,
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
	// Named as devgate itself, so that a change of it leads to a reload and not to a
	// service.
	all := []watch.Target{{Name: logmux.Devgate, Dir: p.Root, Files: inputs}}
	for _, s := range p.Services {
		if len(s.Watch) > 0 {
			// What a build makes of it is no edit, wherever {bin} lies.
			all = append(all, watch.Target{Name: s.Name, Dir: s.Dir, Patterns: s.Watch, Ignore: s.Ignore, Exclude: []string{s.Bin, s.Staged}})
		}
	}
	return all
}

// plainSpec is a service as the supervisor runs it, without hooks.
func plainSpec(s *setup, service *project.Service) supervisor.Spec {
	command := func(written procfile.Command, args, env []string) *supervisor.Command {
		if args == nil {
			return nil
		}
		return &supervisor.Command{Args: args, Dir: service.Dir, Env: env, Refused: service.Refused(written)}
	}
	written := service.Service
	return supervisor.Spec{
		// Reconcile compares versions: only a version that differs leads to another
		// process.
		Name: service.Name, Version: strconv.Itoa(s.versions[service.Name]), Port: service.Port,
		// A service without a command is remote, and never comes here.
		Command: *command(written.Command, service.Command, service.EnvFor("command")), Build: command(written.Build, service.Build, service.EnvFor("build")),
		Stop:  command(written.Stop, service.Stop, service.EnvFor("stop")),
		After: startedHere(s.Project, service.After), Once: service.Once, Restart: restartPolicy(service.Restart),
		Signal: service.StopSignal.Number, Grace: service.Grace,
	}
}

// startedHere leaves out what devgate does not start: a remote is always there.
func startedHere(p *project.Project, names []string) []string {
	var all []string
	for _, name := range names {
		if !isRemote(p.Service(name)) {
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
