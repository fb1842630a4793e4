package watch

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// pass is why a folder is read.
type pass uint8

const (
	first   pass = iota // its files become known; fresh collects them
	live                // the folder is new: so is all in it
	refresh             // files are compared with what is known by size and times
)

// walk is one way through folders.
type walk struct {
	how   pass
	at    notice          // when the files it finds have changed
	seen  map[string]bool // folders, of first
	fresh []string        // files, of first: those that some target did not watch before
	links map[string]bool // which of these are symbolic links
}

// survey walks all that the plan wants, makes files known that were not, and
// stops watching the rest. All says that whatever it finds may have changed.
func (o *observer) survey(all bool) {
	v := &walk{how: first, at: noticed(), seen: map[string]bool{}, links: map[string]bool{}}
	for _, top := range o.plan.tops {
		o.scan(existing(top), v)
	}
	if o.stopped() {
		return
	}
	o.forget(v)
	// All folders are watched by now, so that what is written from here on is
	// either in the state that is read or in an event that comes later.
	for i, st := range readAll(o.seed, v.fresh, o.stopped) {
		o.found(v.fresh[i], st, all, v)
	}
	o.plan.begun()
	o.tellUnread()
	o.stale = o.stale || o.plan.trails.strayed() // during the walk
	if o.w.hooks.surveyed != nil {
		o.w.hooks.surveyed(len(o.tree.folders), len(o.tree.watches), len(v.fresh))
	}
}

// found takes up what a walk has read of a file that some target did not watch
// before. Who did has a change if it holds something else now, or if it has
// come since; to others it is one if it was written after they began, from
// something that nobody can tell any more.
func (o *observer) found(path string, now state, all bool, v *walk) {
	before, at := o.tree.state(path), v.at.first
	touched := max(now.touched, o.plan.trails.touched(path))
	if v.links[path] {
		touched = max(touched, stampsOf(path).changed)
	}
	o.tree.set(path, now)
	for _, scope := range o.plan.scopes {
		if !scope.wantsFile(path) {
			continue
		}
		knew := scope.knew(path)
		switch {
		case knew && before.kind != absent:
			if !now.same(before) {
				o.bursts[scope.Name].add(path, before, at)
			}
		case all || knew || now.kind == absent || scope.late(touched):
			o.bursts[scope.Name].add(path, state{kind: unknown}, at)
		}
	}
}

// tellUnread says of which files the ignore rules are not known.
func (o *observer) tellUnread() {
	for path, err := range o.plan.repos.unread() {
		if text := err.Error(); o.unread[path] != text {
			o.unread[path] = text
			o.w.logf("%s cannot be read, and ignores nothing: %v", relative(o.w.Root, path), errors.Unwrap(err))
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
func (o *observer) forget(v *walk) {
	for _, dir := range sortedKeys(o.tree.folders) {
		f := o.tree.folders[dir]
		if f == nil {
			continue
		}
		if !v.seen[dir] {
			for name, before := range f.files {
				o.recall(filepath.Join(dir, name), before, v.at)
			}
			o.tree.close(dir)
			continue
		}
		for name := range f.files {
			if !o.plan.wantsFile(filepath.Join(dir, name)) {
				delete(f.files, name)
			}
		}
	}
}

// scan watches a folder and then reads it, and so on below it.
func (o *observer) scan(dir string, v *walk) {
	if o.stopped() || v.seen[dir] {
		return
	}
	f := o.tree.open(dir)
	if f == nil {
		return
	}
	if v.seen != nil {
		v.seen[dir] = true
	}
	changed := o.nameChange(dir, v)
	entries, err := os.ReadDir(dir)
	if err != nil {
		// Gone, which an event tells, or not to be read.
		return
	}
	if changed != 0 {
		o.latecomers(dir, entries, changed, v)
	}
	for _, e := range entries {
		o.enter(f, dir, e, v)
	}
	o.missing(f, dir, entries, v)
}

// enter looks at one entry of a folder.
func (o *observer) enter(f *folder, dir string, e fs.DirEntry, v *walk) {
	path := filepath.Join(dir, e.Name())
	if v.how == live {
		o.step(path, v.at)
	}
	switch {
	case e.IsDir() || e.Type()&fs.ModeSymlink != 0 && o.isFolder(path):
		if before, was := f.files[e.Name()]; was { // a file until now
			o.gone(path, before, v)
			delete(f.files, e.Name())
		}
		if o.plan.wantsFolder(path) {
			o.descend(path, v)
		}
		return
	case !e.Type().IsRegular() && e.Type()&fs.ModeSymlink == 0:
		return
	}
	if e.Name() == ".gitignore" {
		o.rules(f, stat(path), v)
	}
	if o.plan.wantsFile(path) && (e.Type().IsRegular() || stat(path).kind != absent) && !o.isExcept(path) {
		o.file(f, path, e.Type()&fs.ModeSymlink != 0, v)
	}
}

// descend scans a folder found in another.
func (o *observer) descend(path string, v *walk) {
	f := o.tree.folders[path]
	if f != nil {
		if id, ok := identify(path); !ok || id != f.id {
			o.release(path)
			f = nil
		}
	}
	switch {
	case v.how != refresh:
		o.scan(path, v)
	case f == nil:
		o.scan(path, &walk{how: live, at: v.at})
	}
}

// file looks at one file that a target wants.
func (o *observer) file(f *folder, path string, link bool, v *walk) {
	before, known := f.files[filepath.Base(path)]
	switch v.how {
	case first:
		if !known || o.plan.news(path) {
			v.fresh = append(v.fresh, path)
			if link {
				v.links[path] = true
			}
		}
	case live:
		o.pend(path, before, v.at)
	case refresh:
		o.compare(path, before, v.at)
	}
}

// compare reads a file again if it may have changed, and keeps what it holds
// now, so that the next poll does not take the same change for another one.
func (o *observer) compare(path string, before state, at notice) {
	if before.untouched(stat(path), time.Now()) {
		return
	}
	now := o.reader.read(path)
	if !now.same(before) {
		o.pend(path, before, at)
	}
	o.tree.set(path, now)
}

// rules notes the state of a folder's .gitignore, which no event tells of where
// folders are polled.
func (o *observer) rules(f *folder, now state, v *walk) {
	if v.how == refresh && !now.same(f.rules) {
		o.stale = true
	}
	f.rules = now
}

// missing notes the files that were in a folder and are not any more.
func (o *observer) missing(f *folder, dir string, entries []fs.DirEntry, v *walk) {
	has := func(name string) bool {
		_, found := slices.BinarySearchFunc(entries, name, func(e fs.DirEntry, name string) int {
			return strings.Compare(e.Name(), name)
		})
		return found
	}
	for name, before := range f.files {
		if !has(name) {
			o.gone(filepath.Join(dir, name), before, v)
			delete(f.files, name)
		}
	}
	if f.rules.kind != absent && !has(".gitignore") {
		o.rules(f, state{}, v)
	}
}

// gone notes that a file is not there any more.
func (o *observer) gone(path string, before state, v *walk) {
	if v.how == first {
		o.recall(path, before, v.at)
		return
	}
	o.pend(path, before, v.at)
}

// isFolder reports whether path is a folder. A symbolic link to one is a folder
// only where a pattern names it: others could lead anywhere, also in circles.
func (o *observer) isFolder(path string) bool {
	info, err := os.Lstat(path)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 && o.plan.leads(path) {
		info, err = os.Stat(path)
	}
	return err == nil && info.IsDir()
}
