package supervisor

import (
	"slices"
	"time"

	"devgate/internal/event"
)

// Reconcile makes specs the services from now on, as after an edited
// Devgatefile. Services that are not among them are stopped, in reverse order
// of After, and forgotten once they are gone: the bus tells it as
// event.Removed. Of the new ones those named in start are started, with those
// that they are after. Of the others only those get a new process whose Version
// has changed, unless somebody has stopped them.
func (s *Supervisor) Reconcile(specs []Spec, start []string) {
	s.box.put(order{specs: &specs, names: start})
}

// Those that leave stay among the specs until they are down: others may still be after
// them.
func (s *Supervisor) reconcile(specs []Spec, start []string) {
	leaving := slices.DeleteFunc(slices.Clone(s.specs), func(old Spec) bool {
		return slices.ContainsFunc(specs, func(spec Spec) bool { return spec.Name == old.Name })
	})
	for _, spec := range leaving {
		s.removed[spec.Name] = true
	}
	s.specs = append(slices.Clone(specs), leaving...)
	var fresh []string
	for i := range specs {
		if s.declare(&specs[i]) && slices.Contains(start, specs[i].Name) {
			fresh = append(fresh, specs[i].Name)
		}
	}
	// Started before anything is stopped, so that what both need is not ended in between.
	s.start(event.Cause{By: event.Reload}, fresh)
	s.stopRemoved()
	s.startWaiting()
}

// declare adds a service or gives it its new spec. It reports whether the
// service is new, or was on its way out.
func (s *Supervisor) declare(spec *Spec) (fresh bool) {
	service := s.services[spec.Name]
	if service == nil {
		// The actor runs at once; whether it starts anything is said by start.
		s.launch(s.add(*spec))
		return true
	}
	// A change of Version is acted on by the actor itself, see replace.
	service.box.put(message{what: replaced, spec: spec})
	fresh = s.removed[spec.Name]
	// It was on its way out and is wanted again: it is as good as new.
	delete(s.removed, spec.Name)
	delete(s.told, spec.Name)
	return fresh
}

// stopRemoved tells every removed service to stop that no other removed one
// needs any more, and forgets those that are down.
func (s *Supervisor) stopRemoved() {
	for name := range s.removed {
		switch {
		case isDown(s.state[name]):
			s.forget(name)
		case !s.told[name] && !s.neededByRemoved(name):
			s.told[name] = true
			s.services[name].box.put(message{in: inStop})
		}
	}
}

// A removed service is stopped after those that need it, as on the way down.
func (s *Supervisor) neededByRemoved(name string) bool {
	for other := range s.removed {
		if slices.Contains(s.spec(other).After, name) && !isDown(s.state[other]) {
			return true
		}
	}
	return false
}

// forget ends the actor of a service that is down; Run waits for it.
func (s *Supervisor) forget(name string) {
	s.services[name].box.put(message{what: quit})
	// The last view goes with the event: who has shown the service can say what it was.
	last := s.state[name]
	s.mu.Lock()
	delete(s.services, name)
	s.mu.Unlock()
	delete(s.state, name)
	delete(s.removed, name)
	delete(s.told, name)
	s.specs = slices.DeleteFunc(s.specs, func(spec Spec) bool { return spec.Name == name })
	s.bus.Publish(event.Event{At: time.Now(), Kind: event.Removed, Service: last})
}
