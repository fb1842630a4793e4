package supervisor

import (
	"time"

	"devgate/internal/event"
)

// The crash policy: delays between FirstDelay and LastDelay, doubling, and
// QuickExits exits in a row within Quick of their start are the end. A run of
// LastDelay or longer begins the count anew.
const (
	FirstDelay = 200 * time.Millisecond
	LastDelay  = 10 * time.Second
	Quick      = 2 * time.Second
	QuickExits = 3
)

// crashes is the memory of the crash policy: how the last runs ended.
type crashes struct {
	quick int           // exits in a row within Quick of their start
	total int           // of a task: exits in a row
	delay time.Duration // the last delay; 0 at first
}

// outcome decides what an exit leads to and, for a crash, after which delay.
func (c *crashes) outcome(e event.Exit, ran time.Duration, policy Restart, once bool) (input, time.Duration) {
	failure := e.Failure()
	switch {
	case once && !failure:
		return inCompleted, 0
	case policy == Never && failure:
		return inGaveUp, 0
	case policy != Always && !failure:
		return inEnded, 0
	case policy == Never:
		return inEnded, 0
	}
	c.count(ran)
	if commandNotFound(e) {
		return inGaveUp, 0 // trying again cannot help
	}
	// A task has no long life that could clear its name, so its failures count
	// however long they took.
	if c.quick >= QuickExits || once && c.total >= QuickExits {
		return inGaveUp, 0
	}
	return inCrashed, c.delay
}

func (c *crashes) count(ran time.Duration) {
	if ran >= LastDelay {
		c.delay = 0
	}
	c.total++
	if ran < Quick {
		c.quick++
	} else {
		c.quick = 0
	}
	c.delay = min(max(2*c.delay, FirstDelay), LastDelay)
}

// commandNotFound knows how a shell says that there is no such command (127)
// or that it is not executable (126): POSIX, Shell Command Language, 2.8.2.
func commandNotFound(e event.Exit) bool { return e.Code == 127 || e.Code == 126 }
