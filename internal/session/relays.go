package session

import (
	"context"
	"sync"
	"time"

	"devgate/internal/event"
	"devgate/internal/port"
	"devgate/internal/project"
	"devgate/internal/relay"
	"devgate/procfile"
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

const (
	// portPatience is how long a start waits for its port before it says who has
	// it, and portLimit how long in all.
	portPatience = 3 * time.Second
	portLimit    = 15 * time.Second
)

// release waits until the port of a service is free, and says who has it. Where
// processes overlap, one is what the process is run with, and devgate itself has
// the service's port from then on; hold is how long a connection waits there.
func (r *relays) release(ctx context.Context, one, service *project.Service, hold func() time.Duration, say func(string)) error {
	// A service that was one of overlapping processes before a reload still has its
	// relay.
	if one.RestartStyle != procfile.RestartOverlap {
		r.close(one.Name)
		return waitFree(ctx, one.Port, say)
	}
	// The relay is opened once, by the first of them; the service's own port stays taken
	// from then on.
	if service != nil && !r.isOpen(service.Name) {
		if err := waitFree(ctx, service.Port, say); err != nil {
			return err
		}
		if err := r.open(service.Name, service.Port, hold); err != nil {
			return err
		}
	}
	return waitFree(ctx, one.Port, say)
}

func waitFree(ctx context.Context, number int, say func(string)) error {
	patience, cancel := context.WithTimeout(ctx, portPatience)
	defer cancel()
	err := port.WaitFree(patience, number)
	if err == nil || ctx.Err() != nil {
		return err
	}
	say(err.Error() + "; waiting for it")
	limit, cancel := context.WithTimeout(ctx, portLimit-portPatience)
	defer cancel()
	return port.WaitFree(limit, number)
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
// Closed outside of the lock: Close cuts connections, and waits for their goroutines.
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
