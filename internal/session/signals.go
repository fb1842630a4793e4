package session

import (
	"context"
	"os"
	"syscall"
	"time"
)

// signals ends a session at the first signal, and kills what is left at the
// second. SIGTSTP (Ctrl-Z) stops everything until SIGCONT.
type signals struct {
	from    <-chan os.Signal
	say     say
	end     func(error)
	kill    func()
	suspend func() // returns once all goes on
}

// run acts on signals until ctx ends.
func (s *signals) run(ctx context.Context) error {
	asked := false
	var over <-chan time.Time // when the system ends this process
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-over:
			s.kill()
		case sig := <-s.from:
			switch {
			// Taken only so that a write fails with EPIPE instead of ending the process.
			case sig == syscall.SIGPIPE:
			case suspends(sig):
				// The channel keeps what comes meanwhile; the shell's fg is SIGCONT,
				// which ends it.
				s.suspend()
			case asked || sig == syscall.SIGQUIT:
				// ending keeps the first cause: after Ctrl-C this changes nothing.
				s.end(&SignalError{syscall.SIGQUIT}) // if it is the first
				s.say("", "killing what is left")
				s.kill()
			default:
				asked = true
				if limit := timeLeft(sig); limit > 0 {
					over = time.After(limit)
				}
				s.end(&SignalError{sig.(syscall.Signal)})
			}
		}
	}
}
