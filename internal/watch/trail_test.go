package watch

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// link makes a symbolic link; a relative target starts at the link's folder.
func (r *rig) link(to, name string) {
	r.t.Helper()
	r.mkdir(filepath.Dir(name))
	r.ok(os.Symlink(to, r.path(name)))
}

// relink replaces a symbolic link, as programs do that know how.
func (r *rig) relink(to, name string) {
	r.t.Helper()
	r.link(to, name+".new")
	r.move(name+".new", name)
}

// fenceFile is quiet for a rig whose target watches files: one of them is written.
func (r *rig) fenceFile(name string) {
	r.t.Helper()
	r.counter++
	r.write(name, fmt.Sprint("sentinel ", r.counter))
	r.expect(name)
}

// fileTest is what happens to files that a target names.
type fileTest struct {
	files []string
	make  func(r *rig)
	steps func(r *rig)
}

// TestFiles: a file that a target names is watched wherever and whatever it is
// (F4: Devgatefile and .env files), with one Change for each save.
func TestFiles(t *testing.T) {
	replace := func(r *rig, name string) { r.write("tmp", r.source()); r.move("tmp", name) }
	tests := map[string]fileTest{
		"edited, touched, replaced, removed, made again": {[]string{".env"}, func(r *rig) { r.write(".env", "1") }, func(r *rig) {
			r.write(".env", "2")
			r.expect(".env")
			r.write(".env", "2")
			now := time.Now()
			r.ok(os.Chtimes(r.path(".env"), now, now))
			r.fenceFile("sentinel")
			replace(r, ".env")
			r.expect(".env")
			r.remove(".env")
			r.expect(".env")
			r.write(".env", "3")
			r.expect(".env")
		}},
		"ignored by all": {[]string{"node_modules/x/.env~", "out/.env"}, func(r *rig) { r.write("out/.env", "1"); r.mkdir("node_modules/x") }, func(r *rig) {
			r.write("node_modules/x/.env~", "1")
			r.expect("node_modules/x/.env~")
			r.write("out/.env", "2")
			r.expect("out/.env")
			r.write("out/other", "1")
			r.write("out/.env/../other", "2")
			r.fenceFile("sentinel")
		}},
		"in folders that do not exist yet": {[]string{"a/b/.env", "../far/away/.env"}, func(*rig) {}, func(r *rig) {
			r.write("a/b/.env", "1")
			r.expect("a/b/.env")
			r.mkdir("../far")
			r.write("../far/away/.env", "1")
			r.expect("../far/away/.env")
			r.write("../far/away/.env", "2")
			r.expect("../far/away/.env")
			r.remove("../far")
			r.expect("../far/away/.env")
			replace(r, "a/b/.env")
			r.expect("a/b/.env")
			r.write("../far/away/.env", "2")
			r.expect("../far/away/.env")
		}},
		"in a folder that is moved away and back": {[]string{"a/b/.env"}, func(r *rig) { r.write("a/b/.env", "1") }, func(r *rig) {
			r.move("a", "z")
			r.expect("a/b/.env")
			r.write("z/b/.env", "2")
			r.fenceFile("sentinel")
			r.move("z", "a")
			r.expect("a/b/.env")
			r.write("a/b/.env", "3")
			r.expect("a/b/.env")
		}},
		"a link to a file elsewhere": {[]string{".env"}, func(r *rig) {
			r.write("../dotfiles/env", "1")
			r.link("../dotfiles/env", ".env")
		}, func(r *rig) {
			r.write("../dotfiles/env", "2")
			r.expect(".env")
			replace(r, "../dotfiles/env")
			r.expect(".env")
			r.write("../dotfiles/other", "1")
			r.fenceFile("sentinel")
			r.remove("../dotfiles/env")
			r.expect(".env")
			r.write("../dotfiles/env", "3")
			r.expect(".env")
			r.move("../dotfiles", "../was")
			r.expect(".env")
			r.write("../dotfiles/env", "4")
			r.expect(".env")
			r.write("../dotfiles/env", "5")
			r.expect(".env")
		}},
		"a link that is replaced": {[]string{".env"}, func(r *rig) {
			r.write("../one/env", "1")
			r.write("../two/env", "2")
			r.write("../three/env", "2")
			r.link("../one/env", ".env")
		}, func(r *rig) {
			r.relink("../two/env", ".env")
			r.expect(".env")
			r.relink("../three/env", ".env") // another file, the same content
			r.fenceFile("sentinel")
			r.write("../three/env", "3")
			r.expect(".env")
			r.write("../two/env", "3")
			r.fenceFile("sentinel")
			replace(r, ".env") // no link any more
			r.expect(".env")
			r.write("../three/env", "4")
			r.fenceFile("sentinel")
		}},
		"a link to nothing, until there is something": {[]string{".env"}, func(r *rig) { r.link("../dotfiles/env", ".env") }, func(r *rig) {
			r.write("../dotfiles/env", "1")
			r.expect(".env")
			r.write("../dotfiles/env", "2")
			r.expect(".env")
		}},
		"a folder of settings as Kubernetes mounts it": {[]string{"conf/.env"}, func(r *rig) {
			r.write("conf/..1/.env", "1")
			r.link("..1", "conf/..data")
			r.link("..data/.env", "conf/.env")
		}, func(r *rig) {
			r.write("conf/..2/.env", "2")
			r.relink("..2", "conf/..data")
			r.remove("conf/..1")
			r.expect("conf/.env")
			r.write("conf/..2/.env", "3")
			r.expect("conf/.env")
			r.write("conf/..3/.env", "3")
			r.relink("..3", "conf/..data")
			r.remove("conf/..2")
			r.fenceFile("sentinel")
			r.write("conf/..3/.env", "4")
			r.expect("conf/.env")
		}},
		"a folder that is a link": {[]string{"current/.env"}, func(r *rig) {
			r.write("one/.env", "1")
			r.write("two/.env", "2")
			r.link("one", "current")
		}, func(r *rig) {
			r.write("one/.env", "3")
			r.expect("current/.env")
			r.relink("two", "current")
			r.expect("current/.env")
			r.write("two/.env", "4")
			r.expect("current/.env")
			r.write("one/.env", "4")
			r.fenceFile("sentinel")
		}},
		"links in a circle, and then not": {[]string{".env"}, func(r *rig) { r.link("other", ".env"); r.link(".env", "other") }, func(r *rig) {
			r.fenceFile("sentinel")
			r.write("tmp", "1")
			r.move("tmp", "other")
			r.expect(".env")
			r.write("other", "2")
			r.expect(".env")
		}},
		"a folder in its place": {[]string{".env"}, func(r *rig) { r.write(".env", "1") }, func(r *rig) {
			r.remove(".env")
			r.write(".env/f", "1")
			r.expect(".env")
			r.write(".env/f", "2")
			r.fenceFile("sentinel")
			r.remove(".env")
			r.write(".env", "2")
			r.expect(".env")
		}},
	}
	inEachMode(t, tests, func(t *testing.T, prepare func(*Watcher), test fileTest) {
		r := newRig(t)
		prepare(r.w)
		r.mkdir("project")
		r.root = r.path("project")
		r.w.Root = r.root
		r.write(".gitignore", ".env*\n/out\n")
		target := Target{Name: "api", Dir: r.root, Ignore: []string{"**"}, Exclude: []string{r.root}}
		for _, file := range append(test.files, "sentinel") {
			target.Files = append(target.Files, r.path(file))
		}
		r.w.Targets = []Target{target}
		test.make(r)
		r.start()
		test.steps(r)
	})
}

// TestFilesBesidePatterns: a file that is named and matched is one, and what
// several targets name is told to each; Update takes names up and drops them.
func TestFilesBesidePatterns(t *testing.T) {
	t.Parallel()
	u := newUpdating(t)
	u.write(".env", "1")
	nextTick(t) // or the write may be younger than the update
	api, web := u.w.Targets[0], u.web()
	api.Files, web.Files = []string{u.path(".env"), u.path("api/f.go")}, []string{u.path(".env")}
	u.update(api, web)
	u.write(".env", "2")
	if got := u.collect(2); !slices.Equal(got["api"], []string{".env"}) || !slices.Equal(got["web"], []string{".env"}) {
		t.Errorf("Changes %v", got)
	}
	u.write("api/f.go", "2")
	u.expect("api/f.go")
	api.Files = nil
	u.update(api, web)
	u.write(".env", "3")
	u.expect(".env")
	u.update(api)
	u.write(".env", "4")
	u.quiet()
}

// TestFilesCost: of the folder of a named file nothing else is watched.
func TestFilesCost(t *testing.T) {
	r := newRig(t)
	for i := range 20 {
		r.write(fmt.Sprintf("src/%d/f", i), "1")
		r.write(fmt.Sprintf("conf/%d/f", i), "1")
	}
	r.w.Targets = []Target{{Name: "", Files: []string{r.path("Devgatefile"), r.path("conf/.env")}}}
	found := make(chan walked, 1)
	r.w.hooks.surveyed = func(folders, watched, read int) { found <- walked{folders, watched, read} }
	r.start()
	if w := <-found; w.watched != 2 {
		t.Errorf("%d folders are watched, want 2", w.watched)
	}
	r.write("src/0/f", "2")
	r.write("conf/0/f", "2")
	r.write("conf/other", "1")
	r.fenceFile("Devgatefile")
}

// TestFilesDuringTheFirstWalk keeps W4: a link that leads to an older file by
// the time that it is read has changed, and its new way is watched.
func TestFilesDuringTheFirstWalk(t *testing.T) {
	for name, set := range map[string]func(r *rig){
		"a named file": func(r *rig) { r.w.Targets[0].Files = []string{r.path("a/.env")} },
		"a pattern":    func(r *rig) { r.w.Targets[0].Patterns = []string{"a"} },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.write("one/env", "1")
			r.write("two/env", "2")
			r.link("../one/env", "a/.env")
			set(r)
			r.w.hooks.wrap = func(n notifier) notifier {
				return &slowNotifier{notifier: n, first: func() { r.relink("../two/env", "a/.env") }}
			}
			r.start()
			if c := r.next(); !slices.Contains(c.Files, "a/.env") {
				t.Errorf("Change of %v", c.Files)
			}
			if r.w.Targets[0].Files != nil {
				r.write("two/env", "3")
				r.expect("a/.env")
			}
		})
	}
}

// TestFilesOnTheWayDuringTheFirstWalk is the same for a link before the last.
func TestFilesOnTheWayDuringTheFirstWalk(t *testing.T) {
	r := newRig(t)
	r.write("conf/..1/.env", "1")
	r.write("conf/..2/.env", "2")
	r.link("..1", "conf/..data")
	r.link("..data/.env", "conf/.env")
	r.w.Targets[0].Files = []string{r.path("conf/.env")}
	r.w.hooks.wrap = func(n notifier) notifier {
		return &slowNotifier{notifier: n, first: func() { r.relink("..2", "conf/..data") }}
	}
	r.start()
	r.expect("conf/.env")
	r.write("conf/..2/.env", "3")
	r.expect("conf/.env")
}

// TestFilesAfterOverflow keeps W4 for the ways to named files.
func TestFilesAfterOverflow(t *testing.T) {
	r := newRig(t)
	r.write("one/env", "1")
	r.write("two/env", "2")
	r.link("one/env", ".env")
	r.w.Targets[0].Files = []string{r.path(".env")}
	faults, drop := make(chan error), newSwitch()
	r.w.hooks.pump = func(p *pump) { p.faults, p.drop = faults, drop.lose }
	r.start()
	drop.set(true)
	r.relink("two/env", ".env")
	drop.flush(r)
	drop.set(false)
	faults <- fsnotify.ErrEventOverflow
	r.expect(".env")
	r.write("two/env", "3")
	r.expect(".env")
}

// TestFilesRefused: a relative name is an error.
func TestFilesRefused(t *testing.T) {
	w := &Watcher{Root: "/", Targets: []Target{{Name: "api", Files: []string{".env"}}}}
	if err := w.Run(context.Background(), nil); err == nil {
		t.Error("Run takes it")
	}
}
