package session

import (
	"testing"
	"time"

	"devgate/internal/event"
	"devgate/internal/project"
	"devgate/procfile"
	"devgate/proxy"
)

// R, G3: what each state means to requests.
func TestEveryStateMeansSomethingToRequests(t *testing.T) {
	b, watched, since := &backends{}, &project.Service{Service: &procfile.Service{}}, time.Unix(1e9, 0)
	watched.Watch = []string{"**/*.go"}
	down := func(reason string) proxy.State {
		return proxy.State{Phase: proxy.Down, Reason: reason, Since: since, Heeding: true}
	}
	waiting := func(reason string) proxy.State {
		return proxy.State{Phase: proxy.Waiting, Reason: reason, Since: since}
	}
	stopped := func(reason string) proxy.State {
		return proxy.State{Phase: proxy.Down, Stopped: true, Reason: reason, Since: since}
	}
	want := map[event.State]proxy.State{
		event.Stopped: stopped("stopped: why"), event.Waiting: waiting("waiting: why"), event.Building: waiting("building: why"),
		event.Starting: waiting("starting: why"), event.Ready: {Phase: proxy.Ready, Port: 4001}, event.Done: down("done: why"),
		event.Stopping: stopped("stopping: why"), event.Backoff: waiting("backoff: why"), event.Failed: down("failed: why"), event.Exited: down("exited: why"),
	}
	for _, state := range event.States() {
		e := event.Service{Name: "api", State: state, Port: 4001, Reason: "why", Since: since}
		if got := b.stateOf(watched, e); got != want[state] {
			t.Errorf("%v: got %+v, want %+v", state, got, want[state])
		}
	}
	if got := b.stateOf(watched, event.Service{State: event.Stopping, Returning: true}); got != (proxy.State{Phase: proxy.Waiting, Reason: "restarting"}) {
		t.Errorf("on its way back: %+v", got)
	}
	if got := b.stateOf(&project.Service{Service: &procfile.Service{}}, event.Service{State: event.Failed}); got.Heeding {
		t.Errorf("nothing is watched: %+v", got)
	}
	if got := b.stateOf(watched, event.Service{State: event.Starting}); got.Reason != "starting" {
		t.Errorf("without a reason: %+v", got)
	}
}

// D4: what is usual is the median of the last times, told apart by what took them; what is
// told twice counts once.
func TestWhatIsUsualIsTheMedianOfTheLastTimes(t *testing.T) {
	var p pace
	for i, seconds := range []int{9, 9, 9, 1, 2, 3, 4, 100} {
		e := event.Service{Name: "api", Since: time.Unix(int64(i+1), 0), ReadyIn: time.Duration(seconds) * time.Second, BuiltIn: time.Duration(i) * time.Minute}
		p.note(e)
		p.note(e)
	}
	for state, want := range map[event.State]time.Duration{event.Starting: 3 * time.Second, event.Building: 5 * time.Minute, event.Waiting: 0} {
		if got := p.usual("api", state); got != want {
			t.Errorf("%v: %s, want %s", state, got, want)
		}
	}
	if got := p.usual("web", event.Starting); got != 0 {
		t.Errorf("of one that never was ready: %s", got)
	}
}
