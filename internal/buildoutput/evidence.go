package buildoutput

import (
	"slices"
	"time"
)

// evidence is what is known of a file and the builds of one service.
type evidence struct {
	writes map[*build][]time.Time // of the newest builds that wrote it
	other  map[*build]bool        // those that have made it another one than it was
	order  []*build               // the same builds, the oldest first
	own    []moment               // when each build writes it; nil: not known
	always bool                   // each whole build does so, that of nobody's edit too
}

// keptBuilds is how many builds are remembered for a file.
const keptBuilds = 6

// once is up to how far apart writes of a file are one: a watcher tells of them in
// one piece or in two.
const once = 2 * strict

// note keeps that a build has written the file.
func (ev *evidence) note(b *build, w Write) {
	at := w.At
	if w.Before != w.After {
		ev.other[b] = true
	}
	if ev.writes[b] == nil {
		ev.order = append(ev.order, b)
		if len(ev.order) > keptBuilds {
			delete(ev.writes, ev.order[0])
			delete(ev.other, ev.order[0])
			ev.order = slices.Delete(ev.order, 0, 1)
		}
	}
	for i, before := range ev.writes[b] {
		if at.Sub(before).Abs() <= once {
			ev.writes[b][i] = later(before, at)
			return
		}
	}
	ev.writes[b] = append(ev.writes[b], at)
}

// moments are when a build has written the file.
func (ev *evidence) moments(b *build) []moment {
	var all []moment
	for _, at := range ev.writes[b] {
		all = append(all, b.moment(at))
	}
	slices.SortFunc(all, func(x, y moment) int { return int(x.start - y.start) })
	return all
}

// proven reports whether the newest whole builds of a service, newest first, have
// written the file in the way that only the build itself does: two control builds
// at the same moment while nobody is about, or three builds, two of them control
// builds, at about the same one. Where people are at work meanwhile it takes three at
// the same moment.
func (ev *evidence) proven(builds []*build, undisturbed int) bool {
	switch {
	case len(builds) < 2 || !builds[0].control:
		return false
	case builds[0].alone && builds[1].alone && undisturbed >= 2 && ev.alike(builds[:2], 0):
		return true
	case len(builds) < 3 || !builds[1].control && !builds[2].control:
		return false
	}
	return ev.alike(builds, 0) || undisturbed >= 3 && ev.alike(builds, partOfThree) || ev.repeats(builds) && ev.alike(builds, partOfSame)
}

// repeats reports whether all control builds among these have written the file as
// it was. Few people do so twice, and not when nobody else does anything.
func (ev *evidence) repeats(builds []*build) bool {
	return !slices.ContainsFunc(builds, func(b *build) bool { return b.control && ev.other[b] })
}

// alike reports whether all these builds have written the file alike.
func (ev *evidence) alike(builds []*build, part float64) bool {
	for i, b := range builds {
		for _, other := range builds[:i] {
			if !alike(ev.moments(b), ev.moments(other), part) {
				return false
			}
		}
	}
	return true
}

// follows reports whether the builds that somebody's edits have led to have always
// written the file in one way: a generator that writes what is out of date does
// so, and never in a control build. One of these builds must have begun later than
// the others after the edit: what an editor, or another server, writes at the same
// edit is at another moment of such a build.
func (ev *evidence) follows() bool {
	seen := ev.ofEdits()
	return len(seen) > confirming && chance(seen, ev) <= unlikely &&
		slices.ContainsFunc(seen, func(b *build) bool { return b.delayed }) && slices.ContainsFunc(seen, func(b *build) bool { return !b.delayed })
}

// ofEdits returns the newest builds in a row that have written the file alike, if
// all of them were led to by edits and came to their end.
func (ev *evidence) ofEdits() (all []*build) {
	for _, b := range slices.Backward(ev.order) {
		if !b.isWhole() || !b.edited || len(all) > 0 && !alike(ev.moments(all[0]), ev.moments(b), 0) {
			break
		}
		all = append(all, b)
	}
	return all
}

const (
	// confirming is after how many such builds one is delayed, to find out.
	confirming = 2
	// unlikely is what is no chance any more.
	unlikely = 0.002
)

// chance is how likely it is that somebody who saves a file once in each of these
// builds does so at moments that are as close to each other. Who saves does so
// every two seconds or less often.
func chance(builds []*build, ev *evidence) float64 {
	likely := 1.0
	first := ev.moments(builds[0])[0]
	for _, b := range builds[1:] {
		m := ev.moments(b)[0]
		apart := max(10*time.Millisecond, min((m.start-first.start).Abs(), (m.end-first.end).Abs()))
		likely *= min(1, 4*float64(apart)/float64(max(m.of, 2*time.Second)))
	}
	return likely
}

// sameIn reports whether none of these builds has written the file, or all have
// alike.
func (ev *evidence) sameIn(builds []*build) bool {
	for _, b := range builds {
		if len(ev.writes[b]) > 0 {
			return ev.alike(builds, partOfThree)
		}
	}
	return true
}

// known reports whether a build before b has written the file.
func (ev *evidence) known(b *build) bool {
	return ev != nil && slices.ContainsFunc(ev.order, func(earlier *build) bool { return earlier != b })
}

// differs reports whether a build has written the file another number of times than
// the one before that wrote it.
func (ev *evidence) differs(b *build) bool {
	i := slices.Index(ev.order, b)
	return i > 0 && len(ev.writes[b]) != len(ev.writes[ev.order[i-1]])
}

// cancelled is how many builds in a row were cut off, up to this one.
func (ev *evidence) cancelled(b *build) (n int) {
	for _, earlier := range slices.Backward(ev.order) {
		switch {
		case earlier == b:
		case earlier.isWhole():
			return n
		default:
			n++
		}
	}
	return n
}

// strange reports whether a write at a moment of a build that runs is so unlike
// those of earlier builds that it is somebody's edit. Late in a build nobody can
// say so, nor is there much to win by cancelling it.
func (ev *evidence) strange(b *build, at time.Time) bool {
	usually := ev.usualDuration(b)
	return usually > 0 && at.Sub(b.began) <= usually/2 && !ev.near(b, at)
}

// usualDuration is that of the newest whole build before b that has written the
// file; 0: there is none.
func (ev *evidence) usualDuration(b *build) time.Duration {
	for _, earlier := range slices.Backward(ev.order) {
		if earlier != b && earlier.isWhole() {
			return earlier.duration()
		}
	}
	return 0
}

// near reports whether a moment of a build that runs is about one at which an
// earlier build has written the file.
func (ev *evidence) near(b *build, at time.Time) bool {
	apart := max(500*time.Millisecond, ev.usualDuration(b)/5)
	for _, earlier := range ev.order {
		for _, m := range ev.moments(earlier) {
			if earlier != b && (m.start-at.Sub(b.began)).Abs() <= apart {
				return true
			}
		}
	}
	return false
}

// fits reports whether a build has written the file as it always does.
func (ev *evidence) fits(b *build) bool {
	moments := ev.moments(b)
	if ev.always && b.unasked() && b.isWhole() && len(moments) <= len(ev.own) {
		return true // nobody edits, and caches are cold: moments say little
	}
	return ev.usually(moments)
}

// usually reports whether a build writes the file at these moments.
func (ev *evidence) usually(moments []moment) bool {
	l := narrow
	if ev.always {
		l = wide
	}
	return len(moments) <= len(ev.own) && !slices.ContainsFunc(moments, func(m moment) bool { return !usual(ev.own, m, l) })
}
