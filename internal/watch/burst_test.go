package watch

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// TestManyFiles keeps W3 on a real file system: 2,000 files are one Change, at
// once or over a while, and it comes after the last.
func TestManyFiles(t *testing.T) {
	for name, spread := range map[string]time.Duration{"at once": 0, "over 1.4 s": 1400 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, "**/*.go")
			const files = 2000
			for i := range files {
				r.write(fmt.Sprintf("d%d/f%d.go", i%40, i), "1")
			}
			r.start()
			start, last, hole := time.Now(), time.Now(), time.Duration(0)
			for i := range files {
				hole, last = max(hole, time.Since(last)), time.Now()
				path := fmt.Sprintf("d%d/f%d.go", i%40, i)
				if i%3 == 0 {
					r.remove(path)
				}
				r.write(path, "2")
				if due := start.Add(spread * time.Duration(i) / files); time.Until(due) > 0 {
					pause(time.Until(due))
				}
			}
			took := time.Since(start)
			got := map[string]bool{}
			for n := 0; len(got) < files; n++ {
				for _, name := range r.next().Files {
					got[name] = true
				}
				if n > 0 && hole < r.w.Debounce/2 && took < 1800*time.Millisecond {
					t.Errorf("%d Changes, the last with %d files in all", n+1, len(got))
				}
			}
			r.late = hole >= r.w.Debounce/2 // a machine too busy to write that fast
		})
	}
}

// TestGitAtWork keeps W3 on a machine that is busy: while Git has locked its
// index, more is to come, however long it takes.
func TestGitAtWork(t *testing.T) {
	for place, lock := range map[string]string{"a repository": ".git/index.lock", "a linked working tree": "node_modules/main/worktrees/here/index.lock"} {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, "*.go")
			r.w.Debounce = 20 * time.Millisecond
			if r.mkdir(filepath.Dir(lock)); !strings.HasPrefix(lock, ".git/") {
				r.write(".git", "gitdir: "+filepath.Dir(lock)+"\n")
			}
			r.start()
			r.write(lock, "")
			r.write("a.go", "2")
			pause(300 * time.Millisecond)
			r.write("b.go", "2")
			pause(300 * time.Millisecond)
			r.remove(lock)
			r.expect("a.go", "b.go")
			r.quiet()
		})
	}
	t.Run("a lock that was left behind holds nothing up", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, "*.go")
		r.w.Cap = time.Second
		r.write(".git/index.lock", "")
		r.start()
		pause(1100 * time.Millisecond)
		r.write("a.go", "2")
		if c := r.next(); r.came.Sub(c.At) > 700*time.Millisecond {
			t.Errorf("it took %v", r.came.Sub(c.At))
		}
	})
}

// TestLastingNoise keeps W3: while a file is written all the time, a Change
// comes 2 s after the first event (here: 0.4 s) and then once in that time; the
// last is after the last write.
func TestLastingNoise(t *testing.T) {
	r := newRig(t, "f.go")
	r.w.Cap = 400 * time.Millisecond
	r.w.Debounce = 200 * time.Millisecond
	r.start()
	start := time.Now()
	for i := 0; time.Since(start) < 1500*time.Millisecond; i++ {
		r.ok(os.WriteFile(r.path("f.go"), []byte(fmt.Sprint(i, " text")), 0o644))
		pause(5 * time.Millisecond)
	}
	end := time.Now()
	var made []time.Time
	for len(made) == 0 || made[len(made)-1].Before(end) {
		r.next()
		made = append(made, r.came)
	}
	if n := len(made); n < 2 || n > 5 {
		t.Errorf("%d Changes in 1.5 s of noise, want one every 0.4 s", n)
	}
	for i := range made {
		before := start
		if i > 0 {
			before = made[i-1]
		}
		if gap := made[i].Sub(before); gap < 350*time.Millisecond {
			t.Errorf("Change %d comes %v after the one before", i, gap)
		}
	}
	r.fence("f.go")
}

// TestChangeTellsWhenItBegan: At is the first event's time, not the last's.
func TestChangeTellsWhenItBegan(t *testing.T) {
	r := newRig(t, "*.go").start()
	before := time.Now()
	r.write("a.go", "1")
	pause(60 * time.Millisecond)
	after := time.Now()
	r.write("b.go", "1")
	if c := r.next(); c.At.Before(before) || c.At.After(after) {
		t.Errorf("At is %v after the first write, the second was %v after it", c.At.Sub(before), after.Sub(before))
	}
}

// TestPump joins what it receives about a path until it is taken.
func TestPump(t *testing.T) {
	p := newPump(nil, nil)
	at := time.Unix(100, 0)
	p.event(fsnotify.Event{Name: "/a", Op: fsnotify.Remove}, at)
	p.event(fsnotify.Event{Name: "", Op: fsnotify.Create}, at)
	p.event(fsnotify.Event{Name: "/a", Op: fsnotify.Create}, at.Add(time.Second))
	<-p.wake
	want := notice{op: fsnotify.Remove | fsnotify.Create, first: at, last: at.Add(time.Second)}
	if b := p.take(); len(b.notices) != 1 || b.notices["/a"] != want || b.err != nil {
		t.Errorf("took %v, want %v", b, want)
	}
	if b := p.take(); len(b.notices) != 0 || len(p.wake) != 0 {
		t.Errorf("took %v again", b)
	}
}

// TestMerge: a Change that waits for delivery takes up the next one.
func TestMerge(t *testing.T) {
	at := time.Unix(100, 0)
	a := Change{Name: "api", Files: []string{"a", "c"}, At: at}
	b := Change{Name: "api", Files: []string{"b", "c"}, At: at.Add(time.Second)}
	if c := a.merge(b).trim(2); fmt.Sprint(c.Files, c.Total, c.At.Equal(at)) != "[a b] 3 true" {
		t.Errorf("merged: %v", c)
	}
	if c := b.merge(a); !c.At.Equal(at) || fmt.Sprint(a.Files, b.Files) != "[a c] [b c]" {
		t.Errorf("merged the other way: %v; parts %v, %v", c, a.Files, b.Files)
	}
}
