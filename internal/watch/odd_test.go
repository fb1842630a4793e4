package watch

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestRoot keeps W4 when the project's own folder goes and comes back.
func TestRoot(t *testing.T) {
	tests := map[string]func(r *rig, was string){
		"moved away and back": func(r *rig, was string) {
			r.ok(os.Rename(was, was+".away"))
			r.expect("dir/f.go")
			r.ok(os.Rename(was+".away", was))
		},
		"moved away and back at once": func(r *rig, was string) {
			r.ok(os.Rename(was, was+".away"))
			r.write("../"+filepath.Base(was)+".away/dir/f.go", "2")
			r.ok(os.Rename(was+".away", was))
		},
		"removed and made again": func(r *rig, was string) {
			r.ok(os.RemoveAll(was))
			r.expect("dir/f.go")
			r.write("dir/f.go", "2")
		},
		"replaced": func(r *rig, was string) {
			r.write("../other/dir/f.go", "2")
			r.ok(os.Rename(was, was+".away"))
			r.ok(os.Rename(filepath.Join(was, "../other"), was))
		},
	}
	inEachMode(t, tests, func(t *testing.T, prepare func(*Watcher), away func(r *rig, was string)) {
		r := newRig(t, "**/*.go")
		prepare(r.w)
		r.root = filepath.Join(r.root, "project")
		r.w.Root, r.w.Targets[0].Dir = r.root, r.root
		r.write("dir/f.go", "1")
		r.start()
		away(r, r.root)
		r.expect("dir/f.go")
		r.write("dir/f.go", "3")
		r.expect("dir/f.go")
		r.quiet()
	})
}

// TestManyComeAndGo: a hundred folders of files that come and go leave nothing
// behind, and later changes are seen.
func TestManyComeAndGo(t *testing.T) {
	t.Parallel()
	r := newRig(t, "**/*.go")
	var s *observer
	r.w.hooks.observer = func(made *observer) { s = made }
	ended := r.launch()
	r.await(r.w.Ready())
	for range 3 {
		for i := range 300 {
			r.write(filepath.Join("many", string(rune('a'+i%26)), string(rune('a'+i/26%26)), strings.Repeat("x", 1+i%7)+".go"), "1")
		}
		r.remove("many")
	}
	r.write("sentinel.go", r.source())
	for c := r.next(); !slices.Contains(c.Files, "sentinel.go"); c = r.next() {
	}
	r.late = true
	ended()
	if n := len(s.tree.folders); n != 1 || len(s.tree.watches) != 1 || len(s.tree.told) != 1 {
		t.Errorf("%d folders and %d watches are left, want one", n, len(s.tree.watches))
	}
}

// TestIgnoreRulesThatCannotBeRead keeps F3: they hold nobody up, and are told.
func TestIgnoreRulesThatCannotBeRead(t *testing.T) {
	r := newRig(t, ".")
	r.link("/dev/zero", ".gitignore")
	r.mkdir("dir/.gitignore")
	r.write("dir/f.go", "1")
	r.write("large/.gitignore", strings.Repeat("*.go\n", 1<<18))
	r.start()
	lines := []string{r.line(), r.line(), r.line()}
	slices.Sort(lines)
	want := []string{".gitignore cannot be read, and ignores nothing: this is a device (want a file)", "dir/.gitignore cannot be read, and ignores nothing: this is a folder (want a file)", "large/.gitignore cannot be read, and ignores nothing: larger than 1 MiB"}
	if !slices.Equal(lines, want) {
		t.Errorf("lines %q, want %q", lines, want)
	}
	r.write("dir/f.go", "2")
	r.expect("dir/f.go")
	r.remove(".gitignore")
	r.write(".gitignore", "*.o\n")
	r.expect(".gitignore")
	r.write("a.o", "1")
	r.quiet()
}
