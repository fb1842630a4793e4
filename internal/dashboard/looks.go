package dashboard

import (
	"sync"
	"time"
)

// lookPause is for how long the project goes on being looked at after the last page
// was left: from one page to the next there is a moment without any.
const lookPause = 5 * time.Second

// looks tells the project whether anybody looks.
type looks struct {
	look func() (done func())

	mu     sync.Mutex
	open   int         // streams
	done   func()      // nil: the project is not looked at
	timer  *time.Timer // that ends it; nil: none runs
	closed bool
}

func newLooks(look func() (done func())) *looks { return &looks{look: look} }

// begin counts somebody who looks until end.
func (l *looks) begin() (end func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open++
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
	if l.done == nil && !l.closed {
		l.done = l.look()
	}
	return l.end
}

func (l *looks) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open--; l.open > 0 || l.closed {
		return
	}
	var timer *time.Timer
	timer = time.AfterFunc(lookPause, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		// One that could not be stopped in time belongs to nobody any more.
		if l.timer == timer {
			l.leave()
		}
	})
	l.timer = timer
}

// leave tells that nobody looks. The lock is held.
func (l *looks) leave() {
	l.timer = nil
	if l.done != nil {
		l.done()
		l.done = nil
	}
}

// close tells it for good.
func (l *looks) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.timer != nil {
		l.timer.Stop()
	}
	l.leave()
}
