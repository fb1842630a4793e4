package session

import (
	"fmt"
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
	limit   time.Duration    // after which it is said what is missing; 0: never
	late    <-chan time.Time // the limit is over
	ready   func(url string) // after that was said

	told bool // the ready line
}

// tellReady prints the one stable line once every backend is ready.
func (s *startup) tellReady(now map[string]event.Service) {
	if s.told || len(s.missing(now)) > 0 {
		return
	}
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

// missing are the backends that are not ready; without any backend, all
// services that are not.
func (s *startup) missing(now map[string]event.Service) []event.Service {
	var all []event.Service
	setup := s.current.setup()
	for _, service := range setup.Services {
		if !setup.started[service.Name] || isRemote(service) {
			continue
		}
		e, known := now[service.Name]
		counts := service.InCascade() || s.current.backends() == 0
		if counts && (!known || e.State != event.Ready && e.State != event.Done) {
			e.Name = service.Name
			all = append(all, e)
		}
	}
	return all
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
