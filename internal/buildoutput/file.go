package buildoutput

import (
	"maps"
	"path"
	"slices"
	"time"
)

// MaxPaths is how many files of one service's watch are known one by one. Others
// are known by their folder.
const MaxPaths = 2000

// target is a service that watches files.
type target struct {
	name   string
	files  map[string]*file
	owed   map[*file]debt // changes that no build of the service has begun after
	causes causes
	built  time.Time // when its newest build began; zero: it has none
	checks int       // control builds since something was edited
	runs   runs
}

// causes are why the next build of a service begins.
type causes struct {
	at     time.Time // when the newest was told; zero: there is none
	edited bool
	before []trigger // of builds whose writes are passed on
}

// debt is a change that a build is owed for.
type debt struct {
	target *target
	at     time.Time
	by     *build // that has made it, or ran while it was made
}

// passed reports whether the change comes to the service from the build of another
// one that somebody's edit has led to: it waits for no quiet.
func (d debt) passed() bool { return !d.by.control && !d.by.round(d.target.name) }

// file is one file, or folder of files, that a service watches.
type file struct {
	target *target
	path   string
	by     map[string]*evidence // by service that builds
	cost   int                  // builds that it has led to since it was last edited
}

// evidence is what is known of a file and the builds of one service.
type evidence struct {
	writes map[*build][]time.Time // of the newest builds that wrote it
	order  []*build               // the same builds, the oldest first
	own    []moment               // when each build writes it; nil: not known
	loose  bool                   // it does so at about these moments
}

// keptBuilds is how many builds are remembered for a file.
const keptBuilds = 4

// file returns what is known of a path, or makes room for it.
func (t *target) file(name string) *file {
	if f := t.files[name]; f != nil {
		return f
	}
	if len(t.files) >= MaxPaths {
		if name = path.Dir(name) + "/"; t.files[name] == nil && len(t.files) >= 2*MaxPaths {
			name = "/" // so many folders: all others are one
		}
		if f := t.files[name]; f != nil {
			return f
		}
	}
	f := &file{target: t, path: name, by: map[string]*evidence{}}
	t.files[name] = f
	return f
}

// evidence returns what is known of the file and the builds of a service.
func (f *file) evidence(service string) *evidence {
	ev := f.by[service]
	if ev == nil {
		ev = &evidence{writes: map[*build][]time.Time{}}
		f.by[service] = ev
	}
	return ev
}

// note keeps that a build has written the file.
func (ev *evidence) note(b *build, at time.Time) {
	if ev.writes[b] == nil {
		ev.order = append(ev.order, b)
		if len(ev.order) > keptBuilds {
			delete(ev.writes, ev.order[0])
			ev.order = slices.Delete(ev.order, 0, 1)
		}
	}
	if !slices.ContainsFunc(ev.writes[b], at.Equal) { // told twice, by different ways
		ev.writes[b] = append(ev.writes[b], at)
	}
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
// at the same moment, or three builds, two of them control builds, at about the same.
func (ev *evidence) proven(builds []*build) bool {
	all := ev.all(builds)
	switch {
	case len(builds) < 2 || !builds[0].control:
		return false
	case builds[1].control && alike(all[0], all[1], 0):
		return true
	case len(builds) < 3 || !builds[1].control && !builds[2].control:
		return false
	}
	return alike(all[0], all[1], partOfThree) && alike(all[1], all[2], partOfThree) && alike(all[0], all[2], partOfThree)
}

func (ev *evidence) all(builds []*build) (all [][]moment) {
	for _, b := range builds {
		all = append(all, ev.moments(b))
	}
	return all
}

// known reports whether a build before b has written the file.
func (ev *evidence) known(b *build) bool {
	return ev != nil && slices.ContainsFunc(ev.order, func(earlier *build) bool { return earlier != b })
}

// cancelled is how many builds in a row were cut off, up to this one.
func (ev *evidence) cancelled(b *build) (n int) {
	for _, earlier := range slices.Backward(ev.order) {
		switch {
		case earlier == b:
		case earlier.whole:
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
	start, usually := at.Sub(b.began), time.Duration(0)
	for _, earlier := range ev.order {
		if earlier != b && earlier.whole {
			usually = earlier.duration()
		}
	}
	if usually == 0 || start > usually/2 {
		return false
	}
	apart := max(500*time.Millisecond, usually/5)
	for _, earlier := range ev.order {
		for _, m := range ev.moments(earlier) {
			if earlier != b && (m.start-start).Abs() <= apart {
				return false
			}
		}
	}
	return true
}

// fits reports whether a build has written the file as it always does.
func (ev *evidence) fits(b *build) bool {
	moments := ev.moments(b)
	if len(moments) > len(ev.own) {
		return false
	}
	if b.unasked() && b.whole {
		return true // nobody edits, and caches are cold: moments say little
	}
	return !slices.ContainsFunc(moments, func(m moment) bool { return !usual(ev.own, m, ev.loose) })
}

// counts reports whether a change during a build is taken for somebody's edit at
// once, and may cancel the build.
func (f *file) counts(b *build, w Write) bool {
	ev := f.by[b.service]
	switch {
	case w.Before == w.After || ev != nil && ev.own != nil:
		return false
	case !ev.known(b) && !b.round(f.target.name):
		return true
	case !ev.known(b):
		return b.edited && w.Before != 0
	}
	return (b.edited || !b.round(f.target.name)) && ev.cancelled(b) < 2 && ev.strange(b, w.At)
}

// kin returns when a build writes the other files in the folder of one that is
// new, if all of them are the build's own: bundlers give their files new names.
func (f *file) kin(b *build) []moment {
	var found []moment
	for _, other := range f.target.files {
		if other == f || path.Dir(other.path) != path.Dir(f.path) {
			continue
		}
		ev := other.by[b.service]
		if ev == nil || ev.own == nil {
			return nil
		}
		found = ev.own
	}
	return found
}

// forget makes the file one of which nothing is known: somebody has edited it.
func (f *file) forget(out *verdicts) {
	if slices.ContainsFunc(slices.Collect(maps.Values(f.by)), func(ev *evidence) bool { return ev.own != nil }) {
		out.add(Forgotten, f)
	}
	f.by, f.cost = map[string]*evidence{}, 0
	delete(f.target.owed, f)
}

// quiet is how long nothing must happen before a control build for this file.
func (f *file) quiet() time.Duration {
	if f.cost < patience {
		return quiet
	}
	return min(longQuiet<<max(0, min(f.target.checks-patience, 10)), longestQuiet)
}

// count makes the file one that has changed.
func (f *file) count(out *verdicts) {
	f.cost++
	out.add(Change, f)
}
