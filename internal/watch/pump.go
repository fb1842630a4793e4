package watch

import (
	"errors"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// notice is what was received about one path since the last look.
type notice struct {
	op          fsnotify.Op // all of them
	first, last time.Time
}

// batch is all that was received since the last look.
type batch struct {
	notices map[string]notice
	err     error // events may be missing; nil: none is
}

// pump empties the system's event queue. It never waits for anybody, so that
// neither a slow walk nor a slow callback makes the queue overflow.
type pump struct {
	events <-chan fsnotify.Event
	errors <-chan error
	drop   func(fsnotify.Event) bool // for tests: loses events
	faults <-chan error              // for tests: more errors

	wake chan struct{} // has one element while there is something to take

	mu  sync.Mutex
	got batch
}

// newPump returns a pump for the two channels of a fsnotify.Watcher.
func newPump(events <-chan fsnotify.Event, errs <-chan error) *pump {
	return &pump{events: events, errors: errs, wake: make(chan struct{}, 1)}
}

// run returns when both channels are closed.
func (p *pump) run() {
	events, errs := p.events, p.errors
	for events != nil || errs != nil {
		select {
		case ev, open := <-events:
			if !open {
				events = nil
				continue
			}
			if p.drop == nil || !p.drop(ev) {
				p.event(ev, time.Now())
			}
		case err, open := <-errs:
			if !open {
				errs = nil
				continue
			}
			p.fail(err)
		case err := <-p.faults:
			p.fail(err)
		}
	}
}

// event notes one event. The nameless ones come from watches just removed.
func (p *pump) event(ev fsnotify.Event, at time.Time) {
	if ev.Name == "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.got.notices == nil {
		p.got.notices = map[string]notice{}
	}
	n, known := p.got.notices[ev.Name]
	if !known {
		n.first = at
	}
	n.op |= ev.Op
	n.last = at
	p.got.notices[ev.Name] = n
	p.signal()
}

// fail notes that events may be missing.
func (p *pump) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got.err = errors.Join(p.got.err, err)
	p.signal()
}

// signal wakes who waits; mu is held.
func (p *pump) signal() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// take returns all that was received and not yet taken.
func (p *pump) take() batch {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.got
	p.got = batch{}
	return b
}
