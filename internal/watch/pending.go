package watch

import (
	"path/filepath"
	"time"
)

// look reads a file for one target. What is news to the others they are told:
// the event that would have done so may come after this and find nothing new.
func (o *observer) look(name, path string) state {
	now, before := o.reader.read(path), o.tree.state(path)
	if now.kind != absent && o.catchUp(path) {
		now = o.reader.read(path) // what was written before the watch gives no event
	}
	if !now.same(before) {
		for _, owner := range o.plan.owners(path) {
			if _, knows := o.bursts[owner].pending[path]; !knows && owner != name {
				o.bursts[owner].add(path, before, time.Now())
			}
		}
	}
	o.tree.set(path, now)
	return now
}

// catchUp watches the folder of a file if nobody knows that it is there again:
// the event that should have told was lost, or is still to come. It reports
// whether there is anything to know.
func (o *observer) catchUp(path string) bool {
	dir := filepath.Dir(path)
	return o.tree.folders[dir] == nil && o.plan.wantsFolder(dir) && o.tree.open(dir) != nil
}

// pend notes that a file may have changed from what it held before.
func (o *observer) pend(path string, before state, n notice) {
	for _, owner := range o.plan.owners(path) {
		b := o.bursts[owner]
		b.add(path, before, n.first)
		b.add(path, before, n.last) // how long it has lasted decides how long it must be quiet
	}
}

// recall is pend for the targets that watched path when it held before: others
// begin with what it holds now.
func (o *observer) recall(path string, before state, n notice) {
	for _, scope := range o.plan.scopes {
		if scope.wantsFile(path) && scope.knew(path) {
			o.bursts[scope.Name].add(path, before, n.first)
		}
	}
}
