package session

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"devgate/internal/project"
)

// current is the setup that runs, and which services of a Procfile have turned
// out to be backends.
// The setup is replaced by a reload and read by everybody, so it is behind an atomic
// pointer; joining is rare and has a lock.
type current struct {
	now atomic.Pointer[setup]

	mu     sync.Mutex
	joined map[string][]string // with which command they have answered HTTP, and so are in the cascade
	next   chan struct{}       // closed at the next change; nil when nobody waits for one
}

func newCurrent(s *setup) *current {
	c := &current{joined: map[string][]string{}}
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
func (c *current) replace(s *setup) {
	c.now.Store(s)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.announce()
}

// changes is closed when another setup is in place, or another service is a
// backend. No event of a service tells that.
func (c *current) changes() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next == nil {
		c.next = make(chan struct{})
	}
	return c.next
}

// announce wakes who waits for a change. The lock is held.
func (c *current) announce() {
	if c.next != nil {
		close(c.next)
		c.next = nil
	}
}

// join marks a service of a Procfile as a backend.
func (c *current) join(service *project.Service) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.joined[service.Name] = slices.Clone(service.Command)
	c.announce()
}

// leave takes that back.
func (c *current) leave(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.joined, name)
	c.announce()
}

func (c *current) hasJoined(name string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.joined[name] != nil
}

// hasAnswered reports whether a service has joined with the command that it has now.
// Another command may be another program, and has to answer for itself.
func (c *current) hasAnswered(service *project.Service) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	command := c.joined[service.Name]
	return command != nil && slices.Equal(command, service.Command)
}

// isBackend: in the cascade; a process of a Procfile is once it has
// answered HTTP.
func (c *current) isBackend(service *project.Service) bool {
	return service.InCascade() && (!service.JoinsWhenAnswering || c.hasJoined(service.Name))
}

// backendNames are those in the cascade.
func (c *current) backendNames() (names []string) {
	for _, service := range c.setup().Services {
		if c.isBackend(service) {
			names = append(names, service.Name)
		}
	}
	return names
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
