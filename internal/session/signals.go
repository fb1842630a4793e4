package session

import (
	"os"
	"syscall"
)

// watchSignals ends the session at the first signal and kills what is left at
// the second. SIGTSTP (Ctrl-Z) stops everything until SIGCONT. The
// returned function ends the watching.
func (s *session) watchSignals(signals <-chan os.Signal) (stop func()) {
	over := make(chan struct{})
	s.tasks.Go(func() {
		asked := false
		for {
			select {
			case <-over:
				return
			case sig := <-signals:
				switch {
				case sig == syscall.SIGPIPE:
				case sig == syscall.SIGTSTP:
					s.suspend()
				case asked || sig == syscall.SIGQUIT:
					s.end(&SignalError{syscall.SIGQUIT}) // if it is the first
					s.say("", "killing what is left")
					s.sup.Kill()
				default:
					asked = true
					s.end(&SignalError{sig.(syscall.Signal)})
				}
			}
		}
	})
	return func() { close(over) }
}

// suspend stops everything until SIGCONT; the terminal is the shell's meanwhile.
func (s *session) suspend() {
	if keyboard := s.options.Keyboard; keyboard != nil {
		keyboard.Suspend()
		defer keyboard.Resume()
	}
	s.exec.Suspend()
}
