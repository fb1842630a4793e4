package session

import (
	"context"
	"syscall"

	"devgate/internal/guard"
)

// watchGuard ends the session when the guard is gone. The returned function
// ends the watching and waits for it.
func (s *session) watchGuard() (stop func()) {
	if !s.options.Guarded {
		return func() {}
	}
	watching := background(func(ctx context.Context) error {
		if guard.Lost(ctx) == nil {
			s.say("", "the devgate that owned the terminal is gone: stopping")
			s.end(&SignalError{syscall.SIGKILL})
		}
		return nil
	})
	return watching.stop
}
