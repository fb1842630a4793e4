package supervisor

import (
	"time"

	"devgate/internal/event"
)

// remember takes in what was asked for, and why.
func (s *service) remember(by event.Cause) {
	s.cause, s.why = by, by.Why()
	if changed := by.Changed(); changed != "" && by.By != event.Control {
		s.view.Past.Change = now(changed)
	}
}

// noteRestart is about a process that is not the first.
func (s *service) noteRestart(why string) {
	s.view.Restarts++
	s.view.Past.Restart = now(why)
}

// noteFailed is about a build, a start or a process.
func (s *service) noteFailed(how string) { s.view.Past.Failure = now(how) }

// now makes a new Moment each time: others hold those before.
func now(text string) *event.Moment { return &event.Moment{At: time.Now(), Text: text} }
