package session

import (
	"fmt"
	"strings"
	"time"

	"devgate/internal/event"
	"devgate/internal/logmux"
)

// whole notices when everything that is started is ready, and what keeps it from
// that. It belongs to the reporter.
type whole struct {
	current *current
	say     say
	began   time.Time
	limit   time.Duration    // after which it is said what is missing; 0: never
	late    <-chan time.Time // the limit is over
	ready   func(url string) // after that was said

	told bool // the ready line
}

// tellReady prints the one stable line once every backend is ready.
func (w *whole) tellReady(now map[string]event.Service) {
	if w.told || len(w.missing(now)) > 0 {
		return
	}
	w.told, w.late = true, nil
	url := w.current.setup().URL
	line := ReadyLine(url, w.current.backends(), time.Since(w.began))
	w.say("", strings.Replace(line, "ready", logmux.Good("ready"), 1))
	w.ready(url)
}

// ReadyLine is the one stable line that says that every backend is ready.
func ReadyLine(url string, backends int, took time.Duration) string {
	return fmt.Sprintf("ready %s (%s, %s)", url, count(backends, "backend"), seconds(took))
}

// missing are the backends that are not ready; without any backend, all
// services that are not.
func (w *whole) missing(now map[string]event.Service) []event.Service {
	var all []event.Service
	setup := w.current.setup()
	for _, service := range setup.Services {
		if !setup.started[service.Name] || isRemote(service) {
			continue
		}
		e, known := now[service.Name]
		counts := service.InCascade() || w.current.backends() == 0
		if counts && (!known || e.State != event.Ready && e.State != event.Done) {
			e.Name = service.Name
			all = append(all, e)
		}
	}
	return all
}

// tellLate says which services keep everything from being ready.
func (w *whole) tellLate(now map[string]event.Service) {
	w.late = nil // the ready line may still come
	for _, e := range w.missing(now) {
		text := fmt.Sprintf("not ready after %s: %s", w.limit, e.State)
		if e.Reason != "" {
			text += ": " + e.Reason
		}
		w.say(e.Name, text)
	}
}
