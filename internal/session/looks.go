package session

import "time"

// looks tells whether a service may have written what was changed at the moment at
// which the same was changed after its last start. A service that writes what it
// watches each time it starts is put off like one that crashes; who saves each time
// it has started must not be. It belongs to edits.
type looks struct {
	wrote     func(service string) (bytes uint64, known bool) // so far
	byService map[string]look
}

// look is how much a service has written just before that moment.
type look struct {
	due   time.Time
	taken time.Time // zero: not yet
	bytes uint64
	known bool
}

// lookAhead is how long before the moment a look is taken.
const lookAhead = 60 * time.Millisecond

// started forgets the look at an older process, and plans one for this one if a
// change of its files is expected.
func (k *looks) started(service string, expected time.Time, is bool) {
	delete(k.byService, service)
	if is {
		k.byService[service] = look{due: expected.Add(-lookAhead)}
	}
}

// take takes the looks that are due.
func (k *looks) take(now time.Time) {
	for service, l := range k.byService {
		if l.taken.IsZero() && !l.due.After(now) {
			l.bytes, l.known = k.wrote(service)
			l.taken = time.Now() // what is written meanwhile may be among the bytes
			k.byService[service] = l
		}
	}
}

// next is when one is due; zero: none is.
func (k *looks) next() (next time.Time) {
	for _, l := range k.byService {
		if l.taken.IsZero() && (next.IsZero() || l.due.Before(next)) {
			next = l.due
		}
	}
	return next
}

// isInnocent reports whether a service has written nothing at all since it was
// looked at, before its files were changed at that moment: whoever did so was not it.
// A look that came late, on a busy machine, says nothing.
func (k *looks) isInnocent(service string, changed time.Time) bool {
	before := k.byService[service]
	if !before.known || !before.taken.Before(changed) {
		return false
	}
	bytes, known := k.wrote(service)
	return known && bytes == before.bytes
}
