package session

import (
	"reflect"
	"testing"

	"devgate/internal/event"
	"devgate/proxy"
)

// R, G3: what each state means to requests.
func TestEveryStateMeansSomethingToRequests(t *testing.T) {
	tail := []string{"last line"}
	b := &backends{tail: func(string) []string { return tail }}
	down := func(reason string) proxy.State { return proxy.State{Phase: proxy.Down, Reason: reason, Log: tail} }
	waiting := func(reason string) proxy.State {
		return proxy.State{Phase: proxy.Waiting, Reason: reason, Log: tail}
	}
	stopped := func(reason string) proxy.State {
		return proxy.State{Phase: proxy.Down, Stopped: true, Reason: reason, Log: tail}
	}
	want := map[event.State]proxy.State{
		event.Stopped: stopped("stopped: why"), event.Waiting: waiting("waiting: why"), event.Building: waiting("building: why"),
		event.Starting: waiting("starting: why"), event.Ready: {Phase: proxy.Ready, Port: 4001}, event.Done: down("done: why"),
		event.Stopping: stopped("stopping: why"), event.Backoff: waiting("backoff: why"), event.Failed: down("failed: why"), event.Exited: down("exited: why"),
	}
	for _, state := range event.States() {
		e := event.Service{Name: "api", State: state, Port: 4001, Reason: "why"}
		if got := b.stateOf(e); !reflect.DeepEqual(got, want[state]) {
			t.Errorf("%v: got %+v, want %+v", state, got, want[state])
		}
	}
	if got := b.stateOf(event.Service{State: event.Stopping, Returning: true}); !reflect.DeepEqual(got, proxy.State{Phase: proxy.Waiting, Reason: "restarting"}) {
		t.Errorf("on its way back: %+v", got)
	}
	if got := b.stateOf(event.Service{State: event.Starting}); got.Reason != "starting" {
		t.Errorf("without a reason: %+v", got)
	}
}
