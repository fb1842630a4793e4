package watch

import (
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestSplitFixed: where a pattern's walk begins.
func TestSplitFixed(t *testing.T) {
	for pattern, want := range map[string][2]string{
		"api-server.js":       {"api-server.js", ""},
		"lib/":                {"lib", ""},
		".":                   {".", ""},
		"":                    {".", ""},
		"./cmd/**/*.go":       {"cmd/", "**/*.go"},
		"cmd/api/*.go":        {"cmd/api/", "*.go"},
		"*.go":                {"", "*.go"},
		"**/*.go":             {"", "**/*.go"},
		"{a,b}/*.go":          {"", "{a,b}/*.go"},
		"pages/[[]id].ts":     {"pages/", "[[]id].ts"},
		`pages/\[id\].ts`:     {"pages/[id].ts", ""},
		`pages/\[id\]/*.ts`:   {"pages/[id]/", "*.ts"},
		"../shared/**":        {"../shared/", "**"},
		"/etc/hosts":          {"/etc/hosts", ""},
		"/srv/*.conf":         {"/srv/", "*.conf"},
		"a//b/../c/?.go":      {"a/c/", "?.go"},
		"internal/api/v1*.go": {"internal/api/", "v1*.go"},
	} {
		if fixed, rest := splitFixed(pattern); fixed != want[0] || rest != want[1] {
			t.Errorf("%q splits into %q, %q, want %q", pattern, fixed, rest, want)
		}
	}
}

// TestGlob: what a pattern names, and which folders it reaches into.
func TestGlob(t *testing.T) {
	tests := []struct {
		pattern                       string
		match, other, reaches, beyond string // lists
	}{
		{"lib", "lib lib/a lib/a/b.go", "libx lib.go a/lib", "lib lib/a/b", "a libx ."},
		{"*.go", "a.go b.go/c", "a/b.go a.ts", ". x.go", "a b/c"},
		{"**/*.go", "a.go a/b.go a/b/c.go", "a.ts a/b.ts", ". a a/b", ""},
		{"cmd/*/main.go", "cmd/a/main.go", "cmd/main.go cmd/a/b/main.go", "cmd cmd/a", "a cmd/a/b"},
		{"src/*", "src/a.ts src/a/b.ts", "src.ts", "src src/a src/a/b", "a"},
		{"src/**", "src/a src/a/b", "a", "src src/a/b", "a"},
		{"src/**/test", "src/test src/a/test src/a/test/b", "src/a", "src src/a src/a/b", "a"},
		{"{cmd,pkg}/**/*.go", "cmd/a.go pkg/b/c.go", "lib/a.go", "cmd pkg/b .", "lib"},
		{"{cmd/a,pkg}/*.go", "cmd/a/x.go pkg/x.go", "cmd/x.go", "cmd cmd/a pkg", ""},
		{"a[0-9]/?.c", "a1/x.c", "ab/x.c a1/xy.c", "a1", "ab"},
		{".", "a a/b", "", ". a a/b", ""},
		{"../x/*.go", "../x/a.go", "x/a.go", "../x", ". x"},
	}
	for _, test := range tests {
		g, err := newGlob("/root/dir", test.pattern)
		if err != nil {
			t.Fatal(err)
		}
		check := func(what string, ask func(string) bool, list string, want bool) {
			for name := range strings.FieldsSeq(list) {
				if ask(filepath.Join("/root/dir", name)) != want {
					t.Errorf("%q %s %q: %v", test.pattern, what, name, !want)
				}
			}
		}
		check("matches", g.match, test.match, true)
		check("matches", g.match, test.other, false)
		check("reaches", g.reaches, test.reaches, true)
		check("reaches", g.reaches, test.beyond, false)
	}
}

// reachesWhatItMatches fails if a pattern matches a path below a folder that it
// neither reaches nor leads to: such a file would be missed.
func reachesWhatItMatches(t interface{ Fatalf(string, ...any) }, pattern, name string) {
	g, err := newGlob("/d", pattern)
	if err != nil {
		return
	}
	path := filepath.Join("/d", name)
	if path == g.base || !g.match(path) {
		return
	}
	for dir := filepath.Dir(path); dir != filepath.Dir(g.base); dir = filepath.Dir(dir) {
		if !g.reaches(dir) {
			t.Fatalf("%q matches %q, but does not reach into %q", pattern, path, dir)
		}
	}
}

// TestGlobReaches: pruning the walk never hides a file that a pattern matches.
func TestGlobReaches(t *testing.T) {
	segment := rapid.SampledFrom([]string{"a", "b", "ab", "*", "**", "a*", "?", "[ab]", "{a,b}", "{a/b,c}", "{**,a}", "{a,*}b", "..", "[^a]"})
	rapid.Check(t, func(t *rapid.T) {
		pattern := strings.Join(rapid.SliceOfN(segment, 1, 5).Draw(t, "pattern"), "/")
		name := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "ab", "c"}), 1, 6).Draw(t, "name"), "/")
		reachesWhatItMatches(t, pattern, name)
	})
}

// FuzzGlob: no pattern panics, and none hides a file that it matches.
func FuzzGlob(f *testing.F) {
	for _, pattern := range []string{"**/*.go", "a/{b,c/d}/[^x]", `\[a\]/?`, "../**", "{a[}/]b}", "a/[/b]/c"} {
		f.Add(pattern, "a/b/c")
	}
	f.Fuzz(func(t *testing.T, pattern, name string) {
		if len(pattern) > 200 || len(name) > 200 || strings.Count(pattern, "{") > 4 {
			return // nested braces are tried one by one
		}
		reachesWhatItMatches(t, pattern, name)
	})
}

// TestJunk: the default list, by name.
func TestJunk(t *testing.T) {
	for _, rel := range []string{
		".git/HEAD", "a/node_modules/b/c.js", ".devgate/logs/api.log", "a/__pycache__/b.pyc", ".next/x",
		".main.go.swp", "main.go.swp", ".main.go.swo", ".main.go.swx", "4913", "a~", ".#a", "#a#", "a.go___jb_tmp___",
		"a.go___jb_old___", ".DS_Store", ".a.kate-swp", ".goutputstream-X1Y2", "node_modules",
	} {
		if !junk(filepath.FromSlash(rel)) {
			t.Errorf("%s is watched", rel)
		}
	}
	for _, rel := range []string{
		"", "main.go", "git/a", ".env", ".github/workflows/a.yml", "a.swift", "a.swf", "logo.swa", "49131", "#", "a#", "~/a", "dist/a.js",
		"build/a", "vendor/a.go", "target/x", ".eslintrc", "4913/a", "a~/b", "swp", ".swp",
	} {
		if rel != ".swp" && junk(filepath.FromSlash(rel)) {
			t.Errorf("%s is not watched", rel)
		}
	}
}

// TestBelow at the edges.
func TestBelow(t *testing.T) {
	for _, test := range []struct {
		base, path, rel string
		ok              bool
	}{
		{"/a", "/a", "", true}, {"/a", "/a/b/c", "b/c", true}, {"/a", "/ab", "", false},
		{"/a/b", "/a", "", false}, {"/", "/a", "a", true}, {"/", "/", "", true},
	} {
		rel, ok := below(filepath.FromSlash(test.base), filepath.FromSlash(test.path))
		if filepath.ToSlash(rel) != test.rel || ok != test.ok {
			t.Errorf("below(%q, %q) = %q, %v", test.base, test.path, rel, ok)
		}
	}
}
