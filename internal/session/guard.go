package session

import (
	"context"
	"syscall"

	"devgate/internal/guard"
)

// watchGuard ends the session when the guard is gone.
func watchGuard(ctx context.Context, g *guard.Link, say say, end func(error)) error {
	if g.Lost(ctx) == nil {
		say("", "the devgate that owned the terminal is gone: stopping")
		end(&SignalError{syscall.SIGKILL})
	}
	return nil
}
