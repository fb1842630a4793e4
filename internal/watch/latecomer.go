package watch

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// nameChange returns when a name last came to dir or went, if that matters to a
// target; else 0. It is asked before dir is read: what comes later gives an
// event, and explains nothing.
func (o *observer) nameChange(dir string, v *walk) int64 {
	if v.how != first || !slices.ContainsFunc(o.plan.scopes, func(scope *scope) bool { return scope.begins(dir) }) {
		return 0
	}
	return stampsOf(dir).written
}

// begins reports whether the target did not watch dir until now.
func (s *scope) begins(dir string) bool {
	return !s.since.IsZero() && (s.before == nil || !s.before.wantsFolder(dir))
}

// latecomers notes a folder from which a name has gone just before it was
// watched for a target that begins. Nobody knows any more which it was: the
// folder stands for it. Names that have come explain themselves.
func (o *observer) latecomers(dir string, entries []fs.DirEntry, changed int64, v *walk) {
	for _, scope := range o.plan.scopes {
		if scope.begins(dir) && scope.late(changed) && !scope.explained(dir, entries, changed) &&
			slices.ContainsFunc(scope.watch, func(g *glob) bool { return scope.concerned(g, dir) }) {
			o.bursts[scope.Name].add(dir, state{kind: unknown}, v.at.first)
		}
	}
}

// explained reports whether an entry of dir was made when dir was last changed,
// to stampTick: the stamps of one system call may be that far apart.
// One that was moved here explains nothing: it may have had another name here.
// A folder that is no older than its last change has lost nothing.
func (s *scope) explained(dir string, entries []fs.DirEntry, changed int64) bool {
	tick := stampTick()
	if born := stampsOf(dir).born; s.late(born) && born >= changed-int64(tick) {
		return true
	}
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		at := stampsOf(filepath.Join(dir, e.Name()))
		if at.born == 0 { // the file system does not tell
			at.born = at.changed
		}
		return s.late(at.born) && at.born >= changed-int64(tick)
	})
}

// concerned reports whether the name that has gone from dir may be one that a
// pattern is about: on the way to its base, that is one only.
func (s *scope) concerned(g *glob, dir string) bool {
	rest, leads := below(dir, g.base)
	if !leads || rest == "" {
		return g.reaches(dir) && !g.ignores(dir, true)
	}
	next, _, _ := strings.Cut(rest, string(filepath.Separator))
	changed := stampsOf(filepath.Join(dir, next)).changed
	return changed == 0 || s.late(changed)
}
