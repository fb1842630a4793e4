package logmux

import (
	"sync"
	"time"
)

// A memory holds the rings of all services and tells followers of new lines. Its
// lock is held for moments only, never while something is written out.
type memory struct {
	mu      sync.Mutex
	keep    int
	rings   []*ring // in the order of their first mention
	seq     uint64  // lines so far
	closed  bool
	waiting bool          // somebody waits for changed: without that a line costs no new channel
	changed chan struct{} // closed at the next change
}

func newMemory(keep int) *memory {
	return &memory{keep: keep, changed: make(chan struct{})}
}

// ring adds a ring for a service.
func (m *memory) ring(name string) *ring {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := newRing(name, m.keep)
	m.rings = append(m.rings, r)
	return r
}

// add appends pieces of text to r.
func (m *memory) add(r *ring, from source, at time.Time, text []byte, pieces []piece) {
	m.mu.Lock()
	defer m.mu.Unlock()
	// The pieces of one write have one time, and numbers of their own.
	e := entry{at: at.UnixNano()}
	start := 0
	for _, p := range pieces {
		e.seq, e.packed = m.seq, uint32(from)|flagsOf(p)
		m.seq++
		r.add(e, text[start:p.end])
		start = p.end
	}
	m.announce()
}

func flagsOf(p piece) (flags uint32) {
	if p.continued {
		flags |= flagContinued
	}
	if p.styled {
		flags |= flagStyled
	}
	return flags
}

// announce wakes the followers that wait. The lock is held.
func (m *memory) announce() {
	if m.waiting {
		close(m.changed)
		m.changed = make(chan struct{})
		m.waiting = false
	}
}

// close ends all followers once they have read what is there.
func (m *memory) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.announce()
}

// tail returns the last n lines of a service itself, the oldest first.
func (m *memory) tail(service string, n int) []Line {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.rings {
		if r.name == service {
			return r.ownTail(n)
		}
	}
	return nil
}

func (r *ring) ownTail(n int) []Line {
	var numbers []uint64
	// From the newest back, past what devgate said in between.
	for i := r.next; i > r.first && len(numbers) < n; i-- {
		if r.at(i-1).source() != fromDevgate {
			numbers = append(numbers, i-1)
		}
	}
	lines := make([]Line, len(numbers))
	for i, number := range numbers {
		lines[len(lines)-1-i] = r.line(number)
	}
	return lines
}
