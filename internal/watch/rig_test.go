package watch

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// rig is a running Watcher on real folders.
type rig struct {
	t       testing.TB
	root    string
	w       *Watcher
	changes chan arrival
	came    time.Time // of the last that next has returned
	lines   chan string
	counter int
	late    bool // Changes may come after the test
}

// arrival is a Change and when it was delivered.
type arrival struct {
	Change
	came time.Time
}

// newRig returns a rig that is not running yet, in an empty root, with one
// target that watches the given patterns. Its debounce is longer than the usual
// one, because a loaded machine makes the pauses inside of a save longer too.
func newRig(t testing.TB, patterns ...string) *rig {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, root: root, changes: make(chan arrival, 1000), lines: make(chan string, 100)}
	r.w = &Watcher{
		Root:     root,
		Targets:  []Target{{Name: "api", Dir: root, Patterns: patterns}},
		Debounce: 120 * time.Millisecond,
		MaxFiles: 1 << 20,
		Logf: func(format string, args ...any) {
			select {
			case r.lines <- fmt.Sprintf(format, args...):
			default:
			}
		},
	}
	return r
}

// start runs the Watcher until the end of the test, and waits for the walk.
func (r *rig) start() *rig {
	r.t.Helper()
	r.launch()
	r.await(r.w.Ready())
	return r
}

// launch runs the Watcher and does not wait for the walk. It ends with the test,
// or when end is called.
func (r *rig) launch() (end func()) {
	r.t.Helper()
	nextTick(r.t)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.w.Run(ctx, func(c Change) { r.changes <- arrival{c, time.Now()} }) }()
	end = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				r.t.Errorf("Run: %v", err)
			}
		case <-time.After(patience):
			r.t.Error("Run does not return")
		}
	})
	r.t.Cleanup(func() {
		end()
		for len(r.changes) > 0 && !r.t.Failed() && !r.late {
			r.t.Errorf("one Change more than expected: %v", <-r.changes)
		}
	})
	return end
}

// nextTick waits until what is written from now on has a later time stamp than
// all that was written before.
func nextTick(t testing.TB) {
	t.Helper()
	start := time.Now()
	eventually(t, "the clock of the file system moves on", func() bool { return fileClock().After(start) })
}

// eventually waits for a condition.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for deadline := time.Now().Add(patience); !ok(); <-ticker.C {
		if time.Now().After(deadline) {
			t.Fatalf("in vain: %s", what)
		}
	}
}

// pause lets a part of a save take its time.
func pause(d time.Duration) { <-time.After(d) }

// await waits for a channel to be closed.
func (r *rig) await(ch <-chan struct{}) {
	r.t.Helper()
	select {
	case <-ch:
	case <-time.After(patience):
		r.t.Fatal("not in time")
	}
}

// next returns the next Change.
func (r *rig) next() Change {
	r.t.Helper()
	select {
	case c := <-r.changes:
		r.came = c.came
		return c.Change
	case <-time.After(patience):
		r.t.Fatal("no Change")
		panic("unreachable")
	}
}

// line returns the next line for the developer.
func (r *rig) line() string {
	r.t.Helper()
	select {
	case l := <-r.lines:
		return l
	case <-time.After(patience):
		r.t.Fatal("no line")
		panic("unreachable")
	}
}

// expect waits for one Change of these files, in any order.
func (r *rig) expect(files ...string) {
	r.t.Helper()
	slices.Sort(files)
	if c := r.next(); !slices.Equal(c.Files, files) || c.Total != len(files) {
		r.t.Fatalf("Change of %v (%d), want %v", c.Files, c.Total, files)
	}
}

// expectAll waits until Changes have named these files, and no others.
func (r *rig) expectAll(files []string) {
	r.t.Helper()
	got := map[string]bool{}
	for len(got) < len(files) {
		for _, name := range r.next().Files {
			if got[name] = true; !slices.Contains(files, name) {
				r.t.Fatalf("Change of %s", name)
			}
		}
	}
}

// quiet proves that nothing came of what was done before: the next Change is
// that of a file written now, and of no other.
func (r *rig) quiet() {
	r.t.Helper()
	r.fence("sentinel.go")
}

// fence writes a file that the target watches and expects only its Change.
func (r *rig) fence(name string) {
	r.t.Helper()
	r.counter++
	r.write(name, fmt.Sprintf("package sentinel // %d", r.counter))
	r.expect(name)
}

// path returns the absolute path of a name in root.
func (r *rig) path(name string) string { return filepath.Join(r.root, filepath.FromSlash(name)) }

// write makes a file with its folders.
func (r *rig) write(name, content string) {
	r.t.Helper()
	r.mkdir(filepath.Dir(name))
	r.ok(os.WriteFile(r.path(name), []byte(content), 0o644))
}

// mkdir makes a folder with those above it.
func (r *rig) mkdir(name string) { r.t.Helper(); r.ok(os.MkdirAll(r.path(name), 0o755)) }

// move renames a file or folder.
func (r *rig) move(from, to string) { r.t.Helper(); r.ok(os.Rename(r.path(from), r.path(to))) }

// remove deletes a file or folder with all in it.
func (r *rig) remove(name string) {
	r.t.Helper()
	if _, err := os.Lstat(r.path(name)); err != nil {
		r.t.Fatal(err)
	}
	r.ok(os.RemoveAll(r.path(name)))
}

// ok stops the test at an error.
func (r *rig) ok(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// open opens a file to be written in steps.
func (r *rig) open(name string, flag int) *os.File {
	r.t.Helper()
	f, err := os.OpenFile(r.path(name), flag, 0o644)
	r.ok(err)
	return f
}

// source returns a different Go file each time.
func (r *rig) source() string {
	r.counter++
	return fmt.Sprintf("package main // %d\n%s", r.counter, strings.Repeat("// text\n", 20))
}
