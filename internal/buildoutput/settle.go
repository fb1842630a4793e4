package buildoutput

import (
	"maps"
	"slices"
	"time"
)

// settle decides on all that a build has written.
func (l *Ledger) settle(b *build, out *verdicts) {
	b.settled, b.calm = true, l.undisturbed(l.wholes[b.kind()])
	if b.control {
		l.meetPeople(b)
	}
	for _, c := range b.held {
		l.decide(b, c, out)
	}
	for _, c := range b.held {
		if ev := c.file.evidence(b.service); ev.own != nil && b.control {
			ev.always = ev.always && !slices.ContainsFunc(b.asked, (*file).isSuspect)
		}
	}
	b.held = nil
}

// meetPeople looks for signs of people in a control build: files that are not
// written as often as the last time. Then nothing is to be found out by waiting
// longer, and somebody waits for his edit.
func (l *Ledger) meetPeople(b *build) {
	for _, c := range b.held {
		if ev := c.file.evidence(b.service); ev.own == nil && ev.differs(b) {
			c.file.cost, l.checks = 0, 0
		}
	}
}

// decide says what a change is that a build has made, or that was made during it.
func (l *Ledger) decide(b *build, c *change, out *verdicts) {
	f := c.file
	ev := f.evidence(b.service)
	switch {
	case ev.own != nil && ev.fits(b):
		f.cost = 0
	case ev.own == nil && b.control && b.round(f.target.name) && l.proven(f, b):
		l.learn(f, b, out)
	case ev.own == nil && b.edited && b.service == f.target.name && ev.follows():
		f.own(b, false, out)
	case ev.own == nil && c.named && f.follow(f.kin(b), b):
	case c.named && f.holdsOutputs(b):
	case c.same, f.target.hasSeen(c.at):
	case ev.own != nil && b.isWhole() && f.cost < patience:
		f.count(out)
	case b.end == Failed && !ev.known(b): // somebody mends what does not build, and waits
		f.count(out)
	default:
		if b.isWhole() {
			ev.own = nil // it is written at other moments by now
		}
		f.owe(debt{target: f.target, at: c.at, by: b}, out)
	}
}

// owe keeps that a build is owed for the file. Where control builds have cost what a
// person bears without a word, and have not shown who writes it, that is said.
func (f *file) owe(d debt, out *verdicts) {
	f.target.owed[f] = d
	if d.suspect() && f.cost >= patience && !f.unclear {
		f.unclear = true
		*out = append(*out, Verdict{Kind: Unclear, Service: f.target.name, Files: []string{f.path}, By: d.by.service})
	}
}

// learn makes a file the build's own, and with it those by which the build came
// about, back to where the circle began.
func (l *Ledger) learn(f *file, b *build, out *verdicts) {
	f.own(b, true, out)
	for at := b; at != nil && at.service != f.target.name; {
		var next *build
		for _, t := range at.before {
			if !t.by.round(f.target.name) {
				continue
			}
			if next = t.by; t.file.evidence(next.service).own == nil && l.proven(t.file, next) {
				t.file.own(next, true, out)
			}
		}
		at = next
	}
}

// proven reports whether a file is written by the builds of the service of b.
func (l *Ledger) proven(f *file, b *build) bool {
	return f.evidence(b.service).proven(l.wholes[b.kind()], b.calm)
}

// undisturbed returns how many of these builds, the newest of a service, have
// written the same files alike. Others show that people are at work.
func (l *Ledger) undisturbed(builds []*build) int {
	all := len(builds)
	for _, t := range l.targets {
		for _, f := range t.files {
			if all < 2 {
				return all
			}
			ev := f.by[builds[0].service]
			if ev == nil || ev.own != nil {
				continue
			}
			for !ev.sameIn(builds[:all]) {
				all--
			}
		}
	}
	return all
}

// own makes a file the build's own; always is true of one that each build writes.
func (f *file) own(b *build, always bool, out *verdicts) {
	ev := f.evidence(b.service)
	ev.own, ev.always, f.cost = ev.moments(b), always, 0
	delete(f.target.owed, f)
	*out = append(*out, Verdict{Kind: Learned, Service: f.target.name, Files: []string{f.path}, By: b.service})
}

// follow takes a file for the build's own without a word, as another one is; false:
// there is no other.
func (f *file) follow(kin *evidence, b *build) bool {
	if kin == nil {
		return false
	}
	ev := f.evidence(b.service)
	ev.own, ev.always = kin.own, kin.always
	return true
}

// due returns the service that is owed a build next, and when; nil: none is, or
// something has to happen first.
func (l *Ledger) due() (t *target, at time.Time) {
	for _, name := range slices.Sorted(maps.Keys(l.targets)) {
		if t := l.targets[name]; t.hasPassed() && l.running(name) == nil {
			return t, l.active
		}
	}
	notBefore, building := l.active, false
	for _, b := range l.builds {
		building = building || b.ended.IsZero() || !b.settled
	}
	if building {
		return nil, time.Time{}
	}
	for _, name := range slices.Sorted(maps.Keys(l.targets)) {
		other := l.targets[name]
		if c := other.causes; !other.built.IsZero() && !c.at.IsZero() {
			notBefore = later(notBefore, c.at.Add(beginning))
		}
		for f, d := range other.owed {
			wait, due := l.quiet(f, d)
			if when := l.active.Add(wait); due && (t == nil || when.Before(at)) {
				t, at = other, when
			}
		}
	}
	if t == nil {
		return nil, time.Time{}
	}
	return t, later(at, notBefore)
}

// quiet is how long nothing must happen before a control build for a file; false:
// there is none, as there were enough of them.
func (l *Ledger) quiet(f *file, d debt) (time.Duration, bool) {
	if !d.suspect() || f.cost < patience {
		return quiet, true
	}
	return longQuiet << max(0, l.checks-patience), l.checks < enough
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
