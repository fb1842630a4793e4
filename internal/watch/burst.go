package watch

import "time"

// entry is a file of which an event was seen.
type entry struct {
	base        state     // content when the last Change was made
	first, last time.Time // events
}

// burst collects what happens to one target's files until it is over.
type burst struct {
	debounce
	absence time.Duration // how long a file may be gone or empty unnoticed
	pending map[string]entry
	held    time.Time // until then, some file may come back
	overdue bool      // the limit is reached, and all that has changed may come back
	writes  []written // of files that are not pending any more; see taken
}

// written is a file that was written since it held something before.
type written struct {
	path        string
	before, now state
	first, last time.Time // events
}

// newBurst returns an empty one.
func newBurst(lone, limit, absence time.Duration) *burst {
	return &burst{
		debounce: debounce{lone: lone, limit: limit},
		absence:  absence,
		pending:  map[string]entry{},
	}
}

// add notes an event. Base is what path held before, and counts only if path
// is not pending yet.
func (b *burst) add(path string, base state, at time.Time) {
	e, known := b.pending[path]
	if !known {
		e = entry{base: base, first: at}
	}
	e.last = at
	b.pending[path] = e
	b.held = time.Time{}
	b.event(at)
}

// wake returns when conclude is to be called; false: not before the next event.
func (b *burst) wake() (time.Time, bool) {
	if !b.open() {
		return time.Time{}, false
	}
	at := b.due()
	if at.Before(b.held) {
		at = b.held
	}
	if b.deadline().Before(at) {
		at = b.deadline()
	}
	if b.overdue && at.Before(b.held) {
		at = b.held // or the next event, which is most likely the return
	}
	return at, true
}

// hold puts that off, unless something happens before.
func (b *burst) hold(until time.Time) { b.held = until }

// conclude compares the pending files with what they held before and returns
// those that have changed and when the first event was; none when the burst is
// not over, or was about nothing. Read returns what a file holds now.
func (b *burst) conclude(now time.Time, read func(string) state) (changed []string, at time.Time) {
	forced, waiting := b.forced(now), false
	var found []written
	b.held = time.Time{}
	for path, e := range b.pending {
		s := read(path)
		switch {
		case s.same(e.base):
			if s.kind != absent && s.written != e.base.written {
				b.writes = append(b.writes, written{path, e.base, s, e.first, e.last})
			}
			delete(b.pending, path)
		case s.passing() && now.Before(e.last.Add(b.absence)):
			waiting = true
			if back := e.last.Add(b.absence); b.held.IsZero() || back.Before(b.held) {
				b.held = back
			}
		default:
			changed, found = append(changed, path), append(found, written{path, e.base, s, e.first, e.last})
		}
	}
	b.overdue = forced && waiting && len(changed) == 0
	if waiting && (!forced || b.overdue) {
		return nil, time.Time{}
	}
	b.writes = append(b.writes, found...)
	return changed, b.close(now, changed)
}

// taken returns what was written since it was last called: what has changed, and
// what was written as it was.
func (b *burst) taken() []written {
	all := b.writes
	b.writes = nil
	return all
}

// close takes what has changed out of the burst and returns when it began. What
// still waits begins a new one.
func (b *burst) close(now time.Time, changed []string) (at time.Time) {
	for _, path := range changed {
		if e := b.pending[path]; at.IsZero() || e.first.Before(at) {
			at = e.first
		}
		delete(b.pending, path)
	}
	b.end(now, len(changed) > 0)
	for path, e := range b.pending {
		if len(changed) > 0 {
			// Who restarts now may read anything of this file.
			e.base = state{kind: unknown}
			b.pending[path] = e
		}
		b.event(e.last)
	}
	return at
}
