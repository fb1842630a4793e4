package watch

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// rescuePause is the least time between two comparisons of all files.
const rescuePause = 100 * time.Millisecond

// pass is why a folder is read.
type pass uint8

const (
	first   pass = iota // its files become known; fresh collects them
	live                // the folder is new: so is all in it
	refresh             // files are compared with what is known by size and times
)

// visit is one walk.
type visit struct {
	how   pass
	at    notice          // when the files it finds have changed
	seen  map[string]bool // folders, of first
	fresh []string        // files, of first
	since time.Time       // of first: what was written after this has changed; zero: nothing has
}

// survey walks all that the plan wants, makes files known that were not, and
// stops watching the rest. What is first seen now has changed, from something
// that nobody can tell any more, if it was written after since, or counts says so.
func (s *session) survey(since time.Time, counts func(path string) bool) {
	v := &visit{how: first, at: noticed(), seen: map[string]bool{}, since: since}
	for _, top := range s.plan.tops {
		s.scan(existing(top), v)
	}
	if s.stopped() {
		return
	}
	s.forget(v.seen)
	// All folders are watched by now, so that what is written from here on is
	// either in the state that is read or in an event that comes later.
	for i, st := range readAll(s.seed, v.fresh, s.stopped) {
		path := v.fresh[i]
		s.tree.set(path, st)
		if st.kind == absent || v.late(st.touched) || counts(path) {
			s.pend(path, state{kind: unknown}, v.at)
		}
	}
	if s.w.hooks.surveyed != nil {
		s.w.hooks.surveyed(len(s.tree.folders), len(s.tree.watches), len(v.fresh))
	}
}

// late reports whether a time stamp is from after the walk was asked for. One
// in the future is a wrong clock's.
func (v *visit) late(stamp int64) bool {
	return !v.since.IsZero() && stamp >= v.since.UnixNano() && stamp <= time.Now().Add(time.Second).UnixNano()
}

// none counts nothing.
func none(string) bool { return false }

// noticed is a notice of now.
func noticed() notice {
	now := time.Now()
	return notice{first: now, last: now}
}

// existing returns path, or the nearest folder above it that there is.
func existing(path string) string {
	for path != filepath.Dir(path) {
		if _, ok := identify(path); ok {
			break
		}
		path = filepath.Dir(path)
	}
	return path
}

// forget stops watching the folders that were not seen, and drops the files
// that no target wants any more.
func (s *session) forget(seen map[string]bool) {
	for _, dir := range sortedKeys(s.tree.folders) {
		f := s.tree.folders[dir]
		if !seen[dir] || f == nil {
			s.tree.close(dir)
			continue
		}
		for name := range f.files {
			if !s.plan.wantsFile(filepath.Join(dir, name)) {
				delete(f.files, name)
			}
		}
	}
}

// scan watches a folder and then reads it, and so on below it.
func (s *session) scan(dir string, v *visit) {
	if s.stopped() || v.seen[dir] {
		return
	}
	known := s.tree.folders[dir] != nil
	f := s.tree.open(dir)
	if f == nil {
		return
	}
	if !known && v.how == first {
		s.latecomers(dir, v)
	}
	if v.seen != nil {
		v.seen[dir] = true
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		// Gone, which an event tells, or not to be read.
		return
	}
	for _, e := range entries {
		s.enter(f, dir, e, v)
	}
	s.missing(f, dir, entries, v)
}

// latecomers notes a folder in which names came or went just before it was
// watched for the first time. Nobody knows any more which they were.
func (s *session) latecomers(dir string, v *visit) {
	if !v.late(entriesChanged(dir)) {
		return
	}
	for _, scope := range s.plan.scopes {
		if slices.ContainsFunc(scope.watch, func(g *glob) bool { return concerns(g, dir, v) }) {
			s.bursts[scope.name].add(dir, state{kind: unknown}, v.at.first)
		}
	}
}

// concerns reports whether the names that came to dir or went may be those that
// a pattern is about: on the way to its base, that is one only.
func concerns(g *glob, dir string, v *visit) bool {
	rest, leads := below(dir, g.base)
	if !leads || rest == "" {
		return g.reaches(dir) && !g.ignores(dir, true)
	}
	next, _, _ := strings.Cut(rest, string(filepath.Separator))
	changed := inodeChanged(filepath.Join(dir, next))
	return changed == 0 || v.late(changed)
}

// enter looks at one entry of a folder.
func (s *session) enter(f *folder, dir string, e fs.DirEntry, v *visit) {
	path := filepath.Join(dir, e.Name())
	switch {
	case e.IsDir() || e.Type()&fs.ModeSymlink != 0 && s.isFolder(path):
		if before, was := f.files[e.Name()]; was { // a file until now
			s.pend(path, before, v.at)
			delete(f.files, e.Name())
		}
		if s.plan.wantsFolder(path) {
			s.descend(path, v)
		}
		return
	case !e.Type().IsRegular() && e.Type()&fs.ModeSymlink == 0:
		return
	}
	if e.Name() == ".gitignore" {
		s.rules(f, stat(path), v)
	}
	if s.plan.wantsFile(path) && (e.Type().IsRegular() || stat(path).kind != absent) {
		s.file(f, path, v)
	}
}

// descend scans a folder found in another.
func (s *session) descend(path string, v *visit) {
	f := s.tree.folders[path]
	if f != nil {
		if id, ok := identify(path); !ok || id != f.id {
			s.release(path)
			f = nil
		}
	}
	switch {
	case v.how != refresh:
		s.scan(path, v)
	case f == nil:
		s.scan(path, &visit{how: live, at: v.at})
	}
}

// file looks at one file that a target wants.
func (s *session) file(f *folder, path string, v *visit) {
	before, known := f.files[filepath.Base(path)]
	switch v.how {
	case first:
		if !known {
			v.fresh = append(v.fresh, path)
		}
	case live:
		s.pend(path, before, v.at)
	case refresh:
		s.compare(path, before, v.at)
	}
}

// compare reads a file again if it may have changed, and keeps what it holds
// now, so that the next poll does not take the same change for another one.
func (s *session) compare(path string, before state, at notice) {
	if before.untouched(stat(path), time.Now()) {
		return
	}
	now := s.reader.read(path)
	if !now.same(before) {
		s.pend(path, before, at)
	}
	s.tree.set(path, now)
}

// rules notes the state of a folder's .gitignore, which no event tells of where
// folders are polled.
func (s *session) rules(f *folder, now state, v *visit) {
	if v.how == refresh && !now.same(f.rules) {
		s.stale = true
	}
	f.rules = now
}

// missing notes the files that were in a folder and are not any more.
func (s *session) missing(f *folder, dir string, entries []fs.DirEntry, v *visit) {
	has := func(name string) bool {
		_, found := slices.BinarySearchFunc(entries, name, func(e fs.DirEntry, name string) int {
			return strings.Compare(e.Name(), name)
		})
		return found
	}
	for name, before := range f.files {
		if !has(name) {
			s.pend(filepath.Join(dir, name), before, v.at)
			delete(f.files, name)
		}
	}
	if f.rules.kind != absent && !has(".gitignore") {
		s.rules(f, state{}, v)
	}
}

// isFolder reports whether path is a folder. A symbolic link to one is a folder
// only where a pattern names it: others could lead anywhere, also in circles.
func (s *session) isFolder(path string) bool {
	info, err := os.Lstat(path)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 && s.plan.leads(path) {
		info, err = os.Stat(path)
	}
	return err == nil && info.IsDir()
}

// release stops watching a folder that is gone or was replaced, with all below
// it. Its files may have changed; if it is there again, a scan follows.
func (s *session) release(dir string) {
	if s.tree.folders[dir] == nil {
		return
	}
	at := noticed()
	for _, d := range s.tree.within(dir) {
		f := s.tree.folders[d]
		if f == nil {
			continue
		}
		for name, before := range f.files {
			s.pend(filepath.Join(d, name), before, at)
		}
		s.tree.close(d)
	}
}

// anchor sees to it that all tops are watched, or what is nearest to them.
func (s *session) anchor() {
	for _, top := range s.plan.tops {
		if start := existing(top); s.tree.folders[start] == nil {
			s.scan(start, &visit{how: live, at: noticed()})
		}
	}
}

// rescan reads a folder of which events may have been missed.
func (s *session) rescan(dir string) {
	s.scan(dir, &visit{how: live, at: noticed()})
}

// rescue compares all files and watches all folders anew, after events were
// lost: a folder may have been renamed without anybody telling.
func (s *session) rescue() {
	s.lost = false
	at := noticed()
	for dir, f := range s.tree.folders {
		for name, before := range f.files {
			s.pend(filepath.Join(dir, name), before, at)
		}
	}
	s.tree.clear()
	s.survey(time.Time{}, func(string) bool { return true })
	s.rescued = time.Now()
}

// reread takes up changed ignore rules. A file that they no longer hide has not
// changed by that; one that nothing ever hid is new.
func (s *session) reread() {
	old := s.plan
	p, err := newPlan(s.w.Root, s.targets)
	if err != nil {
		return // the same targets were read before
	}
	s.adopt(p)
	s.survey(time.Time{}, old.wantsFile)
}

// update takes up new targets.
func (s *session) update(u update) {
	p, err := newPlan(s.w.Root, u.targets)
	if err != nil {
		return // Update has read them before
	}
	s.targets = u.targets
	s.adopt(p)
	s.survey(u.since, none)
}
