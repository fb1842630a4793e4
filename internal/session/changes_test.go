package session

import (
	"context"
	"iter"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"devgate/internal/control"
	"devgate/internal/event"
)

// following is a reader of changes that is asked for one at a time.
func following(t *testing.T, o *overview) (next func() (control.Status, bool), leave func()) {
	ctx, cancel := context.WithCancel(t.Context())
	next, stop := iter.Pull(o.Changes(ctx))
	return next, func() { cancel(); stop() }
}

// What comes together is told once, what changes nothing not at all, and a change
// that no service tells of (a reload, who has joined) too.
func TestChangesTellHowItStands(t *testing.T) {
	w, bus := newWaiter(t)
	reloaded := newSetup(loaded(t, waitedFor), nil)
	synctest.Test(t, func(t *testing.T) {
		o := &overview{current: w.current, bus: bus, began: time.Now(), stopping: func() bool { return false }, dashboard: noDashboard}
		told := make(chan control.Status)
		ctx, leave := context.WithCancel(t.Context())
		go func() {
			defer close(told)
			for s := range o.Changes(ctx) {
				told <- s
			}
		}()
		if s := <-told; s.State != event.Starting {
			t.Errorf("at first %s", s.State)
		}
		synctest.Wait() // it waits for the next
		states(bus, "db starting, db ready, api starting")
		synctest.Wait()
		now := <-told
		if last := o.Status(); now.Services[0].State != event.Ready || now.Services[1].State != event.Starting {
			// The first may have been told alone; what follows is how it stands.
			if now = <-told; now.Services[1].State != last.Services[1].State {
				t.Errorf("got %+v", now)
			}
		}
		quiet := func(what string) {
			t.Helper()
			synctest.Wait()
			select {
			case s := <-told:
				t.Errorf("%s is told: %+v", what, s)
			default:
			}
		}
		quiet("nothing")
		service, _ := bus.Service("db")
		bus.Publish(event.Event{Kind: event.Notice, Service: service, Text: "slow"})
		quiet("a notice")
		reloaded.URL = "http://localhost:4000"
		w.current.replace(reloaded)
		if s := <-told; s.URL != reloaded.URL {
			t.Errorf("after a reload: %+v", s)
		}
		leave()
		if s, more := <-told; more {
			t.Errorf("after the end: %+v", s)
		}
	})
}

// Who has lagged behind is told how it stands then.
func TestChangesAreToldToASlowReader(t *testing.T) {
	w, bus := newWaiter(t)
	o := &overview{current: w.current, bus: bus, began: time.Now(), stopping: func() bool { return false }, dashboard: noDashboard}
	next, leave := following(t, o)
	defer leave()
	next()
	for range event.Queue {
		states(bus, "db starting, db ready")
	}
	states(bus, "db failed")
	for {
		s, more := next()
		if !more {
			t.Fatal("it has ended")
		}
		if s.Services[0].State == event.Failed {
			return
		}
	}
}

// A service that waits names those that are not ready, and nobody else does.
func TestAServiceNamesWhomItWaitsFor(t *testing.T) {
	for _, c := range []struct {
		states string
		want   []string
	}{
		{"db starting, api waiting, web waiting", []string{"db"}},
		{"db failed, api waiting, web waiting", []string{"db"}},
		{"db ready, api waiting, web waiting", []string{}},
		{"db done, api waiting, web waiting", []string{}},
		{"db starting, api starting, web waiting", []string{}},
		{"db starting, api stopped, web waiting", []string{}},
	} {
		w, bus := newWaiter(t)
		states(bus, c.states)
		status := w.status()
		if got := status.Services[1].WaitsFor; got == nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: api waits for %v, want %v", c.states, got, c.want)
		}
		if got := status.Services[2].WaitsFor; status.Services[1].State != event.Ready && !slices.Equal(got, []string{"api"}) {
			t.Errorf("%s: web waits for %v", c.states, got)
		}
	}
}

// When the process was started, and null where none runs.
func TestAServiceTellsSinceWhenItRuns(t *testing.T) {
	w, bus := newWaiter(t)
	began := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	bus.Publish(event.Event{Service: event.Service{Name: "db", State: event.Ready, PID: 7, Started: began}})
	services := w.status().Services
	if got := services[0].Started; got == nil || !got.Equal(began) || services[1].Started != nil {
		t.Errorf("got %v and %v", got, services[1].Started)
	}
}
