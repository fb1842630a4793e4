package session

import (
	"context"
	"fmt"
	"time"

	"devgate/internal/project"
	"devgate/proxy"
	"devgate/supervisor/probe"
)

// joinInterval is how often a worker of a Procfile is looked at: has it begun
// to listen?
const joinInterval = 250 * time.Millisecond

// join marks a service of a Procfile as a backend.
func (s *session) join(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listening[name] = true
}

func (s *session) joined(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.listening[name]
}

// watchForJoin takes a service out of the cascade that does not listen, and
// into it once it does. ctx ends with the process.
func (s *session) watchForJoin(ctx context.Context, service *project.Service) {
	s.gateway.SetState(service.Name, proxy.State{Phase: proxy.Absent})
	s.tasks.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(joinInterval):
			}
			if probe.TCP(service.Port)(ctx) == nil {
				s.join(service.Name)
				s.gateway.SetState(service.Name, proxy.State{Phase: proxy.Ready, Port: service.Port})
				s.say(service.Name, fmt.Sprintf("listens on port %d and joins the cascade", service.Port))
				return
			}
		}
	})
}
