package session

import (
	"context"
	"os"
	"syscall"
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
	for {
		select {
		case <-ctx.Done():
			return nil
		case sig := <-s.from:
			switch {
			case sig == syscall.SIGPIPE:
			case sig == syscall.SIGTSTP:
				s.suspend()
			case asked || sig == syscall.SIGQUIT:
				s.end(&SignalError{syscall.SIGQUIT}) // if it is the first
				s.say("", "killing what is left")
				s.kill()
			default:
				asked = true
				s.end(&SignalError{sig.(syscall.Signal)})
			}
		}
	}
}
