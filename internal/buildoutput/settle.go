package buildoutput

import (
	"maps"
	"slices"
	"time"
)

// settle decides on all that a build has written.
func (l *Ledger) settle(b *build, out *verdicts) {
	b.settled = true
	for _, c := range b.held {
		l.decide(b, c, out)
	}
	b.held = nil
}

// decide says what a change is that a build has made, or that was made during it.
func (l *Ledger) decide(b *build, c *change, out *verdicts) {
	f := c.file
	ev := f.evidence(b.service)
	if kin := f.kin(b); c.fresh && ev.own == nil && kin != nil && alike(kin, ev.moments(b), 0) {
		ev.own = kin
	}
	switch {
	case ev.own != nil && ev.fits(b):
		f.cost = 0
	case ev.own == nil && b.control && b.round(f.target.name) && ev.proven(l.wholes[b.service]):
		l.learn(f, b, out)
	case c.same, f.target.built.After(c.at.Add(slack)): // a build has begun since, and has seen it
	case ev.own != nil && b.whole && f.cost < patience:
		ev.loose = ev.loose || f.cost > 0 // a second time: its moments are not as sure as they seemed
		f.count(out)
	default:
		ev.own = nil // it is written at other moments by now
		f.target.owed[f] = debt{target: f.target, at: c.at, by: b}
	}
}

// learn makes a file the build's own, and with it those by which the build came
// about, back to where the circle began.
func (l *Ledger) learn(f *file, b *build, out *verdicts) {
	l.own(f, b, out)
	for at := b; at.service != f.target.name && len(at.before) > 0; {
		var next *build
		for _, t := range at.before {
			if !t.by.round(f.target.name) {
				continue
			}
			if ev := t.file.evidence(t.by.service); ev.own == nil && ev.proven(l.wholes[t.by.service]) {
				l.own(t.file, t.by, out)
			}
			next = t.by
		}
		if next == nil {
			break
		}
		at = next
	}
}

func (l *Ledger) own(f *file, b *build, out *verdicts) {
	ev := f.evidence(b.service)
	ev.own, f.cost = ev.moments(b), 0
	moments := ev.all(l.wholes[b.service])
	ev.loose = len(moments) < 2 || !alike(moments[0], moments[1], 0) || slices.ContainsFunc(ev.own, moment.isInner)
	delete(f.target.owed, f)
	*out = append(*out, Verdict{Kind: Learned, Service: f.target.name, Files: []string{f.path}, By: b.service})
}

// due returns the service that is owed a build next, and when; nil: none is, or
// something has to happen first.
func (l *Ledger) due() (t *target, at time.Time) {
	for _, name := range slices.Sorted(maps.Keys(l.targets)) {
		if t := l.targets[name]; t.hasPassed() && l.running(name) == nil {
			return t, l.active
		}
	}
	wait, building := l.active, false
	for _, b := range l.builds {
		building = building || b.ended.IsZero() || !b.settled
	}
	if building {
		return nil, time.Time{}
	}
	for _, name := range slices.Sorted(maps.Keys(l.targets)) {
		other := l.targets[name]
		if c := other.causes; !other.built.IsZero() && !c.at.IsZero() {
			wait = later(wait, c.at.Add(beginning))
		}
		for f := range other.owed {
			if when := l.active.Add(f.quiet()); t == nil || when.Before(at) {
				t, at = other, when
			}
		}
	}
	if t == nil {
		return nil, time.Time{}
	}
	return t, later(at, wait)
}

// hasPassed reports whether a build of another round has changed something.
func (t *target) hasPassed() bool {
	for _, d := range t.owed {
		if d.passed() {
			return true
		}
	}
	return false
}
