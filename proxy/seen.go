package proxy

import (
	"hash/maphash"
	"strings"
	"sync"
	"sync/atomic"
)

const (
	// seenMax bounds the routes remembered, and so, with seenPathMax, their
	// memory to a quarter of a megabyte.
	seenMax = 512
	// seenPathMax is the longest path remembered, in bytes: longer ones are no
	// routes that a person could have meant.
	seenPathMax = 256
	// seenMethodMax is longer than any method in use.
	seenMethodMax = 32
)

// seenRoutes are the routes that have been answered in this run: method and path,
// where segments that look like ids count as one. Its size is fixed: who has not
// been asked for since the hand last came by makes room for a new one. The zero
// value is ready to use but for its seed.
type seenRoutes struct {
	seed maphash.Seed

	mu    sync.RWMutex
	index map[uint64]int // where in the ring the route of a key is
	ring  [seenMax]*seenRoute
	hand  int
}

// seenRoute is one of them, by a request of it that was answered. It does not change,
// but for again.
type seenRoute struct {
	key          uint64
	method, path string
	backend      string
	status       int
	page         bool        // it was HTML, as a front end sends it for many a path
	again        atomic.Bool // it was asked for since the hand last came by
}

// knows reports whether a backend is known to answer the route, and that it was asked
// for again. It is all that most requests cost.
func (s *seenRoutes) knows(method, path, backend string) bool {
	known := s.find(s.key(method, path))
	if known == nil || known.backend != backend {
		return false
	}
	// Only read, as a rule: a write would take the line from other cores' caches.
	if !known.again.Load() {
		known.again.Store(true)
	}
	return true
}

func (s *seenRoutes) find(key uint64) *seenRoute {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if i, ok := s.index[key]; ok {
		return s.ring[i]
	}
	return nil
}

// add puts a route in the place of what was known of it, or of one that may go.
func (s *seenRoutes) add(one *seenRoute) {
	// Two slashes at the beginning would make a link to another host of it.
	if len(one.path) > seenPathMax || len(one.method) > seenMethodMax || strings.HasPrefix(one.path, "//") {
		return
	}
	// Both are parts of a larger string.
	one.method, one.path = strings.Clone(one.method), strings.Clone(one.path)
	one.key = s.key(one.method, one.path)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.index == nil {
		s.index = make(map[uint64]int)
	}
	i, ok := s.index[one.key]
	if !ok {
		i = s.room()
	}
	s.ring[i], s.index[one.key] = one, i
}

// room makes a place free: that of the next that was not asked for since it was passed
// by last. The caller holds s.mu.
func (s *seenRoutes) room() int {
	for {
		i := s.hand
		s.hand = (i + 1) % seenMax
		old := s.ring[i]
		if old != nil && old.again.Swap(false) {
			continue // each is passed by once at most before it is due
		}
		if old != nil {
			delete(s.index, old.key)
		}
		return i
	}
}

// all returns what is remembered.
func (s *seenRoutes) all() []*seenRoute {
	s.mu.RLock()
	defer s.mu.RUnlock()
	list := make([]*seenRoute, 0, len(s.index))
	for _, i := range s.index {
		list = append(list, s.ring[i])
	}
	return list
}

// key is the same for all requests of one route. Every answered request has its own made, so
// it goes over the path once, and needs no memory but the stack's.
func (s *seenRoutes) key(method, path string) uint64 {
	var room [seenMethodMax + seenPathMax + 1]byte
	b := append(append(room[:0], method...), ' ')
	for path != "" {
		segment := path[1:] // it begins with a slash, but for "*"
		end := strings.IndexByte(segment, '/')
		if end < 0 {
			end = len(segment)
		}
		b, segment = append(b, '/'), segment[:end]
		if isID(segment) {
			segment = ":" // which no browser sends as a segment of its own
		}
		b = append(b, segment...)
		path = path[1+end:]
	}
	return maphash.Bytes(s.seed, b)
}

// isID reports whether a segment of a path names one of many things rather than a
// kind of them: 42, 2024-01-31, order-7, a UUID, a hash.
func isID(segment string) bool {
	var digits, hex, letters int
	for i := range len(segment) {
		switch c := segment[i]; {
		case '0' <= c && c <= '9':
			digits++
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			hex++
		case 'g' <= c|0x20 && c|0x20 <= 'z':
			letters++
		case c == '-' || c == '_':
		default: // a file's name, an escape
			return false
		}
	}
	switch {
	case digits == 0:
		return false
	case hex+letters == 0: // 42, 2024-01-31
		return true
	case letters == 0 && digits+hex >= 8: // hashes, UUIDs
		return true
	case digits+hex+letters >= 16 && digits >= 4: // ULIDs, random names
		return true
	}
	return numbered(segment)
}

// numbered reports whether a segment is a word and a number: order-7, usr_123.
func numbered(segment string) bool {
	i := strings.LastIndexAny(segment, "-_")
	return i > 0 && i+1 < len(segment) && strings.Trim(segment[i+1:], "0123456789") == ""
}
