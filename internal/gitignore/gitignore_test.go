package gitignore

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// git runs Git in dir, away from the developer's own settings.
func git(t interface{ Fatalf(string, ...any) }, dir, stdin string, args ...string) string {
	cmd := exec.Command("git", append([]string{"-c", "core.excludesFile=/dev/null"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b")
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	// check-ignore says by 1 that it ignores none.
	if err := cmd.Run(); err != nil && cmd.ProcessState.ExitCode() != 1 {
		t.Fatalf("git %v: %v\n%s", args, err, errs.String())
	}
	return out.String()
}

// oracle is a repository with a fixed set of files and folders.
type oracle struct {
	root  string
	paths []string        // relative
	dirs  map[string]bool // which of them are folders
}

// newOracle makes the repository. Its names are those that patterns of few
// letters tell apart.
func newOracle(t *testing.T) *oracle {
	o := &oracle{root: t.TempDir(), dirs: map[string]bool{}}
	git(t, o.root, "", "init", "-q")
	var grow func(dir string, depth int)
	grow = func(dir string, depth int) {
		for _, name := range []string{"a", "b", "ab", "a.b", "-a", "a]", "#b", "!a", "a b", `a\b`, "{a,b}", "A", "é", "a\xf8"} {
			o.add(t, dir+name)
			if depth > 0 {
				o.add(t, dir+"d"+name+"/")
			}
		}
		if depth > 0 {
			grow(dir+"da/", depth-1)
			grow(dir+"dab/", depth-1)
		}
	}
	grow("", 2)
	return o
}

// add makes a file, or with a slash at the end a folder.
func (o *oracle) add(t *testing.T, rel string) {
	t.Helper()
	var err error
	if dir, is := strings.CutSuffix(rel, "/"); is {
		rel, o.dirs[dir] = dir, true
		err = os.MkdirAll(filepath.Join(o.root, rel), 0o755)
	} else {
		err = os.WriteFile(filepath.Join(o.root, rel), nil, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	o.paths = append(o.paths, rel)
}

// compare writes the rules and fails where the matcher and Git differ.
func (o *oracle) compare(t interface{ Fatalf(string, ...any) }, rules map[string]string) {
	for name, src := range rules {
		if err := os.WriteFile(filepath.Join(o.root, name), []byte(src), 0o644); err != nil {
			t.Fatalf("%v", err)
		}
	}
	out := git(t, o.root, strings.Join(o.paths, "\x00")+"\x00", "check-ignore", "--no-index", "-z", "--stdin")
	want := strings.Split(strings.TrimSuffix(out, "\x00"), "\x00")
	g := New(o.root)
	for _, rel := range o.paths {
		got := g.Ignored(filepath.Join(o.root, rel), o.dirs[rel])
		if got != slices.Contains(want, rel) {
			t.Fatalf("with %q: %q is ignored: %v; Git: %v", rules, rel, got, !got)
		}
	}
}

// TestGitignore compares with Git, on rules that a person would write and on
// those that are known to be odd.
func TestGitignore(t *testing.T) {
	t.Parallel()
	o := newOracle(t)
	for _, src := range []string{
		"", "a", "a/", "/a", "da/a", "/da/", "*.b", "*", "*\n!a", "*\n!*/\n!a.b", "da/*\n!da/a", "da/\n!da/a",
		"**/a", "da/**", "**/da/**/a", "da/**/a", "a**", "**b", "**", "**/", "/**", "/**/a", "da**/a", "da/**a", "***/a",
		"# comment\na", `\#b`, `\!a`, "#b", "!a", "a b", "a ", `a\ `, `a\  `, "a\\\\b", `a\`, "a\r\nb\r\n", "\ufeffa",
		"[ab]", "[!a]", "[^a]", "[]a]", "[a-]", "[a", "a[]]", "[[:alpha:]]", "[[:upper:]]", "[[:nope:]]", "[[:word:]]", "[a-c]b",
		"[[:alpha]", "[[a]", `a[\]]`, `[\a-\b]`, "[b-a]", "?", "a?b", "??", "{a,b}", "d?/a", "d*/a", "d[/]a", "da/[!x]", "/", "//a", "a//", "!", "!/", " ", "\t",
		"/da/dab/\n!/da/dab/a", "da/dab", "!da\nda", "A", "*a*b*", "-a", "[+--]a", "**/dab/a", "da/**/", `da\/a`, `**\/a`, "[!/]a", "d[!a]/a", "é*", "?é", "??", "a\xf8", "a\xf8*", "a[\xf0-\xff]", "[!é]", "*[^a]",
	} {
		o.compare(t, map[string]string{".gitignore": src})
	}
}

// TestGitignoreNested compares with Git where several files have rules.
func TestGitignoreNested(t *testing.T) {
	t.Parallel()
	o := newOracle(t)
	for _, rules := range []map[string]string{
		{".gitignore": "a", "da/.gitignore": "!a"},
		{".gitignore": "!a", "da/.gitignore": "a", ".git/info/exclude": "a\nb"},
		{".gitignore": "", "da/.gitignore": "/a\ndab/a", ".git/info/exclude": ""},
		{".gitignore": "da/", "da/.gitignore": "!a\n!*"},
		{".gitignore": "*\n!da/\n!*.b", "da/.gitignore": "!dab/", ".git/info/exclude": "*.b"},
	} {
		o.compare(t, rules)
	}
}

// TestGitignoreProperty compares with Git on rules made at random.
func TestGitignoreProperty(t *testing.T) {
	t.Parallel()
	o := newOracle(t)
	piece := rapid.SampledFrom([]string{
		"a", "b", "d", "da", "dab", ".", "*", "**", "?", "/", "/", "[", "]", "!", "^", "-", `\`, " ", "#", "[ab]", "[!a]", "[a-b]", "[[:alpha:]]", "[:", ":]", "{a,b}", "é", "\xf8", "[é]",
	})
	line := rapid.Custom(func(t *rapid.T) string {
		prefix := rapid.SampledFrom([]string{"", "", "", "!", "/", "**/", "da/"}).Draw(t, "prefix")
		return prefix + strings.Join(rapid.SliceOfN(piece, 1, 5).Draw(t, "pieces"), "")
	})
	file := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(line, 0, 4).Draw(t, "lines"), "\n")
	})
	rapid.Check(t, func(t *rapid.T) {
		o.compare(t, map[string]string{
			".gitignore": file.Draw(t, "root"), "da/.gitignore": file.Draw(t, "da"), ".git/info/exclude": file.Draw(t, "exclude"),
		})
	})
}

// What should be the folder of a file of rules may be a file: that has none, and nothing to
// tell.
func TestAFileHasNoIgnoreRules(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "version"), []byte("1"), 0o644); err != nil {
		t.Fatal(err)
	}
	g := New(root)
	if rules := g.read(filepath.Join(root, "version", ".gitignore")); rules != nil || len(g.Unread()) > 0 {
		t.Errorf("rules %v, unread %v", rules, g.Unread())
	}
}

// FuzzIgnore: no text of a .gitignore panics, and every rule can be asked.
func FuzzIgnore(f *testing.F) {
	for _, src := range []string{"a\n!b/\n", "[[:alpha:]-z]", `a\`, "**/**/***a/**", "[\xff-a]", "\xef\xbb\xbf!"} {
		f.Add(src, "a/b/c.go")
	}
	f.Fuzz(func(t *testing.T, src, rel string) {
		path := filepath.Join("/d", rel)
		if _, ok := within("/d", path); !ok {
			return
		}
		lastMatch(parseRules(src), "/d", path, true)
	})
}
