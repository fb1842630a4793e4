package proxy

import (
	"encoding/binary"
	"hash/maphash"
	"strings"
	"sync"
	"sync/atomic"

	"devgate/proxy/wire"
)

// learnedMax bounds the requests remembered.
const learnedMax = 4096

// learned is which backend answered which request, since the last moment at
// which anything may have changed. Who learns something reads the generation
// before the request is asked, so that nothing of an older one is ever kept.
type learned struct {
	generation atomic.Uint64
	seed       maphash.Seed

	mu      sync.Mutex
	of      uint64         // the generation of answers
	answers map[uint64]int // whose answer it was, by its place among the candidates
}

// bump makes everything learned so far invalid. It comes after a change of
// state or configuration, and both before and after an unsafe request.
func (l *learned) bump() { l.generation.Add(1) }

// place returns which of the candidates answered the request of that key.
func (l *learned) place(key uint64) (int, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of != l.generation.Load() {
		return 0, false
	}
	i, ok := l.answers[key]
	return i, ok
}

// keep remembers what was found out in a generation, if that still lasts.
func (l *learned) keep(key uint64, place int, generation uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if generation != l.generation.Load() {
		return
	}
	if l.of != generation || l.answers == nil || len(l.answers) >= learnedMax {
		l.of, l.answers = generation, make(map[uint64]int)
	}
	l.answers[key] = place
}

func (l *learned) forget(key uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.answers, key)
}

// isNoise reports whether a header says nothing about who answers: conditions
// and ranges, where a request comes from, and what follows it through systems.
func isNoise(name string) bool {
	switch name {
	case "If-None-Match", "If-Modified-Since", "Range", "Referer", "Traceparent":
		return true
	}
	return strings.HasPrefix(name, "Sec-Fetch-")
}

// key identifies a request: two have the same one only if every backend gets
// the same from both, but for noise.
func (l *learned) key(req *wire.Request) uint64 {
	var room [2 << 10]byte
	return maphash.Bytes(l.seed, appendKey(room[:0], req))
}

// appendKey writes every part with its length, so that no two requests have the
// same parts in different places.
func appendKey(b []byte, req *wire.Request) []byte {
	part := func(s string) {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	for _, s := range [...]string{req.Method, req.Target, req.Host, req.Client, req.Scheme} {
		part(s)
	}
	var room [32]string
	for _, name := range req.EndToEnd(room[:0]) {
		if isNoise(name) {
			continue
		}
		part(name)
		b = binary.AppendUvarint(b, uint64(len(req.Header[name])))
		for _, v := range req.Header[name] {
			part(v)
		}
	}
	return b
}
