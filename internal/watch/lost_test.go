package watch

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// TestChangedDuringTheFirstWalk keeps W4: what is written right after the start,
// before the walk comes to the file, counts.
func TestChangedDuringTheFirstWalk(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]func(r *rig) (want string){
		"edited":                    func(r *rig) string { r.write("dir/main.go", "2"); return "dir/main.go" },
		"replaced by an older file": func(r *rig) string { r.move("node_modules/old.go", "dir/main.go"); return "dir/main.go" },
		"removed":                   func(r *rig) string { r.remove("dir/main.go"); return "dir" },
		"moved with its folder":     func(r *rig) string { r.move("dir", "there"); return "." },
	} {
		t.Run(name, func(t *testing.T) {
			var want string
			r := newRig(t, "**/*.go")
			r.write("dir/main.go", "1")
			r.write("dir/same.go", "1")
			r.write("node_modules/old.go", "0")
			// The first folder is watched when Run has begun, and no file is read.
			r.w.hooks.wrap = func(n notifier) notifier { return &slowNotifier{notifier: n, first: func() { want = act(r) }} }
			r.start()
			if c := r.next(); !slices.Contains(c.Files, want) || slices.Contains(c.Files, "dir/same.go") {
				t.Errorf("Change of %v, want one with %s", c.Files, want)
			}
			r.quiet()
		})
	}
}

// TestBegin keeps W4: what is written between Begin and Run counts.
func TestBegin(t *testing.T) {
	r := newRig(t, "*.go")
	r.write("a.go", "1")
	r.write("b.go", "1")
	nextTick(t)
	r.w.Begin()
	r.write("a.go", "2")
	r.remove("b.go")
	nextTick(t)
	r.start()
	r.expect(".", "a.go")
	r.quiet()
}

// TestUnconcernedByTheFirstWalk: names that come to a folder during the walk
// concern only those who watch that folder.
func TestUnconcernedByTheFirstWalk(t *testing.T) {
	r := newRig(t, "cmd/**/*.go", "main.go", "sentinel.go")
	r.write("cmd/a.go", "1")
	r.write("main.go", "1")
	r.write("sentinel.go", "1")
	r.w.hooks.wrap = func(n notifier) notifier {
		return &slowNotifier{notifier: n, first: func() { r.mkdir(".devgate"); r.write("notes.txt", "1") }}
	}
	r.start()
	r.quiet()
}

// TestOthersDuringTheFirstWalk keeps W2 while services start: what they write
// into a watched folder that concerns nobody explains why the folder has
// changed. What has gone from it does not.
func TestOthersDuringTheFirstWalk(t *testing.T) {
	for name, test := range map[string]struct {
		act func(r *rig)
		is  bool // a Change
	}{
		"a log is made":                   {func(r *rig) { r.write("api.log", "1") }, false},
		"a log is made, and grows":        {func(r *rig) { r.write("api.log", "1"); nextTick(r.t); r.write("api.log", "2") }, false},
		"a folder is made":                {func(r *rig) { r.write("out/x/y", "1") }, false},
		"a folder is made, and grows":     {func(r *rig) { r.mkdir("out"); nextTick(r.t); r.write("out/y", "1") }, false},
		"an old file is moved in":         {func(r *rig) { r.move("node_modules/old", "api.pid") }, true},
		"a file is made by renaming":      {makeByRenaming, false},
		"a source is removed":             {func(r *rig) { r.remove("gone.go") }, true},
		"a log is made, a source removed": {func(r *rig) { r.write("api.log", "1"); pause(30 * time.Millisecond); r.remove("gone.go") }, true},
		"a source is removed, a log that was there grows": {func(r *rig) {
			r.remove("gone.go")
			pause(30 * time.Millisecond)
			r.write("old.log", "2")
		}, true},
		"a source is removed, a folder that was there changes": {func(r *rig) {
			r.remove("gone.go")
			pause(30 * time.Millisecond)
			r.write("lib/notes", "2")
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, "*.go", "lib/*.go")
			for _, name := range []string{"gone.go", "old.log", "lib/f.go", "node_modules/old"} {
				r.write(name, "1")
			}
			pause(30 * time.Millisecond)
			r.w.hooks.wrap = func(n notifier) notifier {
				return &slowNotifier{notifier: n, first: func() { test.act(r) }}
			}
			r.start()
			if test.is {
				r.expect(".")
			}
			r.quiet()
		})
	}
}

// makeByRenaming makes a file elsewhere and moves it to the root at once. On a busy machine
// that may take so long that nobody can tell it from an old file; then it is done anew.
func makeByRenaming(r *rig) {
	for {
		r.write("node_modules/tmp", "1")
		r.move("node_modules/tmp", "api.pid")
		if born := stampsOf(r.path("api.pid")).born; born == 0 || born >= stampsOf(r.root).written-int64(stampTick()) {
			return
		}
	}
}

// slowNotifier calls first before the first folder is watched.
type slowNotifier struct {
	notifier
	first func()
}

func (n *slowNotifier) Add(path string) error {
	if n.first != nil {
		n.first()
		n.first = nil
	}
	return n.notifier.Add(path)
}

// TestOverflow keeps W4: when events are lost, all is compared.
func TestOverflow(t *testing.T) {
	t.Parallel()
	r := newRig(t, "**/*.go")
	for i := range 50 {
		r.write(fmt.Sprintf("p%d/f.go", i), "1")
	}
	r.write("gone/f.go", "1")
	r.write("from/deep/f.go", "1")
	r.write("again/f.go", "1")
	faults, drop := make(chan error), newSwitch()
	r.w.hooks.pump = func(p *pump) { p.faults, p.drop = faults, drop.lose }
	adds := map[string]int{}
	r.w.hooks.wrap = func(n notifier) notifier { return &countingNotifier{n, adds} }
	r.start()

	drop.set(true)
	r.write("p7/f.go", "2")
	r.write("new/deep/f.go", "1")
	r.remove("gone")
	r.move("from", "to")
	r.remove("again")
	r.write("again/f.go", "2") // in a folder that may have the inode of the old one
	drop.flush(r)
	drop.set(false)
	faults <- fsnotify.ErrEventOverflow
	r.expect("p7/f.go", "new/deep/f.go", "gone/f.go", "from/deep/f.go", "to/deep/f.go", "again/f.go")

	if n := adds[r.path("p7")]; n != 2 {
		t.Errorf("a folder was watched %d times: it may have been replaced by one of the same inode", n)
	}

	t.Run("later edits are seen, also in folders that came or moved meanwhile", func(t *testing.T) {
		for _, name := range []string{"p7/f.go", "new/deep/f.go", "to/deep/f.go", "gone/f.go", "again/f.go"} {
			r.write(name, "3")
			r.expect(name)
		}
	})
	t.Run("an overflow with nothing lost is no Change", func(t *testing.T) {
		faults <- fsnotify.ErrEventOverflow
		faults <- fsnotify.ErrEventOverflow
		r.quiet()
	})
	t.Run("another error is told once, and treated alike", func(t *testing.T) {
		faults <- fmt.Errorf("read: input/output error")
		faults <- fmt.Errorf("read: input/output error")
		r.quiet()
		if got := r.line(); !strings.Contains(got, "input/output error") {
			t.Errorf("line %q", got)
		}
		if len(r.lines) > 0 {
			t.Errorf("one line more: %q", r.line())
		}
	})
}

// TestOverflowInAFolderMadeAnew keeps W4: a folder is made anew with the same
// content, and the event that would have told is lost. What goes from it later,
// unseen, has nevertheless been there.
func TestOverflowInAFolderMadeAnew(t *testing.T) {
	t.Parallel()
	r := newRig(t, "**/*.go")
	r.write("again/f.go", "1")
	faults := make(chan error)
	r.w.hooks.pump = func(p *pump) {
		p.faults, p.drop = faults, func(ev fsnotify.Event) bool { return ev.Op.Has(fsnotify.Create) && ev.Name == r.path("again") }
	}
	r.start()
	r.remove("again")
	r.write("again/f.go", "1")
	r.quiet()
	r.remove("again/f.go")
	faults <- fsnotify.ErrEventOverflow
	r.expect("again/f.go")
}

// countingNotifier counts how often folders were watched.
type countingNotifier struct {
	notifier
	adds map[string]int
}

func (n *countingNotifier) Add(path string) error {
	n.adds[path]++
	return n.notifier.Add(path)
}

// switchable loses events while it is on.
type switchable struct {
	on   chan bool
	seen chan string
}

func newSwitch() *switchable {
	s := &switchable{on: make(chan bool, 1), seen: make(chan string, 100000)}
	s.on <- false
	return s
}

// set turns the loss on or off.
func (s *switchable) set(on bool) { <-s.on; s.on <- on }

// lose is the hook of the pump.
func (s *switchable) lose(ev fsnotify.Event) bool {
	on := <-s.on
	s.on <- on
	if on {
		s.seen <- ev.Name
	}
	return on
}

// flush waits until all events of what was done before have been lost.
func (s *switchable) flush(r *rig) {
	r.t.Helper()
	r.write("node_modules.flush", "x")
	for name := range s.seen {
		if name == r.path("node_modules.flush") {
			return
		}
	}
}

// TestSlowCallback: however long a callback takes, events are received, and
// what happens meanwhile is one Change after it.
func TestSlowCallback(t *testing.T) {
	r := newRig(t)
	r.w.Targets = []Target{{Name: "api", Dir: r.root, Patterns: []string{"a"}}, {Name: "web", Dir: r.root, Patterns: []string{"w"}}}
	r.w.Debounce = 10 * time.Millisecond
	enter, leave := make(chan Change), make(chan bool)
	ctx, cancel := context.WithCancel(context.Background())
	received := make(chan string, 10000)
	r.w.hooks.pump = func(p *pump) {
		p.drop = func(ev fsnotify.Event) bool { received <- ev.Name; return false }
	}
	ended := make(chan error, 1)
	nextTick(t)
	go func() { ended <- r.w.Run(ctx, func(c Change) { enter <- c; <-leave }) }()
	r.await(r.w.Ready())

	r.write("a/first", "1")
	if c := <-enter; c.Total != 1 {
		t.Fatalf("first Change: %v", c)
	}
	for i := range 3 { // three bursts, one after the other
		name := fmt.Sprintf("a/f%d", i)
		r.write(name, "1")
		for got := range received {
			if got == r.path(name) {
				break
			}
		}
		pause(30 * time.Millisecond)
	}
	leave <- true
	// The first of these may be a part: it was on offer when the others came.
	files := map[string]bool{}
	for len(files) < 3 {
		c := <-enter
		for _, name := range c.Files {
			files[name] = true
		}
		leave <- true
	}
	t.Run("Run waits for a call in progress, and then returns", func(t *testing.T) {
		r.write("w/g", "1")
		<-enter
		cancel()
		select {
		case <-ended:
			t.Fatal("Run returned during a call")
		case <-time.After(20 * time.Millisecond):
		}
		leave <- true
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// TestStop: Run ends when its context does, whatever it is doing.
func TestStop(t *testing.T) {
	t.Run("before it begins", func(t *testing.T) {
		r := newRig(t, "**")
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := r.w.Run(ctx, func(Change) {}); err != nil {
			t.Error(err)
		}
		select {
		case <-r.w.Ready():
			t.Error("ready without a walk")
		default:
		}
	})
	t.Run("during the walk", func(t *testing.T) {
		r := newRig(t, "**")
		r.mkdir("a/b/c")
		ctx, cancel := context.WithCancel(context.Background())
		r.w.hooks.wrap = func(n notifier) notifier { return &slowNotifier{notifier: n, first: cancel} }
		if err := r.w.Run(ctx, func(Change) {}); err != nil {
			t.Error(err)
		}
	})
}

// W2: what devgate itself makes in the project just before the watch begins is no
// change; neither is a stamp from the future waited for.
func TestBeginIsAfterWhatWasMadeJustBefore(t *testing.T) {
	r := newRig(t, "**/*")
	for i := range 50 {
		stampsOf(r.root) // from now on Linux stamps to the nanosecond
		r.mkdir(fmt.Sprint("made", i))
		r.w.Begin()
		if s := stampsOf(r.root); s.written >= r.w.since.UnixNano() {
			t.Fatalf("the root was changed %v after the beginning", time.Unix(0, s.written).Sub(r.w.since))
		}
	}
	future := time.Now().Add(time.Hour)
	r.ok(os.Chtimes(r.root, future, future))
	r.w.Begin()
}

// W2: a folder may be stamped a tick later than the name that came to it.
func TestAFolderYoungerThanItsNewestName(t *testing.T) {
	r := newRig(t, "**/*")
	r.w.Begin()
	r.mkdir("made")
	at := stampsOf(r.path("made"))
	later := time.Unix(0, cmp.Or(at.born, at.changed)).Add(stampTick())
	r.ok(os.Chtimes(r.root, later, later))
	r.start()
	r.quiet()
}
