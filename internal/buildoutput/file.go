package buildoutput

import (
	"path"
	"slices"
	"strings"
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
	runs   runs
}

// causes are why the next build of a service begins.
type causes struct {
	at      time.Time // when the newest was told; zero: there is none
	edited  bool
	delayed bool
	files   []*file   // that were written by builds, as it seems
	before  []trigger // of builds whose writes are passed on
}

// cause returns why the next build begins, for another reason to be added. A
// service without a build has no use for it.
func (t *target) cause(now time.Time) *causes {
	if t.built.IsZero() {
		return &causes{}
	}
	t.causes.at = now
	return &t.causes
}

// hasSeen reports whether the service has been built, or started if it has no build,
// since a time.
func (t *target) hasSeen(at time.Time) bool {
	if t.built.IsZero() {
		return t.runs.started.After(at.Add(slack))
	}
	return t.built.After(at.Add(slack))
}

// debt is a change that a build is owed for.
type debt struct {
	target *target
	at     time.Time
	by     *build // that has made it, or ran while it was made
}

// suspect reports whether the change goes back to a service of its own round.
func (d debt) suspect() bool { return d.by.round(d.target.name) }

// passed reports whether it comes from the build of another service that somebody's
// edit has led to: it waits for no quiet.
func (d debt) passed() bool { return !d.suspect() && d.by.fromEdit() }

// file is one file, or folder of files, that a service watches.
type file struct {
	target  *target
	path    string
	by      map[string]*evidence // by service that builds
	cost    int                  // builds that it has led to since it was last edited
	edited  bool                 // somebody has written it outside of builds
	unclear bool                 // it was said that nobody knows who writes it
}

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
		ev = &evidence{writes: map[*build][]time.Time{}, other: map[*build]bool{}}
		f.by[service] = ev
	}
	return ev
}

// isSuspect reports whether nobody knows who writes the file.
func (f *file) isSuspect() bool {
	for _, ev := range f.by {
		if ev.own != nil {
			return false
		}
	}
	return true
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
	case f.target.built.IsZero(): // nothing is cancelled by it, and a save waits for nothing
		return !ev.near(b, w.At)
	}
	return (b.edited || !b.round(f.target.name)) && ev.cancelled(b) < 2 && ev.strange(b, w.At)
}

// kin returns when a build writes another file in the folder, if this one is written
// alike and nobody has edited any there: bundlers give their files new names.
func (f *file) kin(b *build) (found *evidence) {
	moments := f.evidence(b.service).moments(b)
	for _, other := range f.target.files {
		if path.Dir(other.path) != path.Dir(f.path) {
			continue
		}
		if other.edited {
			return nil
		}
		if ev := other.by[b.service]; found == nil && ev != nil && ev.usually(moments) {
			found = ev
		}
	}
	return found
}

// holdsOutputs reports whether the path is that of a folder in which the build writes.
// A folder stands for a name in it that has gone while nobody looked yet: right at the
// start, where builds remove what they are about to write.
func (f *file) holdsOutputs(b *build) bool {
	for _, other := range f.target.files {
		ev := other.by[b.service]
		if ev != nil && ev.own != nil && other != f && (f.path == "." || strings.HasPrefix(other.path, f.path+"/")) {
			return true
		}
	}
	return false
}

// forget makes the file one of which nothing is known: somebody has edited it.
func (f *file) forget(out *verdicts) {
	for _, ev := range f.by {
		if ev.own != nil {
			out.add(Forgotten, f)
			break
		}
	}
	f.by, f.cost, f.edited, f.unclear = map[string]*evidence{}, 0, true, false
	delete(f.target.owed, f)
}

// wantsDelay reports whether the service's next build should begin later, so that
// it shows whether one of its files is written by the build or at an edit.
func (t *target) wantsDelay() bool {
	for _, f := range t.files {
		if ev := f.by[t.name]; ev != nil && ev.own == nil {
			if seen := ev.ofEdits(); len(seen) >= confirming && !slices.ContainsFunc(seen, func(b *build) bool { return b.delayed }) {
				return true
			}
		}
	}
	return false
}

// count makes the file one that has changed.
func (f *file) count(out *verdicts) {
	if !out.has(Change, f) {
		f.cost++
		out.add(Change, f)
	}
}
