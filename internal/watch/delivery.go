package watch

import (
	"cmp"
	"slices"
	"time"
)

// gitPause is how often Git is asked whether it is done.
const gitPause = 20 * time.Millisecond

// gitWorks reports whether Git is in the middle of a checkout, a merge, a stash:
// however long it pauses, more changes are to come. A lock that is older than
// the longest burst was left by a Git that was killed, or waits for a person.
func (o *observer) gitWorks(now time.Time) bool {
	return slices.ContainsFunc(o.plan.locks, func(lock string) bool {
		made := stampsOf(lock).changed
		return made != 0 && now.Sub(time.Unix(0, made)).Abs() < cmp.Or(o.w.Cap, defaultCap)
	})
}

// flush makes Changes of the bursts that are over.
func (o *observer) flush() {
	for name, b := range o.bursts {
		now := time.Now()
		if due, ok := b.wake(); !ok || now.Before(due) {
			continue
		}
		// A checkout may pause for longer than a burst is quiet, and half of a
		// checkout does not build.
		if o.gitWorks(now) && !b.forced(now) {
			b.hold(now.Add(gitPause))
			continue
		}
		files, at := b.conclude(now, func(path string) state { return o.look(name, path) })
		if len(files) == 0 && b.open() {
			continue // something may come back
		}
		if writes := b.taken(); len(files) > 0 || o.w.Rewrites && len(writes) > 0 {
			o.post(o.change(name, files, writes, at))
		}
	}
}

// change makes a Change of the files of one burst.
func (o *observer) change(name string, paths []string, writes []written, at time.Time) Change {
	c := Change{Name: name, At: at}
	for _, path := range paths {
		c.Files = append(c.Files, relative(o.w.Root, path))
	}
	slices.Sort(c.Files)
	for _, w := range writes {
		if c.At.IsZero() || w.first.Before(c.At) {
			c.At = w.first
		}
		c.Writes = append(c.Writes, Write{File: relative(o.w.Root, w.path), At: w.at(), First: w.first, Before: w.before.content(), After: w.now.content()})
	}
	return c
}

// post puts a Change into the outbox.
func (o *observer) post(c Change) {
	i := slices.IndexFunc(o.outbox, func(waiting Change) bool { return waiting.Name == c.Name })
	if i < 0 {
		o.outbox = append(o.outbox, c)
		return
	}
	o.outbox[i] = o.outbox[i].merge(c)
}
