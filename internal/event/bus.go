package event

import (
	"errors"
	"slices"
	"sync"
	"time"
)

// Queue is how many events a subscription holds before it is closed with
// ErrLagged.
const Queue = 1024

// ErrLagged closes a subscription whose owner did not keep up.
var ErrLagged = errors.New("subscriber lagged behind")

// Kind tells what an Event is about.
type Kind uint8

// The kinds of events.
const (
	StateChanged Kind = iota // Service.State or its details are new
	Notice                   // there is something to say; the state is as it was
	UpdateFailed             // a notice too: the new version did not build or start; the old one keeps running
	Removed                  // there is no such service any more; later snapshots are without it
	Asked                    // Cause was asked of the service, and it acts on it; what follows is told as it happens
)

// Event is one fact about one service.
type Event struct {
	At      time.Time
	Kind    Kind
	Service Service // as it is after the event
	Text    string  // of a notice: what to say, without the service's name
	Cause   Cause   // of Asked
}

// Bus passes events from one publisher to many subscriptions.
type Bus struct {
	mu    sync.Mutex
	order []string
	state map[string]Service
	subs  map[*Subscription]struct{}
}

// Subscription is one reader's view of the Bus, from Subscribe until Close.
type Subscription struct {
	Snapshot []Service    // every service published before, in order of first appearance
	C        <-chan Event // what comes after the snapshot; closed at the end

	bus *Bus
	out chan Event
	err error
}

// Publish gives e to every subscription and never blocks.
func (b *Bus) Publish(e Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e.Kind == Removed {
		b.forget(e.Service.Name)
	} else {
		b.remember(e.Service)
	}
	for s := range b.subs {
		select {
		case s.out <- e:
		default:
			b.end(s, ErrLagged)
		}
	}
}

func (b *Bus) remember(s Service) {
	if b.state == nil {
		b.state = map[string]Service{}
	}
	if _, known := b.state[s.Name]; !known {
		b.order = append(b.order, s.Name)
	}
	b.state[s.Name] = s
}

func (b *Bus) forget(name string) {
	b.order = slices.DeleteFunc(b.order, func(known string) bool { return known == name })
	delete(b.state, name)
}

// Service is the last known state of one service. Of one of which nothing was
// published it is zero but for the name, and known is false.
func (b *Bus) Service(name string) (s Service, known bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s, known := b.state[name]; known {
		return s, true
	}
	return Service{Name: name}, false
}

// Snapshot is the last known state of every service, in order of first
// appearance.
func (b *Bus) Snapshot() []Service {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.snapshot()
}

func (b *Bus) snapshot() []Service {
	all := make([]Service, 0, len(b.order))
	for _, name := range b.order {
		all = append(all, b.state[name])
	}
	return all
}

// Subscribe returns the snapshot and every later event, without a gap. The
// caller closes the subscription.
func (b *Bus) Subscribe() *Subscription {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.subs == nil {
		b.subs = map[*Subscription]struct{}{}
	}
	out := make(chan Event, Queue)
	s := &Subscription{Snapshot: b.snapshot(), C: out, bus: b, out: out}
	b.subs[s] = struct{}{}
	return s
}

// Close ends the subscription; a second Close does nothing.
func (s *Subscription) Close() {
	s.bus.mu.Lock()
	defer s.bus.mu.Unlock()
	s.bus.end(s, nil)
}

// Err is why C was closed: nil after Close, ErrLagged when the events came
// faster than they were read.
func (s *Subscription) Err() error {
	s.bus.mu.Lock()
	defer s.bus.mu.Unlock()
	return s.err
}

func (b *Bus) end(s *Subscription, err error) {
	if _, open := b.subs[s]; !open {
		return
	}
	delete(b.subs, s)
	s.err = err
	close(s.out)
}
