package session

import (
	"devgate/internal/control"
	"devgate/internal/event"
	"testing"
)

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
