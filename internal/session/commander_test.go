package session

import (
	"context"
	"testing"
	"time"

	"devgate/internal/control"
	"devgate/internal/event"
)

// --wait returns when the verb's work is over, not when the state happens to
// look right.
func TestAVerbIsOverWhenItsOwnWorkIs(t *testing.T) {
	asked := time.Now()
	before, after := asked.Add(-time.Minute), asked.Add(time.Minute)
	for _, c := range []struct {
		verb  control.Verb
		event event.Event
		over  bool
		fails string
	}{
		{control.Restart, event.Event{Service: event.Service{State: event.Ready, Since: before}}, false, ""},
		{control.Restart, event.Event{Service: event.Service{State: event.Ready, Since: after}}, true, ""},
		{control.Restart, event.Event{Service: event.Service{State: event.Done, Since: after}}, true, ""},
		{control.Restart, event.Event{Service: event.Service{State: event.Stopping, Since: after}}, false, ""},
		{control.Restart, event.Event{Service: event.Service{State: event.Backoff, Since: after}}, false, ""},
		{control.Restart, event.Event{Service: event.Service{Name: "api", State: event.Failed, Since: before, Reason: "old"}}, false, ""},
		{control.Restart, event.Event{Service: event.Service{Name: "api", State: event.Failed, Since: after, Reason: "exit status 3"}}, true, "api is failed: exit status 3"},
		{control.Restart, event.Event{Kind: event.UpdateFailed, Text: "build failed", Service: event.Service{Name: "api", State: event.Ready, Since: before}}, true, "api: build failed"},
		{control.Start, event.Event{Service: event.Service{State: event.Ready, Since: before}}, true, ""},
		{control.Start, event.Event{Service: event.Service{State: event.Starting, Since: after}}, false, ""},
		{control.Stop, event.Event{Service: event.Service{State: event.Ready, Since: before}}, false, ""},
		{control.Stop, event.Event{Service: event.Service{State: event.Stopping, Since: after}}, false, ""},
		{control.Stop, event.Event{Service: event.Service{State: event.Stopped, Since: before}}, true, ""},
		{control.Stop, event.Event{Service: event.Service{State: event.Stopped, Since: after}}, true, ""},
	} {
		over, err := isOver(c.event, c.verb, asked)
		got := ""
		if over && err != nil {
			got = err.Error()
		}
		if over != c.over || got != c.fails {
			t.Errorf("%s, %v since %v: over %v %q, want %v %q", c.verb, c.event.Service.State, c.event.Service.Since.Sub(asked), over, got, c.over, c.fails)
		}
	}
}

func TestWaitingFollowsEveryServiceAndEndsWithItsContext(t *testing.T) {
	var bus event.Bus
	asked := time.Now()
	tell := func(name string, s event.State) {
		bus.Publish(event.Event{Service: event.Service{Name: name, State: s, Since: time.Now(), Reason: "why"}})
	}
	tell("api", event.Ready)
	tell("web", event.Ready)
	sub := bus.Subscribe()
	defer sub.Close()
	asked = time.Now()
	tell("api", event.Stopping)
	tell("api", event.Ready)
	tell("other", event.Failed) // not asked for
	tell("web", event.Failed)
	if err := awaitOutcome(t.Context(), sub, control.Restart, []string{"api", "web"}, asked); err == nil || err.Error() != "web is failed: why" {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := awaitOutcome(ctx, sub, control.Restart, []string{"api"}, time.Now()); err != context.Canceled {
		t.Errorf("got %v", err)
	}
}
