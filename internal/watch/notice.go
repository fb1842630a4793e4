package watch

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
)

// absorb works through a batch of events.
func (o *observer) absorb(got batch) {
	notices := map[string]notice{}
	for name, n := range got.notices {
		for _, path := range o.tree.paths(o.tree.spelled(name)) {
			notices[path] = n
		}
	}
	paths := sortedKeys(notices)
	// First what has gone or was replaced, all of it, so that no folder is taken
	// for the one that had its name before.
	for _, path := range paths {
		if notices[path].op.Has(fsnotify.Create) || notices[path].op.Has(fsnotify.Remove) || notices[path].op.Has(fsnotify.Rename) {
			o.release(path)
		}
	}
	for _, path := range paths {
		o.notice(path, notices[path])
	}
	if len(paths) > 0 {
		o.anchor()
	}
	o.mend(got.err)
}

// mend looks again at more than events told of: everything after a loss, and
// what the plan now wants after a change of the rules.
func (o *observer) mend(err error) {
	if err != nil {
		o.lost = true
		if !errors.Is(err, fsnotify.ErrEventOverflow) && !o.failed {
			o.failed = true
			o.w.logf("reading file events: %v; comparing all watched files", err)
		}
	}
	// An overflow is most likely followed by another: one comparison of all files
	// for each pause, and lost stays set until then.
	if o.lost && time.Since(o.rescued) >= rescuePause {
		o.rescue()
	}
	o.stray()
	if o.stale {
		o.stale = false
		o.reread()
	}
}

// notice works on one path that events told of.
func (o *observer) notice(path string, n notice) {
	if filepath.Base(path) == ".gitignore" {
		o.stale = true
	}
	tracked := o.tree.folders[path] != nil
	if (tracked || o.plan.wantsFolder(path)) && o.isFolder(path) {
		// A folder that is known, and neither new nor replaced, has told of
		// itself: its mode has changed, or on macOS what is in it.
		how := live
		if tracked {
			how = refresh
		}
		o.scan(path, &walk{how: how, at: n})
	}
	if o.isExcept(path) {
		return
	}
	o.pend(path, o.tree.state(path), n)
	o.step(path, n)
}

// isExcept reports whether path is one of the files that are not watched.
func (o *observer) isExcept(path string) bool {
	if len(o.w.Except) == 0 { // as a rule
		return false
	}
	info, err := os.Stat(path)
	return err == nil && slices.ContainsFunc(o.w.Except, func(except fs.FileInfo) bool { return os.SameFile(info, except) })
}

// step notes that something has happened on the way to named files.
func (o *observer) step(path string, n notice) {
	for _, file := range o.plan.trails.steps[path] {
		o.strays = true
		if file != path {
			o.pend(file, o.tree.state(file), n)
		}
	}
}

// stray has the ways to named files read again if they have changed.
func (o *observer) stray() {
	if o.strays {
		o.strays = false
		o.stale = o.stale || o.plan.trails.strayed()
	}
}
