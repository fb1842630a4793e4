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
	fresh []string        // files, of first: those that some target did not watch before
	links map[string]bool // which of these are symbolic links
}

// survey walks all that the plan wants, makes files known that were not, and
// stops watching the rest. All says that whatever it finds may have changed.
func (s *session) survey(all bool) {
	v := &visit{how: first, at: noticed(), seen: map[string]bool{}, links: map[string]bool{}}
	for _, top := range s.plan.tops {
		s.scan(existing(top), v)
	}
	if s.stopped() {
		return
	}
	s.forget(v)
	// All folders are watched by now, so that what is written from here on is
	// either in the state that is read or in an event that comes later.
	for i, st := range readAll(s.seed, v.fresh, s.stopped) {
		s.found(v.fresh[i], st, all, v)
	}
	s.plan.settled()
	s.stale = s.stale || s.plan.trails.strayed() // during the walk
	if s.w.hooks.surveyed != nil {
		s.w.hooks.surveyed(len(s.tree.folders), len(s.tree.watches), len(v.fresh))
	}
}

// found takes up what a walk has read of a file that some target did not watch
// before. Who did has a change if it holds something else now, or if it has
// come since; to others it is one if it was written after they began, from
// something that nobody can tell any more.
func (s *session) found(path string, now state, all bool, v *visit) {
	before, at := s.tree.state(path), v.at.first
	touched := max(now.touched, s.plan.trails.touched(path))
	if v.links[path] {
		touched = max(touched, stampsOf(path).changed)
	}
	s.tree.set(path, now)
	for _, scope := range s.plan.scopes {
		if !scope.wantsFile(path) {
			continue
		}
		knew := scope.knew(path)
		switch {
		case knew && before.kind != absent:
			if !now.same(before) {
				s.bursts[scope.Name].add(path, before, at)
			}
		case all || knew || now.kind == absent || scope.late(touched):
			s.bursts[scope.Name].add(path, state{kind: unknown}, at)
		}
	}
}

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
// that no target wants any more. A folder that was moved away a moment ago is
// not seen either; nothing else will tell what was in it.
func (s *session) forget(v *visit) {
	for _, dir := range sortedKeys(s.tree.folders) {
		f := s.tree.folders[dir]
		if f == nil {
			continue
		}
		if !v.seen[dir] {
			for name, before := range f.files {
				s.recall(filepath.Join(dir, name), before, v.at)
			}
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
	f := s.tree.open(dir)
	if f == nil {
		return
	}
	if v.seen != nil {
		v.seen[dir] = true
	}
	changed := s.nameChange(dir, v)
	entries, err := os.ReadDir(dir)
	if err != nil {
		// Gone, which an event tells, or not to be read.
		return
	}
	if changed != 0 {
		s.latecomers(dir, entries, changed, v)
	}
	for _, e := range entries {
		s.enter(f, dir, e, v)
	}
	s.missing(f, dir, entries, v)
}

// enter looks at one entry of a folder.
func (s *session) enter(f *folder, dir string, e fs.DirEntry, v *visit) {
	path := filepath.Join(dir, e.Name())
	if v.how == live {
		s.step(path, v.at)
	}
	switch {
	case e.IsDir() || e.Type()&fs.ModeSymlink != 0 && s.isFolder(path):
		if before, was := f.files[e.Name()]; was { // a file until now
			s.gone(path, before, v)
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
		s.file(f, path, e.Type()&fs.ModeSymlink != 0, v)
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
func (s *session) file(f *folder, path string, link bool, v *visit) {
	before, known := f.files[filepath.Base(path)]
	switch v.how {
	case first:
		if !known || s.plan.news(path) {
			v.fresh = append(v.fresh, path)
			if link {
				v.links[path] = true
			}
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
			s.gone(filepath.Join(dir, name), before, v)
			delete(f.files, name)
		}
	}
	if f.rules.kind != absent && !has(".gitignore") {
		s.rules(f, state{}, v)
	}
}

// gone notes that a file is not there any more.
func (s *session) gone(path string, before state, v *visit) {
	if v.how == first {
		s.recall(path, before, v.at)
		return
	}
	s.pend(path, before, v.at)
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
	for step := range s.plan.trails.steps {
		if _, in := below(dir, step); in {
			s.step(step, at)
		}
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
	s.survey(true)
	s.rescued = time.Now()
}

// reread takes up changed ignore rules. A file that they no longer hide has not
// changed by that; one that nothing ever hid is new.
func (s *session) reread() {
	s.replan(update{targets: s.plan.targets()})
}

// update takes up new targets.
func (s *session) update(u update) {
	if !s.plan.has(u.targets) {
		s.replan(u)
	}
}

// replan reads targets and ignore rules, and takes up what they want.
func (s *session) replan(u update) {
	p, err := newPlan(s.w.Root, u.targets)
	if err != nil {
		return // the same targets were read before
	}
	p.follow(s.plan, func(name string) time.Time { return u.since[name] })
	s.adopt(p)
	s.survey(false)
	s.hint()
}
