package cli

import (
	"net"
	"testing"
	"time"

	"devgate/internal/event"
	"devgate/internal/port"
)

func forEver() time.Duration { return time.Hour }

// P3, P4: the port of a service that overlaps is devgate's while it runs, and
// free for others while it does not.
func TestARelayIsThereWhileItsServiceRuns(t *testing.T) {
	var r relays
	defer r.closeAll()
	ports, err := freePorts(1)
	if err != nil {
		t.Fatal(err)
	}
	r.follow(event.Service{Name: "api", State: event.Starting}) // none yet
	if err := r.open("api", ports[0], forEver); err != nil {
		t.Fatal(err)
	}
	if err := r.open("api", ports[0], forEver); err == nil {
		t.Error("the port was taken twice")
	}
	for _, state := range []event.State{event.Starting, event.Ready, event.Stopping, event.Starting} {
		r.follow(event.Service{Name: "api", State: state, Port: 9})
		if !r.isOpen("api") {
			t.Fatalf("no relay while it is %s", state)
		}
	}
	r.follow(event.Service{Name: "api", State: event.Failed})
	if err := port.Check(ports[0]); r.isOpen("api") || err != nil {
		t.Errorf("after it has failed: %v", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if err := r.open("web", l.Addr().(*net.TCPAddr).Port, forEver); err != nil {
		t.Fatal(err)
	}
	r.closeAll()
	if r.isOpen("web") {
		t.Error("open after closeAll")
	}
}
