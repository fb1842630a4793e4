package session

import (
	"devgate/internal/control"
	"devgate/internal/event"
	"maps"
	"testing"
	"time"
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
