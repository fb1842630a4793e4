package watch

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// TestUpdate: targets can be replaced while running.
func TestUpdate(t *testing.T) {
	r := newRig(t, "api")
	r.write("api/a.go", "1")
	r.write("web/b.ts", "1")
	r.write("Devgatefile", "1")
	r.start()
	api, web := r.w.Targets[0], Target{Name: "web", Dir: r.root, Patterns: []string{"web", "Devgatefile"}}

	r.ok(r.w.Update([]Target{api, web}))
	r.write("web/b.ts", "2") // at once: what is written after Update counts
	r.expect("web/b.ts")
	r.write("api/a.go", "2")
	r.expect("api/a.go")
	r.write("tmp", "2") // a single file, replaced
	r.move("tmp", "Devgatefile")
	r.expect("Devgatefile")

	r.ok(r.w.Update([]Target{web}))
	r.write("api/a.go", "3")
	r.fence("web/sentinel")

	if err := r.w.Update([]Target{{Name: "bad", Dir: r.root, Patterns: []string{"a["}}}); err == nil {
		t.Error("Update takes a malformed pattern")
	}
	if err := r.w.Update([]Target{web, web}); err == nil {
		t.Error("Update takes two targets of one name")
	}
	r.fence("web/sentinel")
}

// TestUpdateBeforeRun: the last Update before Run is the one that counts.
func TestUpdateBeforeRun(t *testing.T) {
	r := newRig(t, "a")
	nextTick(t)
	r.ok(r.w.Update([]Target{{Name: "api", Dir: r.root, Patterns: []string{"b"}}}))
	r.ok(r.w.Update([]Target{{Name: "api", Dir: r.root, Patterns: []string{"c"}}}))
	r.start()
	r.write("a", "1")
	r.write("b", "1")
	r.fence("c")
}

// updating is a rig whose events are held back while it takes up new targets,
// and how many walks it has made.
type updating struct {
	*rig
	gate   chan bool // has one element while events pass
	walks  chan walked
	during map[string]func() // called when this folder is watched for the first time
}

// walked is what a walk has found.
type walked struct{ folders, watched, read int }

// newUpdating returns a rig on a project with two services, and starts it with
// one of them, api.
func newUpdating(t *testing.T) *updating {
	u := &updating{rig: newRig(t, "api", "shared", "sentinel.go"), gate: make(chan bool, 1), walks: make(chan walked, 10), during: map[string]func(){}}
	for _, name := range []string{"aaa/f.go", "api/f.go", "api/gone.go", "api/dir/deep/f.go", "shared/f.go", "shared/gone.go", "web/f.ts"} {
		u.write(name, "1")
	}
	u.gate <- true
	u.w.hooks.pump = func(p *pump) {
		p.drop = func(fsnotify.Event) bool { <-u.gate; u.gate <- true; return false }
	}
	u.w.hooks.wrap = func(n notifier) notifier { return &meddlingNotifier{n, u} }
	u.w.hooks.surveyed = func(folders, watched, read int) { u.walks <- walked{folders, watched, read} }
	u.start()
	<-u.walks
	return u
}

// meddlingNotifier calls during.
type meddlingNotifier struct {
	notifier
	u *updating
}

func (n *meddlingNotifier) Add(path string) error {
	rel := relative(n.u.root, path)
	if act := n.u.during[rel]; act != nil {
		delete(n.u.during, rel)
		act()
	}
	return n.notifier.Add(path)
}

// update replaces the targets and waits until that is done.
func (u *updating) update(targets ...Target) walked {
	u.t.Helper()
	u.ok(u.w.Update(targets))
	select {
	case w := <-u.walks:
		return w
	case <-time.After(patience):
		u.t.Fatal("the targets are not taken up")
		panic("unreachable")
	}
}

// web is the other service. Its folders come before and after those of api.
func (u *updating) web(patterns ...string) Target {
	return Target{Name: "web", Dir: u.root, Patterns: append([]string{"web", "aaa"}, patterns...)}
}

// TestUpdateLosesNothing keeps W4 and F4: what happens to the files of a target
// that stays is told exactly once, whether it happens before, during or after
// an Update of another, and whenever its event comes.
func TestUpdateLosesNothing(t *testing.T) {
	acts := map[string]struct {
		act  func(u *updating)
		want []string
	}{
		"edited":             {func(u *updating) { u.write("api/f.go", "2") }, []string{"api/f.go"}},
		"replaced":           {func(u *updating) { u.write("tmp", "2"); u.move("tmp", "api/f.go") }, []string{"api/f.go"}},
		"made":               {func(u *updating) { u.write("api/new.go", "1") }, []string{"api/new.go"}},
		"made with a folder": {func(u *updating) { u.write("api/a/b/new.go", "1") }, []string{"api/a/b/new.go"}},
		"removed":            {func(u *updating) { u.remove("api/gone.go") }, []string{"api/gone.go"}},
		"a folder renamed":   {func(u *updating) { u.move("api/dir", "api/was") }, []string{"api/dir/deep/f.go", "api/was/deep/f.go"}},
		"a folder removed":   {func(u *updating) { u.remove("api/dir") }, []string{"api/dir/deep/f.go"}},
		"all moved away":     {func(u *updating) { u.move("api", "there") }, []string{"api/dir/deep/f.go", "api/f.go", "api/gone.go"}},
		"a folder made anew": {func(u *updating) { u.remove("api/dir"); u.write("api/dir/deep/f.go", "2") }, []string{"api/dir/deep/f.go"}},
		"nothing":            {func(u *updating) { u.write("api/f.go", "1") }, nil},
	}
	moments := map[string]func(u *updating, act func()){
		"before":                  func(u *updating, act func()) { act(); u.update(u.w.Targets[0], u.web()) },
		"during, before its turn": func(u *updating, act func()) { u.during["aaa"] = act; u.update(u.w.Targets[0], u.web()) },
		"during, after its turn":  func(u *updating, act func()) { u.during["web"] = act; u.update(u.w.Targets[0], u.web()) },
		"after":                   func(u *updating, act func()) { u.update(u.w.Targets[0], u.web()); act() },
	}
	for moment, do := range moments {
		for name, test := range acts {
			t.Run(name+" "+moment, func(t *testing.T) {
				t.Parallel()
				u := newUpdating(t)
				<-u.gate // events wait
				do(u, func() { test.act(u) })
				u.gate <- true
				if test.want != nil {
					u.expect(test.want...)
				}
				u.quiet()
				u.fence("web/sentinel.ts") // and web is there
			})
		}
	}
}

// TestUpdateBegins: a target that begins with an Update takes the disk as it is
// then, though another has known the file for longer; what comes later it is
// told.
func TestUpdateBegins(t *testing.T) {
	for name, test := range map[string]struct {
		act  func(u *updating)
		want string
	}{
		"edited":  {func(u *updating) { u.write("shared/f.go", "2") }, "shared/f.go"},
		"made":    {func(u *updating) { u.write("shared/new.go", "1") }, "shared/new.go"},
		"removed": {func(u *updating) { u.remove("shared/gone.go") }, "shared/gone.go"},
		"moved":   {func(u *updating) { u.move("shared", "api/was") }, "shared/f.go"},
	} {
		t.Run(name+" before: told to the old target alone", func(t *testing.T) {
			t.Parallel()
			u := newUpdating(t)
			<-u.gate
			test.act(u)
			nextTick(t)
			u.update(u.w.Targets[0], u.web("shared"))
			u.gate <- true
			if c := u.next(); c.Name != "api" || !slices.Contains(c.Files, test.want) {
				t.Errorf("Change of %s: %v", c.Name, c.Files)
			}
			u.fence("web/sentinel.ts")
			u.quiet()
		})
		t.Run(name+" during: told to both, once", func(t *testing.T) {
			t.Parallel()
			u := newUpdating(t)
			<-u.gate
			u.during["aaa"] = func() { test.act(u) }
			u.update(u.w.Targets[0], u.web("shared"))
			u.gate <- true
			got := u.collect(2)
			if !slices.Contains(got["api"], test.want) || len(got["web"]) == 0 {
				t.Errorf("Changes %v", got)
			}
			u.fence("web/sentinel.ts")
			u.quiet()
		})
		t.Run(name+" after: told to both, once", func(t *testing.T) {
			t.Parallel()
			u := newUpdating(t)
			<-u.gate
			u.update(u.w.Targets[0], u.web("shared"))
			test.act(u)
			u.gate <- true
			if got := u.collect(2); !slices.Contains(got["api"], test.want) || !slices.Contains(got["web"], test.want) {
				t.Errorf("Changes %v", got)
			}
			u.fence("web/sentinel.ts")
			u.quiet()
		})
	}
}

// TestUpdateChangesPatterns: what a target no longer names is not told any
// more, what it names now is, and what it goes on to name is not read again.
func TestUpdateChangesPatterns(t *testing.T) {
	t.Parallel()
	u := newUpdating(t)
	api := u.w.Targets[0]
	api.Patterns = []string{"api", "web", "sentinel.go"}
	if w := u.update(api); w.read != 1 {
		t.Errorf("%d files were read, want only that of web", w.read)
	}
	u.write("shared/f.go", "2")
	u.quiet()
	u.write("web/f.ts", "2")
	u.expect("web/f.ts")
	u.write("api/f.go", "2")
	u.expect("api/f.go")
	api.Ignore = []string{"web"}
	u.update(api)
	u.write("web/f.ts", "3")
	u.quiet()
}

// TestUpdateWithTheSame targets, in whatever order, does not touch the disk.
func TestUpdateWithTheSame(t *testing.T) {
	u := newUpdating(t)
	api, web := u.w.Targets[0], u.web()
	if w := u.update(api, web); w.read != 2 || w.watched != 7 {
		t.Errorf("%d files read, want 2; %d folders watched, want 7", w.read, w.watched)
	}
	web = u.web() // equal, not identical
	u.ok(u.w.Update([]Target{web, api}))
	u.quiet() // it is taken up by now
	if len(u.walks) > 0 {
		t.Error("the disk was walked for nothing")
	}
	if w := u.update(api); w.read != 0 || w.watched != 5 {
		t.Errorf("without web: %d files read, want none; %d folders watched, want 5", w.read, w.watched)
	}
}

// TestUpdateRemoves: a target that is gone is told nothing more, not even what
// was waiting for delivery.
func TestUpdateRemoves(t *testing.T) {
	r := newRig(t)
	r.w.Debounce = 10 * time.Millisecond
	for _, name := range []string{"a", "b", "c"} {
		r.w.Targets = append(r.w.Targets, Target{Name: name, Dir: r.root, Patterns: []string{name}})
	}
	r.w.Targets = r.w.Targets[1:]
	taken := make(chan walked, 10)
	r.w.hooks.surveyed = func(folders, watched, read int) { taken <- walked{folders, watched, read} }
	enter, leave := make(chan Change), make(chan bool)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	nextTick(t)
	go func() { ended <- r.w.Run(ctx, func(c Change) { enter <- c; <-leave }) }()
	r.await(r.w.Ready())
	<-taken
	r.write("a", "1")
	if c := <-enter; c.Name != "a" {
		t.Fatalf("Change of %s", c.Name)
	}
	r.write("b", "1")
	pause(100 * time.Millisecond) // until its Change waits
	r.ok(r.w.Update([]Target{r.w.Targets[0], r.w.Targets[2]}))
	<-taken
	r.write("c", "1")
	leave <- true
	if c := <-enter; c.Name != "c" {
		t.Errorf("Change of %s", c.Name)
	}
	leave <- true
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestUpdateTwice: of two Updates at once, the second counts, and what begins
// with the first begins with the first.
func TestUpdateTwice(t *testing.T) {
	u := newUpdating(t)
	api := u.w.Targets[0]
	entered, leave := make(chan bool), make(chan bool)
	u.during["aaa"] = func() { entered <- true; <-leave }
	u.ok(u.w.Update([]Target{api, u.web()})) // held up
	<-entered
	old := Target{Name: "old", Dir: u.root, Patterns: []string{"shared/gone.go"}}
	late := Target{Name: "late", Dir: u.root, Patterns: []string{"shared/f.go"}}
	u.ok(u.w.Update([]Target{api, old}))
	u.write("shared/f.go", "2")
	u.write("shared/gone.go", "2")
	nextTick(t)
	u.ok(u.w.Update([]Target{api, old, late}))
	leave <- true
	got := u.collect(2)
	if !slices.Equal(got["api"], []string{"shared/f.go", "shared/gone.go"}) || !slices.Equal(got["old"], []string{"shared/gone.go"}) {
		t.Errorf("Changes %v", got)
	}
	u.quiet()
	u.write("web/f.ts", "2")
	u.quiet()
}

// TestUpdateKeepsItsTargets: who reuses a slice after the call changes nothing.
func TestUpdateKeepsItsTargets(t *testing.T) {
	u := newUpdating(t)
	web := u.web()
	targets := []Target{u.w.Targets[0], web}
	entered, leave := make(chan bool), make(chan bool)
	u.during["aaa"] = func() { entered <- true; <-leave }
	u.ok(u.w.Update([]Target{u.w.Targets[0], {Name: "other", Dir: u.root, Patterns: []string{"aaa"}}})) // held up
	<-entered
	u.ok(u.w.Update(targets))
	web.Patterns[0], targets[0].Name = "nowhere", "nobody"
	leave <- true
	<-u.walks
	<-u.walks
	u.fence("web/sentinel.ts")
	u.ok(u.w.Update([]Target{u.w.Targets[0], u.web()}))
	u.quiet()
	if len(u.walks) > 0 {
		t.Error("equal targets were taken for others")
	}
}
