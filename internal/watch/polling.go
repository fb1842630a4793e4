package watch

import (
	"path/filepath"
	"time"
)

// defaultPoll is how often folders are polled where events do not come.
const defaultPoll = 500 * time.Millisecond

// maxPoll bounds the pause where reading the folders is slow.
const maxPoll = 5 * time.Second

// nextPoll returns when folders are to be polled; false: none is.
func (o *observer) nextPoll() (time.Time, bool) {
	return o.polled.Add(o.pause), o.tree.polled > 0
}

// poll compares the polled folders with what is known, if it is time to.
func (o *observer) poll() {
	began := time.Now()
	if next, any := o.nextPoll(); !any || began.Before(next) {
		return
	}
	at := noticed()
	for _, dir := range sortedKeys(o.tree.folders) {
		f := o.tree.folders[dir]
		if f == nil || !f.polled { // nil: an earlier one has taken it along
			continue
		}
		if id, ok := identify(dir); !ok || id != f.id {
			o.release(dir) // the folder above finds what has taken its place
			continue
		}
		o.scan(dir, &walk{how: refresh, at: at})
	}
	o.anchor()
	o.follow(at)
	o.polled = time.Now()
	o.pause = pollPause(o.w.Poll, o.polled.Sub(began))
}

// follow compares the named files: what they lead to may be where no event comes
// from.
func (o *observer) follow(at notice) {
	for path := range o.plan.trails.to {
		if o.tree.folders[filepath.Dir(path)] != nil {
			o.compare(path, o.tree.state(path), at)
		}
	}
	o.strays = true
}

// pollPause returns how long to wait after a poll that has taken some time, so
// that polling costs no more than a twentieth of one processor.
func pollPause(asked, cost time.Duration) time.Duration {
	if asked != 0 {
		return asked
	}
	return max(defaultPoll, min(20*cost, maxPoll))
}

// refused is told when a folder cannot be watched, and says so. A limit, once
// reached, is reached for all folders that follow: one line is enough.
func (o *observer) refused(path string, err error) {
	text, is := limit(err)
	switch {
	case !is:
		o.w.logf("%s is polled every %v: it cannot be watched: %v", relative(o.w.Root, path), o.pause, err)
	case !o.limited:
		o.limited = true
		o.w.logf("folders from %s on are polled every %v: %s", relative(o.w.Root, path), o.pause, text)
	}
}

// quiet is told once for each file system that sends no events.
func (o *observer) quiet(path, filesystem string) {
	o.w.logf("%s is polled every %v: it is on %s, which does not tell of changes that others make",
		relative(o.w.Root, path), o.pause, filesystem)
}
