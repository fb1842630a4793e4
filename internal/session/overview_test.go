package session

import (
	"maps"
	"testing"
	"time"

	"devgate/internal/control"
	"devgate/internal/event"
)

func noDashboard() string { return "" }

func TestTheStateOfTheWholeIsThatOfItsWorstPart(t *testing.T) {
	part := func(states ...event.State) (all []control.Service) {
		for _, s := range states {
			all = append(all, control.Service{State: s})
		}
		return all
	}
	for _, c := range []struct {
		parts    []control.Service
		stopping bool
		want     event.State
	}{
		{part(), false, event.Ready},
		{part(event.Ready, event.Done, event.Stopped, event.Exited), false, event.Ready},
		{part(event.Ready, event.Backoff), false, event.Starting},
		{part(event.Waiting, event.Failed), false, event.Failed},
		{part(event.Ready), true, event.Stopping},
	} {
		if got := overall(c.parts, c.stopping); got != c.want {
			t.Errorf("%v: %s, want %s", c.parts, got, c.want)
		}
	}
}

// C2, C5: before its first event, a service that is started at first is on its
// way, and so is the whole: `up --detach` must not take it for one that is ready.
func TestWhatIsAboutToStartIsNotTakenForStopped(t *testing.T) {
	var bus event.Bus
	o := &overview{current: newCurrent(newSetup(loaded(t, planned), []string{"web"})), bus: &bus, began: time.Now(), stopping: func() bool { return false }, dashboard: noDashboard}
	status := o.Status()
	got := map[string]event.State{}
	for _, s := range status.Services {
		got[s.Name] = s.State
	}
	want := map[string]event.State{"api": event.Waiting, "web": event.Waiting, "work": event.Stopped, "far": event.Ready}
	if !maps.Equal(got, want) || status.State != event.Starting {
		t.Errorf("got %v and %v", got, status.State)
	}
}

// Is it me or the server: what happened last is told with the state, and so is a ready
// service that does not run what was saved.
func TestAServiceTellsItsPastAndItsVersion(t *testing.T) {
	w, bus := newWaiter(t)
	at := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	past := event.Past{Change: &event.Moment{At: at, Text: "a.go"}, Failure: &event.Moment{At: at.Add(time.Second), Text: "build failed (exit status 1)"}}
	for _, c := range []struct {
		service event.Service
		reason  string
	}{
		{event.Service{State: event.Ready}, ""},
		{event.Service{State: event.Ready, Updating: true}, "a newer version is on its way"},
		{event.Service{State: event.Ready, Outdated: true}, "an older version runs: build failed (exit status 1)"},
		{event.Service{State: event.Ready, Outdated: true, Updating: true}, "an older version runs, a newer one is on its way"},
		{event.Service{State: event.Failed, Reason: "exit status 1"}, "exit status 1"},
	} {
		c.service.Name, c.service.Past = "db", past
		bus.Publish(event.Event{Service: c.service})
		got := w.status().Services[0]
		if got.Reason != c.reason || got.Updating != c.service.Updating || got.Outdated != c.service.Outdated {
			t.Errorf("%+v: %+v", c.service, got)
		}
		if *got.LastChange != (control.Moment{At: at, Text: "a.go"}) || got.LastFailure.At != at.Add(time.Second) || got.LastRestart != nil {
			t.Errorf("past: %v, %v, %v", got.LastChange, got.LastRestart, got.LastFailure)
		}
	}
}
