package tree

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"
)

func files(names ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for _, name := range names {
		fsys[name] = &fstest.MapFile{Data: []byte(name)}
	}
	return fsys
}

func TestFoldersThatAreListed(t *testing.T) {
	got := Read(files(
		"a", "web/b", "web/src/app/c", "web/src/app/deep/d", "node_modules/x/e", "web/node_modules/y/f", ".git/g", "tests/h", "e2e/i", "examples/hello/j",
		"vendor/k", "templates/l", "b/m",
	)).Folders()
	want := []string{".", "b", "web", "web/src", "web/src/app"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestExamplesAreTold(t *testing.T) {
	got := Read(files("examples/a/b", "web/example-app/c", "web/src/examples/d", "e")).Examples()
	if want := []string{"examples", "web/example-app"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWhatIsThere(t *testing.T) {
	tree := Read(files("web/package.json", ".env", "src/main/resources/config/a.yml", "web/.venv/x"))
	for _, name := range []string{"web/package.json", ".env", "src/main/resources/config/a.yml"} {
		if !tree.Has(name) {
			t.Errorf("%s is there", name)
		}
	}
	for _, name := range []string{"web", "package.json", "web/x/y", "../x", "/etc/passwd", "", "web//package.json", "web/package.json/x"} {
		if tree.Has(name) {
			t.Errorf("%s is not there", name)
		}
	}
	if !tree.HasFolder("web/.venv") || tree.HasFolder("web/package.json") {
		t.Error("folders are not told from files")
	}
	if got := tree.First("web", "a.json", "package.json"); got != "web/package.json" {
		t.Errorf("first is %q", got)
	}
	if len(tree.Faults()) > 0 {
		t.Errorf("what is not there is no fault: %v", tree.Faults())
	}
}

func TestWorkspacePatterns(t *testing.T) {
	tree := Read(files("apps/web/p", "apps/api/p", "packages/a/b/c/d/p", "packages/node_modules/x/p", "lib/p", "apps/test-app/p"))
	for pattern, want := range map[string]string{
		"apps/*":       "apps/api apps/web",
		"./lib/":       "lib",
		"lib":          "lib",
		"packages/**":  "packages packages/a packages/a/b packages/a/b/c packages/a/b/c/d",
		"*/w?b":        "apps/web",
		"missing/*":    "",
		"../*":         "",
		"":             "",
		"apps/[":       "",
		"**/web":       "apps/web",
		"node_modules": "",
	} {
		if got := strings.Join(tree.Expand(pattern), " "); got != want {
			t.Errorf("%q: got %q, want %q", pattern, got, want)
		}
	}
}

func TestTexts(t *testing.T) {
	tree := Read(fstest.MapFS{
		"crlf":   {Data: []byte("\xef\xbb\xbfa\r\nb\r\n")},
		"utf16":  {Data: []byte("\xff\xfea\x00b\x00")},
		"binary": {Data: []byte("a\x00b")},
		"large":  {Data: make([]byte, maxText+1)},
		"folder": {Mode: fs.ModeDir},
		"device": {Mode: fs.ModeDevice},
	})
	if text, ok := tree.Text("crlf"); text != "a\nb\n" || !ok {
		t.Errorf("got %q", text)
	}
	for _, name := range []string{"utf16", "binary", "large", "folder", "device", "missing"} {
		if text, ok := tree.Text(name); ok {
			t.Errorf("%s has the text %q", name, text)
		}
		tree.Text(name) // told once
	}
	want := []Fault{
		{"utf16", "not a text in UTF-8"}, {"binary", "not a text in UTF-8"}, {"large", "larger than 1 MiB"},
		{"folder", "not a regular file"}, {"device", "not a regular file"},
	}
	if got := tree.Faults(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// counter counts what is opened below a folder.
type counter struct {
	fs.FS
	within string
	opened *atomic.Int64
}

func (c counter) Stat(name string) (fs.FileInfo, error) { return fs.Stat(c.FS, name) }

func (c counter) Open(name string) (fs.File, error) {
	if strings.Contains(name, c.within) {
		c.opened.Add(1)
	}
	return c.FS.Open(name)
}

func TestNothingInFilledFoldersIsLookedAt(t *testing.T) {
	fsys := files("package.json")
	for i := range 20000 {
		fsys[fmt.Sprintf("node_modules/p%d/index.js", i)] = &fstest.MapFile{}
	}
	var opened atomic.Int64
	tree := Read(counter{fsys, "node_modules/", &opened})
	tree.Below(".", 10, func(string) bool { return true })
	tree.Expand("**")
	if n := opened.Load(); n > 0 {
		t.Errorf("%d files or folders in node_modules were opened", n)
	}
}

func TestLargeFoldersAreBounded(t *testing.T) {
	fsys := fstest.MapFS{}
	const many = MaxNames + 50
	for i := range many {
		fsys[fmt.Sprintf("f%d", i)] = &fstest.MapFile{}
	}
	for i := range MaxFolders + 50 {
		fsys[fmt.Sprintf("d/d%d/f", i)] = &fstest.MapFile{}
	}
	var opened atomic.Int64
	tree := Read(counter{fsys, "", &opened})
	if n := len(tree.Names(".")); n > MaxNames {
		t.Errorf("%d names", n)
	}
	if n := len(tree.Folders()); n > MaxFolders+1 {
		t.Errorf("%d folders", n)
	}
	for i := range many {
		tree.Text(fmt.Sprintf("f%d", i))
	}
	if n := opened.Load(); n > MaxFolders+maxFiles+10 {
		t.Errorf("%d files and folders were opened", n)
	}
	for i := range many {
		if name := fmt.Sprintf("f%d", i); !tree.Has(name) {
			t.Errorf("%s is not seen", name)
		}
	}
}

func TestNewer(t *testing.T) {
	now := time.Now()
	tree := Read(fstest.MapFS{"a": {ModTime: now}, "b": {ModTime: now.Add(time.Hour)}})
	if !tree.Newer("b", "a") || tree.Newer("a", "b") || tree.Newer("a", "missing") {
		t.Error("the newer file is not told")
	}
}

func TestAnyPatternEnds(t *testing.T) {
	tree := Read(files("a/b/c/d", "a/b/e", "f"))
	rapid.Check(t, func(t *rapid.T) {
		pattern := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"*", "**", "/", ".", "..", "a", "b", "[", "?", "\\"}), 0, 10).Draw(t, "pattern"), "")
		for _, dir := range tree.Expand(pattern) {
			if !fs.ValidPath(dir) {
				t.Fatalf("%q leads to %q", pattern, dir)
			}
		}
	})
}
