package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
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
		{control.Restart, event.Event{Service: event.Service{Name: "api", State: event.Stopped, Since: after}}, true, "api was stopped meanwhile"},
		{control.Start, event.Event{Service: event.Service{Name: "api", State: event.Stopped, Since: before}}, false, ""},
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
	if err := newOutcome(control.Restart, asked, "api", "web").await(t.Context(), &bus, sub); err == nil || err.Error() != "web is failed: why" {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := newOutcome(control.Restart, time.Now(), "api").await(ctx, &bus, sub); err != context.Canceled {
		t.Errorf("got %v", err)
	}
}

// It goes by what is so, also when more has happened than a subscription holds.
func TestWaitingGoesOnWhenEventsComeFasterThanTheyAreRead(t *testing.T) {
	var bus event.Bus
	asked := time.Now()
	tell := func(name string, s event.State) {
		bus.Publish(event.Event{Service: event.Service{Name: name, State: s, Since: time.Now()}})
	}
	tell("api", event.Starting)
	events := bus.Subscribe()
	for range event.Queue + 1 {
		tell("web", event.Backoff)
	}
	tell("api", event.Ready)
	if err := newOutcome(control.Restart, asked, "api").await(t.Context(), &bus, events); err != nil {
		t.Error(err)
	}
}

func TestWaitingEndsWithAServiceThatIsTakenOut(t *testing.T) {
	var bus event.Bus
	events := bus.Subscribe()
	bus.Publish(event.Event{Kind: event.Removed, Service: event.Service{Name: "api"}})
	err := newOutcome(control.Stop, time.Now(), "api").await(t.Context(), &bus, events)
	if err == nil || err.Error() != "api is no longer in the Devgatefile" {
		t.Errorf("got %v", err)
	}
}

// asks notes what a runner is asked.
type asks struct {
	got []string
	err error
}

func (a *asks) note(verb string, by event.Cause, names []string) error {
	a.got = append(a.got, fmt.Sprint(verb, " ", by.By == event.Command, " ", names))
	return a.err
}

func (a *asks) Start(by event.Cause, names ...string) error   { return a.note("start", by, names) }
func (a *asks) Stop(by event.Cause, names ...string) error    { return a.note("stop", by, names) }
func (a *asks) Restart(by event.Cause, names ...string) error { return a.note("restart", by, names) }

// C2: a command is said, and carried out on all of its services or on none.
func TestACommandIsSaidAndPassedOn(t *testing.T) {
	var out said
	runner := &asks{}
	c := &commander{current: newCurrent(newSetup(loaded(t, planned), nil)), bus: &event.Bus{}, runner: runner, say: out.say}
	for _, verb := range []control.Verb{control.Start, control.Stop, control.Restart} {
		if err := c.Do(t.Context(), verb, []string{"api", "work"}, false); err != nil {
			t.Error(err)
		}
		out.take(t, "api: "+string(verb)+" asked for", "work: "+string(verb)+" asked for")
	}
	if want := []string{"start true [api work]", "stop true [api work]", "restart true [api work]"}; !slices.Equal(runner.got, want) {
		t.Errorf("asked %q, want %q", runner.got, want)
	}
	for names, want := range map[string]string{
		"api wok": "no service \"wok\"\n  hint: there are api, web, work, far",
		"api far": "far is not started by devgate: it has a url (http://127.0.0.1:9)",
	} {
		err := c.Do(t.Context(), control.Stop, strings.Fields(names), false)
		kind := control.Refused
		if strings.HasPrefix(want, "no service") {
			kind = control.Unknown
		}
		var refused *control.Error
		if !errors.As(err, &refused) || err.Error() != want || refused.Kind != kind {
			t.Errorf("%s: %v", names, err)
		}
	}
	out.take(t)
	runner.err = errors.New("no")
	if err := c.Do(t.Context(), control.Stop, []string{"api"}, true); err != runner.err {
		t.Errorf("with --wait: %v", err)
	}
}
