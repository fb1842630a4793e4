package supervisor

import (
	"fmt"
	"time"

	"devgate/internal/event"
)

// After how long a start or a stop that still lasts is explained.
const (
	slowStart     = 5 * time.Second
	verySlowStart = 30 * time.Second
	slowStop      = 3 * time.Second
)

// explainDelay says what a start or a stop is still waiting for.
func (s *service) explainDelay() {
	lasted := time.Since(s.waited()).Round(time.Second)
	if s.machine.state == event.Stopping {
		s.notice(fmt.Sprintf("still stopping after %s: pid %d has got %s", lasted, s.view.PID, s.stopWord()))
		return
	}
	text := fmt.Sprintf("still starting after %s", lasted)
	if s.successor != nil {
		text = fmt.Sprintf("the new version is still starting after %s", lasted)
	}
	if missing := s.newest().missing.Load(); missing != nil {
		text += ": " + *missing
	}
	if s.spec.LastOutput != nil {
		if line := s.spec.LastOutput(); line != "" {
			text += fmt.Sprintf("; last output: %q", line)
		} else {
			text += "; it has printed nothing"
		}
	}
	if pid := s.newest().pid(); s.spec.Inspect != nil && pid != 0 && lasted >= verySlowStart {
		text += "\n" + s.spec.Inspect(pid)
	}
	s.notice(text)
}

func (s *service) stopWord() string {
	if s.spec.Stop != nil {
		return "its stop command"
	}
	return SignalName(s.spec.signal())
}

// newest is the run that a slow start is about.
func (s *service) newest() *run {
	if s.successor != nil {
		return s.successor
	}
	return s.run
}

// waited is since when the service has been on its way to what it is to be.
func (s *service) waited() time.Time {
	if s.successor != nil {
		return s.successor.asked
	}
	return s.view.Since
}
