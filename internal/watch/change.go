package watch

import (
	"path/filepath"
	"slices"
	"time"
)

// Target is what one service watches.
type Target struct {
	// Name is handed back in every Change. Targets of one Watcher have
	// different names.
	Name string
	// Dir is the absolute folder where patterns start.
	Dir string
	// Patterns and Ignore are doublestar globs relative to Dir; they may start
	// with "../" or be absolute. A folder, or a pattern that names one, means
	// everything below it. Ignore wins over Patterns.
	Patterns, Ignore []string
	// Exclude holds absolute paths that are never watched, nor anything below
	// them: the build's own output.
	Exclude []string
	// Files holds absolute paths of single files: settings, say, that Git
	// ignores. Of their folders nothing else is watched. They may not exist yet,
	// be outside of Root, and be symbolic links: then a Change comes also when
	// the file that they lead to changes, or a link on the way. Neither Ignore
	// nor Exclude nor any ignore rule holds for them. A Change has their name
	// as it is here.
	Files []string
}

// clone returns a Target that shares nothing with t.
func (t Target) clone() Target {
	t.Patterns, t.Ignore, t.Exclude, t.Files = slices.Clone(t.Patterns), slices.Clone(t.Ignore), slices.Clone(t.Exclude), slices.Clone(t.Files)
	return t
}

// equal reports whether t and u watch the same under the same name.
func (t Target) equal(u Target) bool {
	return t.Name == u.Name && t.Dir == u.Dir && slices.Equal(t.Patterns, u.Patterns) &&
		slices.Equal(t.Ignore, u.Ignore) && slices.Equal(t.Exclude, u.Exclude) && slices.Equal(t.Files, u.Files)
}

// Change says that the content of files of one target has changed.
type Change struct {
	// Name is the target's.
	Name string
	// Files holds changed, new and deleted files relative to the Watcher's
	// Root, with slashes, sorted; the first MaxFiles of them. There is none where
	// all of Writes are of files that were written as they were.
	Files []string
	// Total counts all files that have changed, also those not in Files.
	Total int
	// Writes says more of each file, not only of the first.
	Writes []Write
	// At is when the first event of the burst was received.
	At time.Time
}

// Write is a file that was written.
type Write struct {
	// File is its name, as in Change.Files.
	File string
	// At is when it was written last: by the clock of its file system where that
	// is plausible, since events are received late.
	At time.Time
	// First is when it was first noticed to be written, of several times.
	First time.Time
	// Before and After are what it held. They are the same of a file that was
	// written as it was.
	Before, After Content
}

// Content tells what a file holds from what else it may hold; 0: there is no file.
type Content uint64

// merge adds what happened later to a Change that was not delivered yet.
func (c Change) merge(later Change) Change {
	c.Files = append(slices.Clone(c.Files), later.Files...)
	slices.Sort(c.Files)
	c.Files = slices.Compact(c.Files)
	c.Writes = append(slices.Clone(c.Writes), later.Writes...)
	if later.At.Before(c.At) {
		c.At = later.At
	}
	return c
}

// trim counts the files and keeps the first limit of them.
func (c Change) trim(limit int) Change {
	c.Total = len(c.Files)
	c.Files = c.Files[:min(limit, len(c.Files)):min(limit, len(c.Files))]
	return c
}

// relative returns path as a person in root would write it.
func relative(root, path string) string {
	rel, err := filepath.Rel(root, path)
	if err != nil {
		return filepath.ToSlash(path)
	}
	return filepath.ToSlash(rel)
}

// at returns when a file was last written. Of one that is gone, and of one whose
// file system has another idea of the time, that is when it was noticed.
func (w *written) at() time.Time {
	const plausible = 10 * time.Second // the time between two polls, at the most, and then some
	stamp := time.Unix(0, w.now.touched)
	if w.now.kind == absent || stamp.Before(w.first.Add(-plausible)) || stamp.After(w.last.Add(time.Second)) {
		return w.last
	}
	return stamp
}
