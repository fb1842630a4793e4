package buildoutput

import (
	"slices"
	"time"
)

const (
	// slack is how much earlier than its beginning a build may seem to write: file
	// systems stamp by a clock that ticks.
	slack = 15 * time.Millisecond
	// settling is how long after a build's end its last writes are told of; many
	// files are told of later. Nobody waits for a control build, which is settled then.
	settling, settlingMany = 150 * time.Millisecond, 400 * time.Millisecond
	// keptFor is how long a build that has ended is remembered, for what is told
	// of later than that.
	keptFor = 15 * time.Second
)

// End is how a build has ended.
type End uint8

// The ends. The zero End is CutOff.
const (
	CutOff    End = iota // it was cancelled, or could not even begin
	Failed               // it has come to its end, and has failed
	Succeeded            // it has come to its end
)

// build is one run of a service's build command.
type build struct {
	service string
	began   time.Time
	ended   time.Time // zero: it runs
	end     End       // how it has ended
	settled bool      // what was written until its end has been decided on
	calm    int       // so many builds of the service, up to this one, have written the same files

	edited  bool      // somebody's edit is among its causes
	delayed bool      // it has begun later than it could have
	control bool      // it was asked for, and nobody's edit is
	alone   bool      // a control build, and nobody had edited anything for a while
	asked   []*file   // of a control build: for whose sake
	before  []trigger // the builds of its round whose writes have led to it
	held    []*change // what waits for its end
}

// trigger is a change that one build has made and that has led to another.
type trigger struct {
	file *file
	by   *build
}

// contains reports whether the build ran at a time.
func (b *build) contains(at time.Time) bool {
	return !at.Before(b.began.Add(-slack)) && (b.ended.IsZero() || !at.After(b.ended))
}

// round reports whether a service was built on the way to this build.
func (b *build) round(service string) bool {
	return b.service == service || slices.ContainsFunc(b.before, func(t trigger) bool { return t.by.round(service) })
}

// isWhole reports whether the build has come to its end, whichever.
func (b *build) isWhole() bool { return b.end != CutOff }

// settles is when what it has written is decided on.
func (b *build) settles() time.Time {
	if b.control {
		return b.ended.Add(settlingMany)
	}
	return b.ended.Add(settling)
}

// fromEdit reports whether somebody's edit has led to the build, be it by other builds.
func (b *build) fromEdit() bool {
	return b.edited || slices.ContainsFunc(b.before, func(t trigger) bool { return t.by.fromEdit() })
}

// duration is how long the build took; 0 while it runs.
func (b *build) duration() time.Duration {
	if b.ended.IsZero() {
		return 0
	}
	return b.ended.Sub(b.began)
}

// moment is when in a build something was written. One that was cut off has no
// end to count from.
func (b *build) moment(at time.Time) moment {
	m := moment{start: at.Sub(b.began)}
	if b.isWhole() {
		m.end, m.of = b.ended.Sub(at), b.duration()
	}
	return m
}

// unasked reports whether nobody has edited anything for this build: it is the
// first one, or was asked for by a command.
func (b *build) unasked() bool { return !b.edited && !b.control && len(b.before) == 0 }

// change is what a build's end has to decide on.
type change struct {
	file  *file
	at    time.Time // of the last write
	same  bool      // the file was written as it was
	named bool      // it has come or gone
}

func newChange(f *file, w Write) *change {
	return &change{file: f, at: w.At, same: w.Before == w.After, named: w.Before == 0 || w.After == 0}
}

// hold puts a change off until the build's end.
func (b *build) hold(f *file, w Write) {
	for _, c := range b.held {
		if c.file == f {
			c.at, c.same, c.named = later(c.at, w.At), c.same && w.Before == w.After, c.named || w.Before == 0 || w.After == 0
			return
		}
	}
	b.held = append(b.held, newChange(f, w))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// earlier is the earlier of two times, of which the zero one is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
