package session

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"devgate/internal/project"
	"devgate/procfile"
)

// setup is a project as it runs: what the Devgatefile says, and what is kept
// over reloads. It is never changed; a reload puts another in its place.
type setup struct {
	*project.Project
	first    []string        // what is started at first; nil: all
	started  map[string]bool // first, and what that is after, over all steps
	versions map[string]int  // by service: counts the processes that reloads have made necessary
	ports    map[string]int  // by backend: the port by which the gateway knows it
}

// newSetup is the setup of a session that begins.
func newSetup(p *project.Project, first []string) *setup {
	return (&setup{first: first}).with(p)
}

// with is the setup for another project after this one.
func (s *setup) with(p *project.Project) *setup {
	next := &setup{Project: p, first: s.first, versions: map[string]int{}, ports: map[string]int{}}
	// started follows the file: a service that is new in it is started if the ones asked
	// for are after it, or if all are.
	next.started = withAfter(p, next.first)
	maps.Copy(next.versions, s.versions)
	maps.Copy(next.ports, s.ports)
	for _, service := range p.Services {
		// A backend keeps its first port at the gateway. Where its process is, its
		// state says; were it told here, the gateway would leave a process that
		// still serves while its successor is built.
		if next.ports[service.Name] == 0 {
			next.ports[service.Name] = service.Port
		}
	}
	return next
}

// withAfter are services and what they are after, over all steps; of nil, all.
func withAfter(p *project.Project, names []string) map[string]bool {
	all := map[string]bool{}
	queue := slices.Clone(names)
	if names == nil {
		queue = namesOf(p)
	}
	// A service that does not exist was refused when the file was read.
	for ; len(queue) > 0; queue = queue[1:] {
		if service := p.Service(queue[0]); service != nil && !all[service.Name] {
			all[service.Name] = true
			queue = append(queue, service.After...)
		}
	}
	return all
}

func namesOf(p *project.Project) []string {
	names := make([]string, len(p.Services))
	for i, service := range p.Services {
		names[i] = service.Name
	}
	return names
}

// startedNames are the services that are started at first, in order.
func (s *setup) startedNames() []string {
	return slices.DeleteFunc(namesOf(s.Project), func(name string) bool { return !s.started[name] })
}

// cascade is who is asked, in order, of what is started; for people.
func (s *setup) cascade() string {
	var steps []string
	for _, service := range s.Services {
		switch {
		case isRemote(service):
			steps = append(steps, service.Name+" "+service.URL)
		case service.InCascade() && s.started[service.Name]:
			steps = append(steps, fmt.Sprintf("%s :%d", service.Name, service.Port))
		}
	}
	if s.File.Format == procfile.Procfile {
		// Which of them answer is not known yet, and the ports are guesses.
		return strings.Join(steps, " → ") + "  (those that answer)"
	}
	if s.Static != "" {
		steps = append(steps, s.File.Static+"/")
	}
	return strings.Join(steps, " → ")
}

func isRemote(service *project.Service) bool { return service.Kind() == procfile.Remote }
