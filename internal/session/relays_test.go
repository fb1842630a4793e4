package session

import (
	"testing"
	"time"

	"devgate/internal/event"
	"devgate/internal/port"
	"devgate/internal/testport"
)

func forEver() time.Duration { return time.Hour }

// P3, P4: the port of a service that overlaps is devgate's while it runs, and
// free for others while it does not.
func TestARelayIsThereWhileItsServiceRuns(t *testing.T) {
	var r relays
	defer r.closeAll()
	api := testport.One(t)
	r.follow(event.Service{Name: "api", State: event.Starting}) // none yet
	if err := r.open("api", api, forEver); err != nil {
		t.Fatal(err)
	}
	if err := r.open("api", api, forEver); err == nil {
		t.Error("the port was taken twice")
	}
	for _, state := range []event.State{event.Starting, event.Ready, event.Stopping, event.Starting} {
		r.follow(event.Service{Name: "api", State: state, Port: 9})
		if !r.isOpen("api") {
			t.Fatalf("no relay while it is %s", state)
		}
	}
	r.follow(event.Service{Name: "api", State: event.Failed})
	if err := port.Check(api); r.isOpen("api") || err != nil {
		t.Errorf("after it has failed: %v", err)
	}
	if err := r.open("web", testport.One(t), forEver); err != nil {
		t.Fatal(err)
	}
	r.closeAll()
	if r.isOpen("web") {
		t.Error("open after closeAll")
	}
}
