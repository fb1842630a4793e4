package session

import (
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// Ctrl-C and Ctrl-Break are one.
func ofTheSystem() []heard {
	return []heard{{[]os.Signal{os.Interrupt}, []string{"ended by interrupt"}, nil}}
}

// C1: of a closed window the system leaves five seconds.
func TestAClosedWindowLeavesServicesLittleTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out said
		from := make(chan os.Signal)
		var ended, killed time.Time
		s := &signals{from: from, say: out.say, end: func(error) { ended = time.Now() }, kill: func() { killed = time.Now() }}
		running := background(s.run)
		from <- syscall.SIGTERM
		time.Sleep(time.Minute) // of a clock of its own
		running.stop()
		if took := killed.Sub(ended); took != 3*time.Second {
			t.Errorf("killed after %v", took)
		}
	})
}
