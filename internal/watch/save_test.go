package watch

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// saves are the ways in which programs write a file that exists, as the system
// calls they make. Each is one Change of main.go (W2).
var saves = map[string]func(r *rig){
	"in place (VS Code, nano)": func(r *rig) { r.write("main.go", r.source()) },
	"truncated, and written 50 ms later": func(r *rig) {
		f := r.open("main.go", os.O_WRONLY|os.O_TRUNC)
		defer f.Close()
		pause(50 * time.Millisecond)
		r.print(f)
	},
	"in three chunks 30 ms apart": func(r *rig) {
		f := r.open("main.go", os.O_WRONLY|os.O_TRUNC)
		defer f.Close()
		r.print(f)
		pause(30 * time.Millisecond)
		r.print(f)
		pause(30 * time.Millisecond)
		r.print(f)
	},
	"atomic rename (sed -i, GNOME)": func(r *rig) {
		r.write("sedQx7cKa", r.source())
		r.move("sedQx7cKa", "main.go")
	},
	"atomic rename from a folder that is not watched": func(r *rig) {
		r.write("node_modules/tmp", r.source())
		r.move("node_modules/tmp", "main.go")
	},
	"vim with backupcopy=no": func(r *rig) {
		r.write(".main.go.swp", "b0VIM")
		r.write("4913", "")
		r.remove("4913")
		r.move("main.go", "main.go~")
		r.write("main.go", r.source())
		r.ok(os.Chmod(r.path("main.go"), 0o644))
		r.remove("main.go~")
		r.remove(".main.go.swp")
	},
	"vim with backupcopy=yes": func(r *rig) {
		r.write(".main.go.swp", "b0VIM")
		r.write("main.go~", "old")
		f := r.open("main.go", os.O_WRONLY|os.O_TRUNC)
		r.print(f)
		r.ok(f.Sync())
		r.ok(f.Close())
		r.remove("main.go~")
		r.remove(".main.go.swp")
	},
	"emacs: lock, autosave, backup by renaming": func(r *rig) {
		r.ok(os.Symlink("someone@host.4711:1", r.path(".#main.go")))
		r.write("#main.go#", r.source())
		r.move("main.go", "main.go~")
		r.write("main.go", r.source())
		r.remove("#main.go#")
		r.remove(".#main.go")
	},
	"JetBrains safe write": func(r *rig) {
		r.write("main.go___jb_tmp___", r.source())
		r.move("main.go", "main.go___jb_old___")
		r.move("main.go___jb_tmp___", "main.go")
		r.remove("main.go___jb_old___")
	},
	"removed, and made anew 50 ms later": func(r *rig) {
		r.remove("main.go")
		pause(50 * time.Millisecond)
		r.write("main.go", r.source())
	},
	"emptied for good": func(r *rig) { r.ok(os.Truncate(r.path("main.go"), 0)) },
	"deleted for good": func(r *rig) { r.remove("main.go") },
	"one byte, not its size": func(r *rig) {
		f := r.open("main.go", os.O_WRONLY)
		defer f.Close()
		_, err := f.WriteAt([]byte("P"), 0)
		r.ok(err)
	},
	"behind the time stamp (rsync -t)": func(r *rig) {
		info, err := os.Stat(r.path("main.go"))
		r.ok(err)
		r.write("main.go", r.source())
		r.ok(os.Chtimes(r.path("main.go"), info.ModTime(), info.ModTime()))
	},
}

// noise is what people and programs do without changing a source. None is a
// Change (W2).
var noise = map[string]func(r *rig){
	"touch": func(r *rig) {
		now := time.Now()
		r.ok(os.Chtimes(r.path("main.go"), now, now))
	},
	"chmod": func(r *rig) { r.ok(os.Chmod(r.path("main.go"), 0o755)) },
	"the same content in place": func(r *rig) {
		src, err := os.ReadFile(r.path("main.go"))
		r.ok(err)
		r.write("main.go", string(src))
	},
	"the same content by rename": func(r *rig) {
		src, err := os.ReadFile(r.path("main.go"))
		r.ok(err)
		r.write("tmp", string(src))
		r.move("tmp", "main.go")
	},
	"emptied, and back 50 ms later": func(r *rig) {
		src, err := os.ReadFile(r.path("main.go"))
		r.ok(err)
		r.write("main.go", "")
		pause(50 * time.Millisecond)
		r.write("main.go", string(src))
	},
	"emacs lock":          func(r *rig) { r.ok(os.Symlink("someone@host.4711:1", r.path(".#main.go"))) },
	"emacs lock, a file":  func(r *rig) { r.write(".#main.go", "x") },
	"emacs autosave":      func(r *rig) { r.write("#main.go#", "x") },
	"backup":              func(r *rig) { r.write("main.go~", "x") },
	"vim swap":            func(r *rig) { r.write(".main.go.swp", "x"); r.write(".main.go.swo", "x") },
	"vim's test file":     func(r *rig) { r.write("4913", ""); r.remove("4913") },
	"JetBrains temporary": func(r *rig) { r.write("main.go___jb_tmp___", "x") },
	"desktop":             func(r *rig) { r.write(".DS_Store", "x") },
	"gitignored folder":   func(r *rig) { r.write("dist/b.go", "x"); r.write("out/new.go", "x") },
	"gitignored file":     func(r *rig) { r.write("lib/made.gen.go", "x") },
	".git":                func(r *rig) { r.write(".git/index.go", "x"); r.write(".git/refs/heads/x.go", "x") },
	"node_modules":        func(r *rig) { r.write("node_modules/a/a.go", "x"); r.write("lib/node_modules/b/b.go", "x") },
	"devgate's own":       func(r *rig) { r.write(".devgate/logs/api.log", "x") },
	"Python's caches":     func(r *rig) { r.write("lib/__pycache__/m.cpython-312.pyc", "x") },
	"build output":        func(r *rig) { r.write("bin/api", "x"); r.write("bin/api.tmp", "x") },
	"a folder":            func(r *rig) { r.mkdir("new/nested"); r.remove("new") },
	"written and removed": func(r *rig) { r.write("scratch.go", "x"); r.remove("scratch.go") },
	"a reader":            func(r *rig) { _, err := os.ReadFile(r.path("main.go")); r.ok(err) },
}

// print writes some source to an open file.
func (r *rig) print(f *os.File) {
	_, err := f.WriteString(r.source())
	r.ok(err)
}

// startProject runs a rig on a project that has all that saves and noise touch.
func startProject(t *testing.T, prepare func(*Watcher)) *rig {
	r := newRig(t, ".")
	r.w.Targets[0].Exclude = []string{r.path("bin")}
	r.write(".gitignore", "dist/\n/out\n*.gen.go\n")
	r.write("main.go", r.source())
	for _, name := range []string{"lib/a.go", "dist/a.go", "node_modules/a/a.go", "lib/node_modules/b/b.go", ".git/HEAD", "bin/api"} {
		r.write(name, "x")
	}
	prepare(r.w)
	return r.start()
}

// modes are the two ways in which changes are found.
var modes = map[string]func(*Watcher){
	"events":  func(*Watcher) {},
	"polling": func(w *Watcher) { w.Poll = 15 * time.Millisecond },
}

// inEachMode runs named tests side by side, once for each way in which changes
// are found.
func inEachMode[T any](t *testing.T, tests map[string]T, run func(t *testing.T, prepare func(*Watcher), test T)) {
	for mode, prepare := range modes {
		for name, test := range tests {
			t.Run(mode+"/"+name, func(t *testing.T) {
				t.Parallel()
				run(t, prepare, test)
			})
		}
	}
}

// TestSave keeps W2: exactly one Change for each save, and it comes although
// nothing forces the burst to an end.
func TestSave(t *testing.T) {
	inEachMode(t, saves, func(t *testing.T, prepare func(*Watcher), save func(*rig)) {
		r := startProject(t, func(w *Watcher) { prepare(w); w.Cap = time.Hour })
		save(r)
		r.expect("main.go")
		r.quiet()
	})
}

// TestNoise keeps W2: no Change for what does not change a source.
func TestNoise(t *testing.T) {
	inEachMode(t, noise, func(t *testing.T, prepare func(*Watcher), act func(*rig)) {
		r := startProject(t, prepare)
		act(r)
		r.quiet()
	})
}

// TestNoiseIsHeard shows that the sentinel of TestNoise would tell: the same
// acts, where nothing keeps their files away, do give a Change.
func TestNoiseIsHeard(t *testing.T) {
	for _, name := range []string{"dist/b.go", "bin/api", "node_modules/a/a.go", "main.go~", ".git/index"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, name, "sentinel.go")
			r.write(".gitignore", "dist/\nbin/\n")
			r.mkdir(filepath.Dir(name))
			r.start()
			r.write(name, "x")
			r.expect(name)
			r.quiet()
		})
	}
}
