package session

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"devgate/internal/event"
	"devgate/internal/logmux"
)

// startup notices when everything that is started is ready, and what is late. It
// belongs to the reporter.
type startup struct {
	current *current
	say     say
	began   time.Time
	limit   time.Duration    // of --wait: after it, it is said what is missing; 0: there is none
	late    <-chan time.Time // the limit is over
	ready   func(url string) // after that was said

	told bool // the ready line
	sad  bool // it was said that it will not come by itself
}

// tell says what has come of the start: that everything is ready, or, to who waits
// for that, that it will not be so by itself.
func (s *startup) tell(now map[string]event.Service) {
	switch missing := s.missing(now); {
	case s.told:
	case len(missing) == 0:
		s.tellReady()
	// Said once, and only to who waits: without --wait each service has said it itself.
	case s.limit > 0 && !s.sad && slices.ContainsFunc(missing, isStuck) && !slices.ContainsFunc(missing, underWay):
		s.sad, s.late = true, nil
		s.say("", logmux.Bad("not everything is ready")+": "+statesOf(missing)+
			"\ndevgate stays up, so that a fix can be saved; Ctrl-C or devgate down stops it")
	}
}

// isStuck reports whether a service that is not ready stays so until somebody acts.
func isStuck(e event.Service) bool { return e.State.Settled() }

// underWay reports whether a service may still become ready without anybody's doing.
// One that waits is not: what it waits for is looked at, too.
func underWay(e event.Service) bool { return !e.State.Settled() && e.State != event.Waiting }

// statesOf lists services with their states.
func statesOf(all []event.Service) string {
	words := make([]string, len(all))
	for i, e := range all {
		words[i] = e.Name + " is " + e.State.String()
	}
	return strings.Join(words, ", ")
}

// tellReady prints the one stable line.
func (s *startup) tellReady() {
	s.told, s.late = true, nil
	url := s.current.setup().URL
	line := ReadyLine(url, s.current.backends(), time.Since(s.began))
	s.say("", strings.Replace(line, "ready", logmux.Good("ready"), 1))
	s.ready(url)
}

// ReadyLine is the one stable line that says that every backend is ready.
func ReadyLine(url string, backends int, took time.Duration) string {
	return fmt.Sprintf("ready %s (%s, %s)", url, count(backends, "backend"), seconds(took))
}

// missing are the backends that are not ready; without any backend, and for who waits
// until everything is ready, all services that are not.
func (s *startup) missing(now map[string]event.Service) []event.Service {
	var all []event.Service
	setup := s.current.setup()
	for _, service := range setup.Services {
		if !setup.started[service.Name] || isRemote(service) {
			continue
		}
		e, known := now[service.Name]
		// Without any backend the ready line would come at once and mean nothing, so all
		// services count.
		counts := service.InCascade() || s.limit > 0 || s.current.backends() == 0
		if counts && (!known || !s.isFine(e.State)) {
			e.Name = service.Name
			if !known {
				e.State = event.Waiting // its first event is on its way
			}
			all = append(all, e)
		}
	}
	return all
}

// isFine reports whether nobody waits for a service in this state. To --wait, as to
// `up --detach`, one that was stopped or has ended without an error is not to run.
func (s *startup) isFine(state event.State) bool {
	switch state {
	case event.Ready, event.Done:
		return true
	case event.Stopped, event.Exited:
		return s.limit > 0
	}
	return false
}

// tellLate says which services keep everything from being ready.
func (s *startup) tellLate(now map[string]event.Service) {
	s.late = nil // the ready line may still come
	for _, e := range s.missing(now) {
		text := fmt.Sprintf("not ready after %s: %s", s.limit, e.State)
		if e.Reason != "" {
			text += ": " + e.Reason
		}
		s.say(e.Name, text)
	}
}
