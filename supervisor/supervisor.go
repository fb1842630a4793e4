package supervisor

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"devgate/internal/event"
)

// ErrUnknownService is returned for a name that no Spec has.
var ErrUnknownService = errors.New("no such service")

// Supervisor runs services until its context ends. Make one with New, call
// Run once; the other methods may be called from any goroutine, before, during
// and after Run.
// Orders come from any goroutine and from the actors; Run's goroutine takes them in
// the order in which they came.
type Supervisor struct {
	bus     *event.Bus
	starter Starter
	slots   chan struct{} // for builds
	box     *mailbox[order]

	mu       sync.Mutex // guards services against those who look names up
	services map[string]*service

	// What follows is owned by Run's goroutine.
	specs    []Spec // in declared order; those that are being removed come last
	state    map[string]event.Service
	removed  map[string]bool // no longer declared, and not gone yet
	told     map[string]bool // has been told to stop: removed, or all are on the way down
	stopping bool
	actors   sync.WaitGroup
}

// order is a message to the supervisor: what a service tells, or what somebody
// wants of some services.
type order struct {
	event *event.Event
	from  *service // of event
	in    input
	cause event.Cause
	names []string
	specs *[]Spec // to reconcile with; names are those to start
}

// New makes a supervisor that publishes what happens on bus.
func New(specs []Spec, bus *event.Bus, starter Starter) *Supervisor {
	s := &Supervisor{
		// Builds use several processors each; two at once is the least, so that a build
		// that hangs does not stop all others.
		bus: bus, starter: starter, box: newMailbox[order](), slots: make(chan struct{}, max(2, runtime.NumCPU()/2)),
		services: map[string]*service{}, state: map[string]event.Service{}, told: map[string]bool{}, removed: map[string]bool{},
	}
	for _, spec := range specs {
		s.add(spec)
	}
	s.specs = specs
	return s
}

// add makes a service; its actor is not running yet.
func (s *Supervisor) add(spec Spec) *service {
	var service *service
	// An event says from whom it is: after a removal the name may be another service's.
	service = newService(spec, s.starter, s.slots, func(e event.Event) { s.box.put(order{event: &e, from: service}) })
	s.mu.Lock()
	defer s.mu.Unlock()
	s.services[spec.Name] = service
	s.state[spec.Name] = service.view
	return service
}

// launch runs a service's actor and makes it known.
func (s *Supervisor) launch(service *service) {
	// A service that is to start at first is "waiting" by now, and its first event says so.
	s.bus.Publish(event.Event{At: time.Now(), Service: s.state[service.spec.Name]})
	s.actors.Go(service.loop)
}

// Run starts the services named in first, with those that they are after (nil:
// all), and acts until ctx ends. Then it stops everything in reverse order
// and returns after the last process and goroutine are gone.
func (s *Supervisor) Run(ctx context.Context, first []string) error {
	if first == nil {
		first = s.names()
	}
	s.start(event.Cause{By: event.Devgate}, first) // before anybody hears of a service that seems to be stopped
	for _, spec := range s.specs {
		s.launch(s.services[spec.Name])
	}
	// A nil channel is never ready: ctx is looked at once.
	down := ctx.Done()
	for !s.stopping || !s.allDown() {
		select {
		case <-down:
			down, s.stopping = nil, true
			s.stopNext()
		case <-s.box.ready:
			for _, o := range s.box.take() {
				s.handle(o)
			}
		}
	}
	s.dismiss()
	return nil
}

// dismiss ends every actor and waits for them. What they tell until then is passed
// on, and a kill reaches them.
func (s *Supervisor) dismiss() {
	// quit ends an actor's loop as soon as all of it is down.
	for _, service := range s.services {
		service.box.put(message{what: quit})
	}
	over := make(chan struct{})
	go func() { // ends with the actors
		defer close(over)
		s.actors.Wait()
	}()
	for {
		select {
		case <-over:
			return
		case <-s.box.ready:
			for _, o := range s.box.take() {
				s.handle(o)
			}
		}
	}
}

// Start starts services that do not run, with those that they are after.
func (s *Supervisor) Start(by event.Cause, names ...string) error { return s.ask(inStart, by, names) }

// Stop stops services; those that depend on them keep running.
func (s *Supervisor) Stop(by event.Cause, names ...string) error { return s.ask(inStop, by, names) }

// Restart gives services a new process, or a first one; a build comes first,
// while the old process runs.
func (s *Supervisor) Restart(by event.Cause, names ...string) error {
	return s.ask(inRestart, by, names)
}

// Changed tells that files changed which the services watch. It is a Restart
// that leaves alone what somebody has stopped.
// What was stopped by hand stays so.
func (s *Supervisor) Changed(by event.Cause, names ...string) error {
	return s.ask(inChange, by, names)
}

// Kill ends every process now, without grace. It does not end Run.
func (s *Supervisor) Kill() { s.box.put(order{in: inKill}) }

func (s *Supervisor) ask(in input, by event.Cause, names []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range names {
		if s.services[name] == nil {
			return fmt.Errorf("%s: %w", name, ErrUnknownService)
		}
	}
	s.box.put(order{in: in, cause: by, names: names})
	return nil
}

func (s *Supervisor) names() []string {
	names := make([]string, len(s.specs))
	for i, spec := range s.specs {
		names[i] = spec.Name
	}
	return names
}

func (s *Supervisor) handle(o order) {
	switch {
	case o.event != nil:
		// A late word of a removed service would make one of the same name seem to be
		// something else.
		if s.services[o.event.Service.Name] == o.from { // else removed, and perhaps declared again
			s.note(*o.event)
		}
	case o.in == inKill:
		s.send(inKill, o.cause, s.names())
	case s.stopping: // nothing starts on the way down
	case o.specs != nil:
		s.reconcile(*o.specs, o.names)
	case o.in == inStart:
		s.start(o.cause, o.names)
	default:
		s.send(o.in, o.cause, o.names)
	}
}

// start brings services up with what they are after. Those that do not run
// count as waiting from now on, so that nobody is said to wait for a stopped one.
// After is over all steps: what is needed by what is needed is started, too.
func (s *Supervisor) start(by event.Cause, names []string) {
	names = s.withAfter(names)
	for _, name := range names {
		if view := s.state[name]; atRest(view.State) {
			view.State = event.Waiting
			s.state[name] = view
		}
	}
	s.send(inStart, by, names)
}

func (s *Supervisor) send(in input, by event.Cause, names []string) {
	for _, name := range names {
		// A name may be gone by now: its order has nothing to do.
		if service := s.services[name]; service != nil {
			service.box.put(message{in: in, cause: by})
		}
	}
}

// note records what a service tells, passes it on and does what follows from
// it for the others.
func (s *Supervisor) note(e event.Event) {
	if e.Kind == event.Asked {
		e.Service = s.state[e.Service.Name] // nothing about it is new, and it may be said to wait already
	}
	if e.Service.State == event.Waiting {
		e.Service.Reason = s.waitsFor(e.Service.Name)
	}
	s.state[e.Service.Name] = e.Service
	s.bus.Publish(e)
	switch {
	case e.Kind != event.StateChanged:
	case s.stopping:
		s.stopNext()
	default:
		// In this order: what is removed may be what others wait for.
		s.stopRemoved()
		s.startWaiting()
	}
}

// startWaiting lets every service go whose After is complete, and keeps the
// reason of the others true.
func (s *Supervisor) startWaiting() {
	for _, spec := range s.specs {
		view := s.state[spec.Name]
		if view.State != event.Waiting {
			continue
		}
		switch reason := s.waitsFor(spec.Name); reason {
		case "":
			s.services[spec.Name].box.put(message{in: inDeps})
		case view.Reason:
		default:
			view.Reason = reason
			s.state[spec.Name] = view
			s.bus.Publish(event.Event{At: time.Now(), Service: view})
		}
	}
}

// waitsFor says which of the services that name is after are missing; "" when
// none is.
func (s *Supervisor) waitsFor(name string) string {
	var missing []string
	for _, dep := range s.spec(name).After {
		switch state := s.state[dep].State; state {
		case event.Ready, event.Done:
		case event.Failed, event.Stopped, event.Exited:
			missing = append(missing, fmt.Sprintf("%s (%s)", dep, state))
		default:
			missing = append(missing, dep)
		}
	}
	if missing == nil {
		return ""
	}
	return "waits for " + strings.Join(missing, ", ")
}

func (s *Supervisor) spec(name string) *Spec {
	i := slices.IndexFunc(s.specs, func(spec Spec) bool { return spec.Name == name })
	return &s.specs[i]
}

// withAfter adds what the services are after, over all steps.
func (s *Supervisor) withAfter(names []string) []string {
	var all []string
	for queue := slices.Clone(names); len(queue) > 0; queue = queue[1:] {
		// A queue and not a recursion, so that a name is visited once.
		if service := s.services[queue[0]]; service != nil && !slices.Contains(all, queue[0]) {
			all = append(all, queue[0])
			queue = append(queue, s.spec(queue[0]).After...)
		}
	}
	return all
}

// stopNext tells every service to stop that nobody needs any more: all that
// depend on it are down.
// Called again whenever something is down: that frees those it was after.
func (s *Supervisor) stopNext() {
	for _, spec := range s.specs {
		if !s.told[spec.Name] && !s.needed(spec.Name) {
			s.told[spec.Name] = true
			// Also to one that seems down: a start may be on its way to it.
			s.services[spec.Name].box.put(message{in: inStop})
		}
	}
}

func (s *Supervisor) needed(name string) bool {
	for _, spec := range s.specs {
		if slices.Contains(spec.After, name) && !isDown(s.state[spec.Name]) {
			return true
		}
	}
	return false
}

func (s *Supervisor) allDown() bool {
	for _, service := range s.state {
		if !isDown(service) {
			return false
		}
	}
	return true
}
