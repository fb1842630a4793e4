package event

import (
	"errors"
	"fmt"
	"sync"
	"testing"
)

func ready(name string) Event { return Event{Service: Service{Name: name, State: Ready}} }

func TestSubscribeMissesNothingBetweenSnapshotAndEvents(t *testing.T) {
	var bus Bus
	const total = 500
	var publisher sync.WaitGroup
	publisher.Go(func() {
		for i := range total {
			bus.Publish(ready(fmt.Sprint(i)))
		}
	})
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			sub := bus.Subscribe()
			defer sub.Close()
			next := len(sub.Snapshot)
			for next < total {
				e := <-sub.C
				if e.Service.Name != fmt.Sprint(next) {
					t.Errorf("got event %s, want %d", e.Service.Name, next)
					return
				}
				next++
			}
		})
	}
	publisher.Wait()
	readers.Wait()
}

func TestSnapshotKeepsTheOrderOfFirstAppearance(t *testing.T) {
	var bus Bus
	for _, name := range []string{"web", "api", "web"} {
		bus.Publish(ready(name))
	}
	bus.Publish(Event{Service: Service{Name: "web", State: Failed}})
	got := bus.Snapshot()
	if len(got) != 2 || got[0].Name != "web" || got[0].State != Failed || got[1].Name != "api" {
		t.Errorf("got %v", got)
	}
}

func TestAServiceIsAsItWasLastPublished(t *testing.T) {
	var bus Bus
	if got, known := bus.Service("api"); known || got.Name != "api" || got.State != Stopped {
		t.Errorf("of nobody: %+v, %v", got, known)
	}
	bus.Publish(ready("api"))
	bus.Publish(Event{Service: Service{Name: "api", State: Failed, Reason: "why"}})
	if got, known := bus.Service("api"); !known || got.State != Failed || got.Reason != "why" {
		t.Errorf("got %+v, %v", got, known)
	}
	bus.Publish(Event{Kind: Removed, Service: Service{Name: "api"}})
	if _, known := bus.Service("api"); known {
		t.Error("one that was removed is known")
	}
}

func TestASubscriberThatLagsIsClosedAndTold(t *testing.T) {
	var bus Bus
	slow := bus.Subscribe()
	for range Queue + 1 {
		bus.Publish(ready("api"))
	}
	seen := 0
	for range slow.C {
		seen++
	}
	if seen != Queue || !errors.Is(slow.Err(), ErrLagged) {
		t.Errorf("saw %d events and %v, want %d and ErrLagged", seen, slow.Err(), Queue)
	}
	slow.Close() // a second end must be harmless
	fresh := bus.Subscribe()
	defer fresh.Close()
	if len(fresh.Snapshot) != 1 {
		t.Errorf("a new subscription has the snapshot %v", fresh.Snapshot)
	}
}

func TestCloseEndsTheChannelWithoutAnError(t *testing.T) {
	var bus Bus
	sub := bus.Subscribe()
	sub.Close()
	bus.Publish(ready("api"))
	if _, open := <-sub.C; open || sub.Err() != nil {
		t.Errorf("open %v, err %v", open, sub.Err())
	}
}

func TestStateWordsReadBackAndUnknownOnesAreRefused(t *testing.T) {
	for _, s := range States() {
		text, _ := s.MarshalText()
		var back State
		if err := back.UnmarshalText(text); err != nil || back != s {
			t.Errorf("%v: read back %v, %v", s, back, err)
		}
	}
	var s State
	if s.UnmarshalText([]byte("asleep")) == nil {
		t.Error("an unknown word was accepted")
	}
	if got := State(99).String(); got != "state(99)" {
		t.Errorf("got %q", got)
	}
}

func TestSettledStatesAreThoseThatWaitForSomebody(t *testing.T) {
	want := map[State]bool{Ready: true, Done: true, Stopped: true, Failed: true, Exited: true}
	for _, s := range States() {
		if s.Settled() != want[s] {
			t.Errorf("%v.Settled() = %v", s, s.Settled())
		}
	}
}

func TestExitSaysHowAProcessEnded(t *testing.T) {
	for _, c := range []struct {
		exit    Exit
		text    string
		failure bool
	}{
		{Exit{}, "exit status 0", false},
		{Exit{Code: 3}, "exit status 3", true},
		{Exit{Code: 137, Signal: "KILL"}, "killed by KILL", true},
	} {
		if c.exit.String() != c.text || c.exit.Failure() != c.failure {
			t.Errorf("%+v: %q, failure %v", c.exit, c.exit, c.exit.Failure())
		}
	}
}
