package session

import (
	"context"
	"time"

	"devgate/internal/event"
)

// reporter says to people what happens to services. Its goroutine owns its
// fields.
type reporter struct {
	say      say
	bus      *event.Bus
	events   *event.Subscription
	stopping func() bool
	texts    *texts
	startup  *startup
	failed   func(event.Service) // after a failure was said

	before map[string]event.Service
}

// run ends when stop was called and everything published before was said, and not
// with its context: nothing is left out on the way down.
func (r *reporter) run(context.Context) error {
	r.before = map[string]event.Service{}
	r.startup.tell(r.before) // of what runs elsewhere no event ever comes
	for {
		select {
		case e, open := <-r.events.C:
			if open {
				r.tell(e)
				continue
			}
			// Closed by stop: everything that was published before has come through C.
			if r.events.Err() == nil {
				return nil
			}
			r.resume()
		case <-r.startup.late:
			r.startup.tellLate(r.before)
		}
	}
}

func (r *reporter) stop() { r.events.Close() }

// resume goes on with the newest state when events came faster than they were
// said.
func (r *reporter) resume() {
	// A snapshot has each service once; tellState leaves out what has been said.
	r.events = r.bus.Subscribe()
	for _, service := range r.events.Snapshot {
		r.tell(event.Event{At: time.Now(), Service: service})
	}
}

func (r *reporter) tell(e event.Event) {
	name := e.Service.Name
	switch e.Kind {
	case event.Removed:
		delete(r.before, name)
		r.say(name, "removed")
	case event.Asked:
		// What a command or a key asks for is said where it is given.
		if e.Cause.IsChange() {
			r.say(name, r.texts.edit(e))
		}
	case event.StateChanged:
		r.tellState(e.Service)
	default:
		r.say(name, r.noticeText(e))
	}
}

func (r *reporter) noticeText(e event.Event) string {
	if e.Service.State == event.Stopping && r.stopping() {
		return e.Text + "; Ctrl-C again kills it now"
	}
	return e.Text
}

func (r *reporter) tellState(now event.Service) {
	before, known := r.before[now.Name]
	r.before[now.Name] = now
	if known && before.State == now.State && before.Reason == now.Reason && before.Since.Equal(now.Since) {
		return
	}
	// A first state of stopped, or that on the way down, is no news.
	if now.State != event.Stopped || known && !r.stopping() {
		if text := r.texts.state(now); text != "" {
			r.say(now.Name, text)
		}
	}
	// Backoff is a failure that devgate deals with by itself; --exit-on-failure asks for
	// the first one.
	if now.State == event.Failed || now.State == event.Backoff {
		r.failed(now)
	}
	if !r.stopping() {
		r.startup.tell(r.before)
	}
}
