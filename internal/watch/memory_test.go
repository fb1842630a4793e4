package watch

import "sync"

// memory is what a watcher that loses events has learned of each file. A file that comes
// and goes between two looks leaves no trace there, and who has started meanwhile runs
// it on.
type memory struct {
	mu      sync.Mutex
	n       int
	lessons map[string][]lesson
	disk    *reader
}

// lesson is what one look has found, and how many were before it.
type lesson struct {
	n     int
	found state
}

func newMemory(w *Watcher) *memory {
	m := &memory{lessons: map[string][]lesson{}}
	w.hooks.observer = func(o *observer) {
		m.disk = newReader(o.seed)
		o.tree.learned = m.add
	}
	return m
}

func (m *memory) add(path string, found state) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.n++
	m.lessons[path] = append(m.lessons[path], lesson{m.n, found})
}

func (m *memory) size() int {
	if m == nil {
		return 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.n
}

// hides reports whether the watcher knows what a file holds, and has never seen it hold
// anything else since then.
func (m *memory) hides(path string, since int) bool {
	if m == nil {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var known state
	now := m.disk.read(path)
	for _, l := range m.lessons[path] {
		if l.n > since && !l.found.same(now) {
			return false
		}
		if l.n <= since {
			known = l.found
		}
	}
	return known.same(now)
}
