package session

import (
	"sync"
	"sync/atomic"
	"time"

	"devgate/internal/project"
)

// current is the setup that runs, and which services of a Procfile have turned
// out to be backends.
type current struct {
	now atomic.Pointer[setup]

	mu     sync.Mutex
	joined map[string]bool // have listened, and so are in the cascade
}

func newCurrent(s *setup) *current {
	c := &current{joined: map[string]bool{}}
	c.now.Store(s)
	return c
}

// setup is what runs: the Devgatefile as it was last valid.
func (c *current) setup() *setup { return c.now.Load() }

// service is the one with the name, or nil.
func (c *current) service(name string) *project.Service { return c.setup().Service(name) }

// hold is how long a request waits for a service that is on its way.
func (c *current) hold() time.Duration { return c.setup().File.Hold }

// replace puts another setup in place.
func (c *current) replace(s *setup) { c.now.Store(s) }

// join marks a service of a Procfile as a backend.
func (c *current) join(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.joined[name] = true
}

func (c *current) hasJoined(name string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.joined[name]
}

// isBackend: in the cascade; a process of a Procfile is once it has listened.
func (c *current) isBackend(service *project.Service) bool {
	return service.InCascade() && (!service.JoinsWhenListening || c.hasJoined(service.Name))
}

// backends counts those that are started at first.
func (c *current) backends() (n int) {
	s := c.setup()
	for _, service := range s.Services {
		if s.started[service.Name] && c.isBackend(service) {
			n++
		}
	}
	return n
}
