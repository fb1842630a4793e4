package buildoutput

import (
	"maps"
	"math"
	"slices"
	"time"
)

const (
	// quiet is how long nothing must happen before a control build: who edits
	// pauses seldom for so long, so that what is written in it is the build's.
	quiet = 3 * time.Second
	// patience is how many builds a file may cost before its control builds wait
	// for longQuiet, and later each time twice as long. After enough of them in a
	// row what is left waits for the next build.
	patience  = 3
	longQuiet = 30 * time.Second
	enough    = 6
	// absent is after how long without an edit nobody is taken to be at work.
	absent = 30 * time.Second
	// beginning is how long a build that was asked for may take to begin.
	beginning = 10 * time.Second
)

// Write is a change of a watched file.
type Write struct {
	Path string
	At   time.Time // when it was last written
	// First is when it was first written of several times that are told in one
	// piece; zero: once, or nobody knows.
	First time.Time
	// Before and After stand for what it held; 0: there was no file. They are
	// equal of a file that was written again as it was.
	Before, After uint64
}

// Ledger decides which changes of watched files count. Make one with New.
type Ledger struct {
	targets map[string]*target
	builds  []*build                 // that run, or ended a short while ago
	wholes  map[kindOfBuild][]*build // the newest builds that came to their end, newest first
	active  time.Time                // of the last write, or end of a build
	edited  time.Time                // when somebody last edited something, as it seems
	checks  int                      // control builds in a row without a sign of people
}

// New returns a ledger that knows what was remembered.
func New(remembered []Output) *Ledger {
	l := &Ledger{targets: map[string]*target{}, wholes: map[kindOfBuild][]*build{}}
	for _, o := range remembered {
		ev := l.target(o.Service).file(o.Path).evidence(o.By)
		ev.own, ev.always = o.moments(), o.Always
	}
	return l
}

func (l *Ledger) target(name string) *target {
	t := l.targets[name]
	if t == nil {
		t = &target{name: name, files: map[string]*file{}, owed: map[*file]debt{}}
		l.targets[name] = t
	}
	return t
}

// Began tells that a build of a service has begun. Asked is true where it
// follows from a Change or a Control.
func (l *Ledger) Began(service string, at time.Time, asked bool) {
	t := l.target(service)
	b := &build{service: service, began: at}
	if c := t.causes; asked && !c.at.IsZero() {
		b.edited, b.before, b.asked = c.edited, c.before, c.files
		b.delayed = c.delayed && at.Sub(c.at) > delay*3/4 // else another edit has taken it along
		b.control = !b.fromEdit()
		b.alone = b.control && at.Sub(l.edited) > absent
	}
	t.causes, t.built = causes{}, at
	l.builds = append(l.builds, b)
	maps.DeleteFunc(t.owed, func(_ *file, d debt) bool { return d.at.Add(slack).Before(at) })
}

// kindOfBuild tells builds apart that write at other moments.
type kindOfBuild struct {
	service string
	end     End
}

func (b *build) kind() kindOfBuild { return kindOfBuild{b.service, b.end} }

// Ended tells that the build of a service has ended, with all its processes.
func (l *Ledger) Ended(service string, at time.Time, end End) {
	b := l.running(service)
	if b == nil {
		return
	}
	b.ended, b.end = at, end
	l.active = later(l.active, at)
	if b.isWhole() {
		newest := slices.Insert(l.wholes[b.kind()], 0, b)
		l.wholes[b.kind()] = newest[:min(3, len(newest))]
	}
}

// Forget drops what is known of the builds of a service: another command writes
// other files.
func (l *Ledger) Forget(service string) {
	for _, t := range l.targets {
		for _, f := range t.files {
			delete(f.by, service)
		}
	}
	maps.DeleteFunc(l.wholes, func(k kindOfBuild, _ []*build) bool { return k.service == service })
}

// running returns the build of a service that has not ended; nil: there is none.
func (l *Ledger) running(service string) *build {
	i := slices.IndexFunc(l.builds, func(b *build) bool { return b.service == service && b.ended.IsZero() })
	if i < 0 {
		return nil
	}
	return l.builds[i]
}

// Written takes changes of files that a service watches, told in one piece.
func (l *Ledger) Written(service string, now time.Time, writes []Write) []Verdict {
	var out verdicts
	t := l.target(service)
	habit := math.MaxInt
	for _, w := range writes {
		if w.Before != w.After {
			l.active = later(l.active, w.At)
		}
		for _, at := range w.times() {
			w.At = at
			habit = min(habit, l.take(t.file(w.Path), w, now, &out))
		}
	}
	out.slow(t, habit)
	if l.running(service) == nil && t.wantsDelay() {
		t.cause(now).delayed = out.delay(t)
	}
	l.told(&out, now)
	return out
}

// times are when the file was written, as far as they tell.
func (w Write) times() []time.Time {
	if w.First.IsZero() || w.At.Sub(w.First) <= once {
		return []time.Time{w.At}
	}
	return []time.Time{w.First, w.At}
}

// take decides on one change, or holds it until the build is over. It returns at
// how many starts in a row the service has made this change; math.MaxInt where it
// does not count now.
func (l *Ledger) take(f *file, w Write, now time.Time, out *verdicts) (habit int) {
	b := l.during(f, w.At)
	l.note(f, w)
	switch {
	case b == nil && w.Before != w.After:
		f.forget(out)
		out.add(Change, f)
		return f.target.runs.note(f, w.At, out)
	case b == nil:
	case b.settled:
		l.decide(b, newChange(f, w), out)
	case f.counts(b, w):
		f.count(out)
		cause := f.target.cause(now) // if it was the build after all, this is how a circle begins
		cause.before = append(cause.before, trigger{f, b})
		return 0
	default:
		b.hold(f, w)
	}
	return math.MaxInt
}

// note keeps in which builds a file was written: where several run, any of them
// may have done so.
func (l *Ledger) note(f *file, w Write) {
	for _, b := range l.builds {
		if b.contains(w.At) {
			f.evidence(b.service).note(b, w)
		}
	}
}

// during returns the build in which a file was written: of several one that is
// known to write it, one of its own service, or the newest.
func (l *Ledger) during(f *file, at time.Time) *build {
	var found *build
	rank := func(b *build) int {
		ev := f.by[b.service]
		switch {
		case ev != nil && ev.own != nil:
			return 3
		case ev != nil && len(ev.order) > 0:
			return 2
		case b.service == f.target.name:
			return 1
		}
		return 0
	}
	for _, b := range l.builds {
		if b.contains(at) && (found == nil || rank(b) >= rank(found)) {
			found = b
		}
	}
	return found
}

// told keeps why services that are told of changes will be built.
func (l *Ledger) told(out *verdicts, now time.Time) {
	for _, v := range *out {
		if v.Kind == Change {
			l.target(v.Service).cause(now).edited = true
			l.edited = now
			l.checks = 0
		}
	}
}

// Next returns when Wake has something to do; false: not before something else
// happens.
func (l *Ledger) Next() (time.Time, bool) {
	var next time.Time
	for _, b := range l.builds {
		if !b.ended.IsZero() && !b.settled {
			next = earlier(next, b.settles())
		}
	}
	if _, at := l.due(); !at.IsZero() {
		next = earlier(next, at)
	}
	return next, !next.IsZero()
}

// Wake decides on what has waited until now.
func (l *Ledger) Wake(now time.Time) []Verdict {
	var out verdicts
	for _, b := range l.builds {
		if !b.ended.IsZero() && !b.settled && !now.Before(b.settles()) {
			l.settle(b, &out)
		}
	}
	l.told(&out, now)
	out = append(out, l.pay(now)...)
	l.builds = slices.DeleteFunc(l.builds, func(b *build) bool { return b.settled && now.After(b.ended.Add(keptFor)) })
	return out
}

// pay asks for a build that is owed and due.
func (l *Ledger) pay(now time.Time) []Verdict {
	t, at := l.due()
	if t == nil || now.Before(at) {
		return nil
	}
	v := Verdict{Kind: Change, Service: t.name} // what another build has made it from
	passed := t.hasPassed()
	cause, suspects := t.cause(now), 0
	for f, d := range t.owed {
		switch {
		case passed && !d.passed():
			continue
		case d.suspect():
			suspects, v.Kind = 1, Control
			f.cost++
		default:
			cause.before = append(cause.before, trigger{f, d.by})
		}
		cause.files = append(cause.files, f)
		v.Files = append(v.Files, f.path)
		delete(t.owed, f)
	}
	l.checks += suspects
	slices.Sort(v.Files)
	return []Verdict{v}
}
