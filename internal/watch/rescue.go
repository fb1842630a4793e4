package watch

import (
	"path/filepath"
	"time"
)

// rescuePause is the least time between two comparisons of all files.
const rescuePause = 100 * time.Millisecond

// release stops watching a folder that is gone or was replaced, with all below
// it. Its files may have changed; if it is there again, a scan follows.
func (o *observer) release(dir string) {
	if o.tree.folders[dir] == nil {
		return
	}
	at := noticed()
	for _, d := range o.tree.within(dir) {
		f := o.tree.folders[d]
		if f == nil {
			continue
		}
		for name, before := range f.files {
			o.pend(filepath.Join(d, name), before, at)
		}
		o.tree.close(d)
	}
	for step := range o.plan.trails.steps {
		if _, in := below(dir, step); in {
			o.step(step, at)
		}
	}
}

// anchor sees to it that all tops are watched, or what is nearest to them.
func (o *observer) anchor() {
	for _, top := range o.plan.tops {
		if start := existing(top); o.tree.folders[start] == nil {
			o.scan(start, &walk{how: live, at: noticed()})
		}
	}
}

// rescan reads a folder of which events may have been missed.
func (o *observer) rescan(dir string) {
	o.scan(dir, &walk{how: live, at: noticed()})
}

// rescue compares all files and watches all folders anew, after events were
// lost: a folder may have been renamed without anybody telling.
func (o *observer) rescue() {
	o.lost = false
	at := noticed()
	for dir, f := range o.tree.folders {
		for name, before := range f.files {
			o.pend(filepath.Join(dir, name), before, at)
		}
	}
	o.tree.clear()
	o.survey(true)
	o.rescued = time.Now()
}
