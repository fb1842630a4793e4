package watch

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// collect returns the next n Changes by target.
func (r *rig) collect(n int) map[string][]string {
	r.t.Helper()
	got := map[string][]string{}
	for range n {
		c := r.next()
		if got[c.Name] != nil {
			r.t.Fatalf("two Changes of %s: %v, %v", c.Name, got[c.Name], c.Files)
		}
		got[c.Name] = c.Files
	}
	return got
}

// TestTarget keeps W7: a Change goes to the targets whose patterns match, and
// to no other.
func TestTarget(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.write("api/main.go", "1")
	r.write("web/src/app.ts", "1")
	r.write("shared/util.ts", "1")
	r.w.Targets = []Target{
		{Name: "api", Dir: r.path("api"), Patterns: []string{"**/*.go", "../shared"}, Ignore: []string{"**/*_test.go", "gen"}},
		{Name: "web", Dir: r.path("web"), Patterns: []string{"src", r.path("shared")}, Exclude: []string{r.path("web/src/out")}},
		{Name: "none", Dir: r.root},
	}
	r.start()
	r.write("api/main.go", "2")
	r.expect("api/main.go")
	r.write("web/src/app.ts", "2")
	r.expect("web/src/app.ts")
	r.write("shared/util.ts", "2")
	if got := r.collect(2); !slices.Equal(got["api"], got["web"]) || !slices.Equal(got["api"], []string{"shared/util.ts"}) {
		t.Errorf("a file of two targets gave %v", got)
	}
	r.write("api/main_test.go", "1")
	r.write("api/gen/x.go", "1")
	r.write("web/src/out/app.js", "1")
	r.write("web/index.html", "1")
	r.fence("api/sentinel.go")
	r.fence("web/src/sentinel.ts")
}

// TestNamed keeps the end of W5: what a pattern names is watched, whatever the
// ignore rules say about it.
func TestNamed(t *testing.T) {
	for name, pattern := range map[string]string{
		"dist/app.js":             "dist",
		"dist/deep/app.js":        "dist/**/*.js",
		"all/app.js":              "all", // ignored by "all/*"
		"node_modules/lib/a.js":   "node_modules/lib",
		".vscode/launch.json":     ".vscode/*.json",
		".devgate/bin/api":        ".devgate/bin/api",
		"made.gen.go":             "made.gen.go",
		"notes~":                  "notes~",
		"new/dist/not/yet.js":     "new/dist",
		"deep/dist/named/file.go": "deep/dist/named/file.go",
	} {
		t.Run(pattern, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, pattern)
			r.write(".gitignore", "dist/\nall/*\n*.gen.go\n")
			r.start()
			r.write(name, "1")
			r.expect(name)
			r.write(name, "2")
			r.expect(name)
		})
	}
}

// TestGitignoreWhileRunning: new rules take effect at once, and by themselves
// are no Change.
func TestGitignoreWhileRunning(t *testing.T) {
	for mode, prepare := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, "**/*.go")
			prepare(r.w)
			r.write(".gitignore", "/out\n")
			r.write("out/a.go", "1")
			r.write("src/b.go", "1")
			r.start()
			r.write(".gitignore", "/src\n")
			r.quiet()
			r.write("src/b.go", "2")
			r.quiet()
			r.write("out/a.go", "2")
			r.expect("out/a.go")
			r.remove(".gitignore")
			r.quiet()
			r.write("src/b.go", "3")
			r.expect("src/b.go")
		})
	}
	t.Run("a checkout that brings files with rules loses none", func(t *testing.T) {
		r := newRig(t, "**/*.go")
		r.start()
		r.write("pkg/.gitignore", "*.gen.go\n")
		r.write("pkg/a.go", "1")
		r.write("pkg/a.gen.go", "1")
		r.write(".gitignore", "/out\n")
		r.write("b.go", "1")
		r.write("out/c.go", "1")
		r.expect("pkg/a.go", "b.go")
	})
}

// TestNewWhileRulesAreRead keeps W4: a folder whose event is still to come when
// changed rules are taken up is new, and not known from then on.
func TestNewWhileRulesAreRead(t *testing.T) {
	r := newRig(t, "**/*.go")
	r.w.Poll = time.Hour
	r.write(".gitignore", "hidden/")
	r.write("hidden/f.go", "1")
	s, err := newObserver(r.w, nil)
	r.ok(err)
	s.survey(false)
	r.write("new/f.go", "1")
	r.remove(".gitignore")
	s.reread()
	if _, is := s.bursts["api"].pending[r.path("new/f.go")]; !is || len(s.bursts["api"].pending) != 1 {
		t.Errorf("pending: %v, want new/f.go", s.bursts["api"].pending)
	}
}

// TestWatchedFolders keeps W5: which folders cost a watch, and are read.
func TestWatchedFolders(t *testing.T) {
	for name, test := range map[string]struct{ patterns, want []string }{
		"everything that is not left out": {[]string{"**/*.go"}, []string{".", "cmd", "cmd/api", "keep", "keep/yes", "lib"}},
		"below a fixed prefix":            {[]string{"cmd/**/*.go"}, []string{".", "cmd", "cmd/api"}},
		"one level":                       {[]string{"*/*.go"}, []string{".", "cmd", "keep", "lib"}},
		"one file":                        {[]string{"cmd/api/main.go"}, []string{".", "cmd", "cmd/api"}},
		"named, though left out":          {[]string{"node_modules/a"}, []string{".", "node_modules", "node_modules/a", "node_modules/a/src"}},
		"named, though ignored":           {[]string{"out/gen/*.go"}, []string{".", "out", "out/gen"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, test.patterns...)
			for _, file := range []string{
				"cmd/api/main.go", "lib/a.go", "lib/gen/deep/a.go", "keep/no/a.go", "keep/yes/a.go", "out/gen/a.go", "node_modules/a/src/a.go",
				"lib/node_modules/b/b.go", ".git/objects/aa/a.go", ".devgate/logs/a.go", "excluded/a.go",
			} {
				r.write(file, "1")
			}
			r.write(".gitignore", "/out\nkeep/*\n!keep/yes\n")
			r.write("lib/.gitignore", "gen/\n")
			r.write(".git/info/exclude", "excluded\n")
			adds := map[string]int{}
			r.w.hooks.wrap = func(n notifier) notifier { return &countingNotifier{n, adds} }
			r.start()
			var got []string
			for _, dir := range sortedKeys(adds) {
				got = append(got, relative(r.root, dir))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("watched %v, want %v", got, test.want)
			}
		})
	}
}

// TestNothingMatches keeps the spirit of F2: who mistypes a pattern is told at
// once, and once.
func TestNothingMatches(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, name := range []string{"cmd/main.go", "cmd/main_test.go", "out/a.go"} {
		r.write(name, "1")
	}
	r.write(".gitignore", "/out")
	r.w.Targets = []Target{{
		Name: "api", Dir: r.root, Files: []string{r.path(".env")}, Ignore: []string{"cmd/*_test.go"},
		Patterns: []string{"cmd", "cmdd/**/*.go", "**/*.go", "**/a.go", "cmd/*_test.go", "cmd/*.go"},
	}, {Name: "web", Dir: r.root, Patterns: []string{"out", "cmd"}}} // for which the same files do count
	r.start()
	says := func(pattern string) {
		t.Helper()
		if got := r.line(); !strings.HasPrefix(got, "api: no file matches watch \""+pattern+"\" yet") {
			t.Errorf("line %q, want one about %s", got, pattern)
		}
	}
	says("cmdd/**/*.go")
	says("**/a.go")
	says("cmd/*_test.go")
	target := r.w.Targets[0].clone()
	target.Patterns = append(target.Patterns, "web")
	r.ok(r.w.Update([]Target{target, r.w.Targets[1]}))
	says("web")
	r.write("cmdd/x.go", "1")
	r.expect("cmdd/x.go")
	r.write(".gitignore", "/other")
	r.fence("cmdd/sentinel.go")
	if len(r.lines) > 0 {
		t.Errorf("one line more: %q", r.line())
	}
}

// TestRunRefuses a pattern that cannot be read.
func TestRunRefuses(t *testing.T) {
	for _, target := range []Target{
		{Name: "api", Dir: "/", Patterns: []string{"{a"}},
		{Name: "api", Dir: "/", Patterns: []string{"a"}, Ignore: []string{"[a"}},
	} {
		w := &Watcher{Root: "/", Targets: []Target{target}}
		if err := w.Run(context.Background(), nil); err == nil {
			t.Errorf("Run takes %v", target)
		}
	}
}

// TestChangeIsBounded: a Change names MaxFiles files and counts all.
func TestChangeIsBounded(t *testing.T) {
	r := newRig(t, "*.go")
	r.w.MaxFiles = 2
	r.start()
	for _, name := range []string{"d.go", "a.go", "c.go", "b.go"} {
		r.write(name, "1")
	}
	if c := r.next(); !slices.Equal(c.Files, []string{"a.go", "b.go"}) || c.Total != 4 {
		t.Errorf("got %v of %d, want the first two of four", c.Files, c.Total)
	}
}

// TestBeyondRoot: files outside of Root are watched, and named from there.
func TestBeyondRoot(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.mkdir("project")
	r.write("outside/deep/f.go", "1")
	r.w.Root = r.path("project")
	r.w.Targets = []Target{{Name: "api", Dir: r.path("project"), Patterns: []string{"../outside"}}}
	r.start()
	r.write("outside/deep/f.go", "2")
	r.expect("../outside/deep/f.go")
	r.ok(os.RemoveAll(filepath.Join(r.root, "outside")))
	r.expect("../outside/deep/f.go")
	r.write("outside/g.go", "1")
	r.expect("../outside/g.go")

	r.ok(r.w.Update([]Target{{Name: "api", Dir: r.path("project"), Patterns: []string{"../far/away/lib"}}}))
	r.write("far/away/lib/f.go", "1")
	// Perhaps with the folders that have come before the first look at them.
	if c := r.next(); !slices.Contains(c.Files, "../far/away/lib/f.go") {
		t.Errorf("Change of %v", c.Files)
	}
	r.remove("far") // with all folders that were watched for the pattern
	r.expect("../far/away/lib/f.go")
	r.write("far/away/lib/f.go", "2")
	r.expect("../far/away/lib/f.go")
}

// TestNewsForOthers keeps W4 for a file of two targets: what one of them reads
// before the event has come must not pass the other by, whose own look then
// would find nothing new.
func TestNewsForOthers(t *testing.T) {
	r := newRig(t)
	r.write("f", "1")
	r.w.Targets = []Target{{Name: "a", Dir: r.root, Patterns: []string{"f"}}, {Name: "b", Dir: r.root, Patterns: []string{"f"}}}
	r.w.Poll = time.Hour
	s, err := newObserver(r.w, nil)
	r.ok(err)
	s.survey(false)
	was := s.tree.state(r.path("f"))
	r.write("f", "2")
	now := s.look("a", r.path("f"))
	if got, told := s.bursts["b"].pending[r.path("f")]; !told || !got.base.same(was) || got.base.same(now) {
		t.Errorf("b knows %v (%v), want the content before", got, told)
	}
}
