package supervisor

import (
	"fmt"
	"time"

	"devgate/internal/event"
)

// noteExit decides what the end of the process's leader leads to. What is left
// of its tree ends without being told.
func (s *service) noteExit(m message) {
	s.view.PID, s.view.Started, s.view.Exit = 0, time.Time{}, &m.exit
	if s.run.ending { // asked for: no crash
		s.publish()
		return
	}
	s.letGo(s.run)
	if !s.machine.updates() {
		s.why = "it had ended: " + m.exit.String()
	}
	// Ready and nothing newer under way: what is said of the next start is said of the
	// crash, and not of the edit that started this one.
	if s.machine.state == event.Ready && !s.machine.updates() { // what it was started for is over
		s.cause = event.Cause{By: event.Ended}
	}
	in, delay := s.crashes.outcome(m.exit, m.ran, s.spec.Restart, s.spec.Once)
	s.delay = delay
	how, next := m.exit.String(), ""
	switch in {
	case inGaveUp:
		how = s.whyGivenUp(m.exit)
	case inCrashed:
		next = fmt.Sprintf("; starts again in %s", delay)
	}
	if in == inGaveUp || m.exit.Failure() {
		s.noteFailed(how)
	}
	s.reason = how + next
	s.apply(in)
}

func (s *service) whyGivenUp(e event.Exit) string {
	switch {
	case s.spec.Restart == Never:
		return e.String()
	case commandNotFound(e):
		return fmt.Sprintf("command not found or not executable (%s)", e)
	}
	return fmt.Sprintf("%s, %d times in a row", e, QuickExits)
}

// noteFailure is a build or a start that did not work out. A failed build
// beside a running version changes no state, so it is told as a notice.
func (s *service) noteFailure(m message) {
	if m.in == inSpawnFailed {
		if s.run.ending { // it was not to start any more
			return
		}
		s.letGo(s.run)
	}
	before := s.machine.state
	s.reason = m.text
	s.noteFailed(m.text)
	s.apply(m.in)
	// The version that runs has stayed: the failure is news, and no state.
	if s.machine.state == before {
		s.tellUpdateFailed(m.text)
	}
}

// tellUpdateFailed says why a new version came to nothing: what runs goes back
// to what it was started for.
func (s *service) tellUpdateFailed(why string) {
	s.cause = s.run.cause
	s.view.Updating, s.view.Outdated = s.machine.updates(), true
	s.tell(event.Event{At: time.Now(), Kind: event.UpdateFailed, Service: s.view, Text: why + "; the old version keeps running"})
}
