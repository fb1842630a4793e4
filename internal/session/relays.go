package session

import (
	"sync"
	"time"

	"devgate/internal/event"
	"devgate/internal/relay"
)

// relays keep the ports of services whose processes overlap. The zero value is
// ready to use.
type relays struct {
	mu     sync.Mutex
	byName map[string]*relay.Relay
}

// open takes the port of a service, whose processes have ports of their own.
// patience is how long a connection waits for one of them.
func (r *relays) open(name string, port int, patience func() time.Duration) error {
	opened, err := relay.Open(port, patience)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byName == nil {
		r.byName = map[string]*relay.Relay{}
	}
	r.byName[name] = opened
	return nil
}

func (r *relays) isOpen(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.byName[name] != nil
}

// follow sends connections to the process that serves. While one starts they
// wait; a service that is down refuses them, as it would without a relay.
func (r *relays) follow(e event.Service) {
	r.mu.Lock()
	relay := r.byName[e.Name]
	r.mu.Unlock()
	switch {
	case relay == nil:
	case e.State == event.Ready:
		relay.Aim(e.Port)
	case e.State.Settled():
		r.close(e.Name)
	default:
		relay.Aim(0)
	}
}

// close gives the port of a service back, if it was taken.
func (r *relays) close(name string) {
	r.mu.Lock()
	relay := r.byName[name]
	delete(r.byName, name)
	r.mu.Unlock()
	if relay != nil {
		relay.Close()
	}
}

func (r *relays) closeAll() {
	r.mu.Lock()
	all := r.byName
	r.byName = nil
	r.mu.Unlock()
	for _, relay := range all {
		relay.Close()
	}
}
