package buildoutput

import (
	"math"
	"time"
)

const (
	// rounds is at which start in a row a service is told that it writes what it
	// watches. The change before is put off already: after a start that comes later,
	// a service that writes does so later, too, and somebody who saves does not.
	rounds = 3
	// shortly is how long after its start a service may write and still be said to
	// do so when it starts.
	shortly = 10 * time.Second
	// firstWait is how long that change waits; each time twice as long, up to
	// longestWait, as after a crash.
	firstWait, longestWait = 200 * time.Millisecond, 10 * time.Second
	// early is how long after its start a service that is not ready yet writes at one
	// moment and the same, as slow as a machine may be today: nobody saves a file so soon
	// after each start. A program that waits until it is ready, and then saves, does so
	// later: that it is ready comes first.
	early = 500 * time.Millisecond
)

// runs is what is known of a service and what it writes each time it starts.
type runs struct {
	number  int
	started time.Time // of the newest process
	ready   time.Time // zero: it is not, or nobody can tell
	habits  map[string]habit
}

// habit is a file that is written at the same moment after each start.
type habit struct {
	run    int // the newest
	after  time.Duration
	early  bool
	rounds int
}

// Started tells that a process of a service is started at that moment.
func (l *Ledger) Started(service string, at time.Time) {
	r := &l.target(service).runs
	r.number++
	r.started, r.ready = at, time.Time{}
	for path, h := range r.habits {
		if h.run < r.number-1 {
			delete(r.habits, path)
		}
	}
}

// Ready tells that a service is ready since that moment. Of one whose readiness means
// nothing, as it is ready when it runs, it must not be told.
func (l *Ledger) Ready(service string, since time.Time) {
	r := &l.target(service).runs
	if r.ready.IsZero() && since.After(r.started) { // and not an older process
		r.ready = since
	}
}

// Expected returns when a service writes what it watches if it does so as after its
// last start; false: it has not.
func (l *Ledger) Expected(service string) (at time.Time, is bool) {
	r := &l.target(service).runs
	for _, h := range r.habits {
		if h.run == r.number-1 {
			at, is = earlier(at, r.started.Add(h.after)), true
		}
	}
	return at, is
}

// Acquit tells that a service has not written what was changed since its last start.
func (l *Ledger) Acquit(service string) { l.target(service).runs.habits = nil }

// note counts at how many starts in a row a file was written at the same moment,
// and says so when they are enough to be told.
func (r *runs) note(f *file, at time.Time, out *verdicts) int {
	after := at.Sub(r.started)
	if r.started.IsZero() || after < -slack || after > shortly {
		return 0
	}
	isEarly := after <= early && (r.ready.IsZero() || at.Before(r.ready))
	h, known := r.habits[f.path]
	switch {
	case known && h.run == r.number:
		return h.rounds // again, in the same run
	case known && (h.early && isEarly || isSameMoment(h.after, after)):
		h.rounds++
	default:
		h.rounds = 1
	}
	h.run, h.after, h.early = r.number, after, isEarly
	if r.habits == nil {
		r.habits = map[string]habit{}
	}
	if known || len(r.habits) < 100 {
		r.habits[f.path] = h
	}
	if h.rounds == rounds {
		out.add(Rewritten, f)
	}
	return h.rounds
}

// isSameMoment reports whether a service may write as long after one start as after
// another.
func isSameMoment(a, b time.Duration) bool {
	return (a - b).Abs() <= max(strict, b/40)
}

// slow puts off a change that is nothing but what the service writes each time it
// starts.
func (v verdicts) slow(t *target, habit int) {
	if habit < rounds-1 || habit == math.MaxInt {
		return
	}
	for i := range v {
		if v[i].Kind == Change && v[i].Service == t.name {
			v[i].Wait = min(firstWait<<min(habit-rounds+1, 10), longestWait)
		}
	}
}
