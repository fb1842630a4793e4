package watch

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// folderTest is what happens to folders while patterns are watched.
type folderTest struct {
	patterns []string
	steps    func(r *rig)
}

// TestFolder keeps W4: no change is lost when folders come, go and are renamed.
func TestFolder(t *testing.T) {
	tests := map[string]folderTest{
		"a file made at once with new nested folders": {[]string{"**/*.go"}, func(r *rig) {
			r.write("a/b/c/new.go", "1")
			r.expect("a/b/c/new.go")
			r.write("a/b/c/new.go", "2")
			r.expect("a/b/c/new.go")
		}},
		"thirty new trees at once": {[]string{"**/*.go"}, func(r *rig) {
			var want []string
			for i := range 30 {
				want = append(want, "t"+strconv.Itoa(i)+"/x/y/f.go")
				r.write(want[i], "1")
			}
			r.expectAll(want)
			for i := range want {
				r.write(want[i], "2")
			}
			r.expectAll(want)
		}},
		"a renamed folder, edited under its new name": {[]string{"**/*.go"}, func(r *rig) {
			r.move("old", "new")
			r.expect("old/deep/f.go", "new/deep/f.go")
			r.write("new/deep/f.go", "2")
			r.expect("new/deep/f.go")
			r.write("new/deep/er/g.go", "2")
			r.expect("new/deep/er/g.go")
		}},
		"a folder renamed twice and back": {[]string{"**/*.go"}, func(r *rig) {
			r.move("old", "new")
			r.move("new", "newer")
			r.move("newer", "old")
			r.write("old/deep/f.go", "2")
			r.expect("old/deep/f.go")
			r.write("old/deep/f.go", "3")
			r.expect("old/deep/f.go")
		}},
		"two folders that swap their names": {[]string{"**/*.go"}, func(r *rig) {
			r.move("old", "tmp")
			r.move("lib", "old")
			r.move("tmp", "lib")
			r.expect("old/deep/f.go", "lib/deep/f.go", "old/f.go", "lib/f.go")
			r.write("lib/deep/f.go", "2")
			r.expect("lib/deep/f.go")
			r.write("old/f.go", "2")
			r.expect("old/f.go")
		}},
		"a folder moved away, and edited there": {[]string{"**/*.go"}, func(r *rig) {
			r.move("old", "node_modules/old")
			r.expect("old/deep/f.go")
			r.write("node_modules/old/deep/f.go", "2")
			r.quiet()
		}},
		"a folder moved in": {[]string{"**/*.go"}, func(r *rig) {
			r.write("node_modules/in/deep/f.go", "1")
			r.move("node_modules/in", "in")
			r.expect("in/deep/f.go")
			r.write("in/deep/f.go", "2")
			r.expect("in/deep/f.go")
		}},
		"a folder removed, and made again later": {[]string{"**/*.go"}, func(r *rig) {
			r.remove("old")
			r.expect("old/deep/f.go")
			r.write("old/deep/f.go", "2")
			r.expect("old/deep/f.go")
			r.write("old/deep/f.go", "3")
			r.expect("old/deep/f.go")
		}},
		"a folder removed and made again at once": {[]string{"**/*.go"}, func(r *rig) {
			r.remove("old")
			r.write("old/deep/f.go", "2")
			r.expect("old/deep/f.go")
			r.write("old/deep/f.go", "3")
			r.expect("old/deep/f.go")
		}},
		"a folder removed and made again with the same content": {[]string{"**/*.go"}, func(r *rig) {
			r.remove("old")
			r.write("old/deep/f.go", "1")
			r.quiet()
			r.write("old/deep/f.go", "2")
			r.expect("old/deep/f.go")
		}},
		"a watched folder that does not exist yet": {[]string{"src/api/v2", "sentinel.go"}, func(r *rig) {
			r.mkdir("src")
			r.write("src/other.go", "1")
			r.quiet()
			r.write("src/api/v2/deep/f.go", "1")
			r.expect("src/api/v2/deep/f.go")
			r.remove("src")
			r.expect("src/api/v2/deep/f.go")
			r.write("src/api/v2/f.go", "1")
			r.expect("src/api/v2/f.go")
		}},
		"the folder that a pattern names, renamed and back": {[]string{"old/deep/*.go"}, func(r *rig) {
			r.move("old/deep", "old/moved")
			r.expect("old/deep/f.go")
			r.move("old/moved", "old/deep")
			r.expect("old/deep/f.go")
			r.write("old/deep/f.go", "2")
			r.expect("old/deep/f.go")
		}},
		"the folder above it, replaced by another": {[]string{"old/deep/*.go"}, func(r *rig) {
			r.write("node_modules/old/deep/f.go", "other")
			r.move("old", "lib/was")
			r.move("node_modules/old", "old")
			r.expect("old/deep/f.go")
			r.write("old/deep/f.go", "2")
			r.expect("old/deep/f.go")
		}},
		"a folder that takes the place of a file": {[]string{"**/*.go"}, func(r *rig) {
			r.remove("lib/f.go")
			r.write("lib/f.go/g.go", "1")
			r.expect("lib/f.go", "lib/f.go/g.go")
		}},
		"a file that takes the place of a folder": {[]string{"old", "lib"}, func(r *rig) {
			r.remove("old/deep")
			r.write("old/deep", "1")
			r.expect("old/deep", "old/deep/f.go")
			r.write("old/deep", "2")
			r.expect("old/deep")
		}},
		"a folder that may be read again": {[]string{"**/*.go"}, func(r *rig) {
			r.ok(os.Chmod(r.path("old"), 0o000))
			r.ok(os.Chmod(r.path("old"), 0o755))
			r.quiet()
			r.write("old/deep/f.go", "2")
			r.expect("old/deep/f.go")
		}},
	}
	inEachMode(t, tests, func(t *testing.T, prepare func(*Watcher), test folderTest) {
		r := newRig(t, test.patterns...)
		r.write("old/deep/f.go", "1")
		r.write("lib/f.go", "1")
		r.write("node_modules/m/m.go", "1")
		prepare(r.w)
		r.start()
		test.steps(r)
	})
}

// TestSymlink: a link to a folder is followed where a pattern names it, and
// only there; a link to a file has that file's content.
func TestSymlink(t *testing.T) {
	t.Parallel()
	prepare := func(t *testing.T, patterns ...string) *rig {
		r := newRig(t, patterns...)
		r.write("shared/deep/f.go", "1")
		r.write("other/f.go", "1")
		r.mkdir("src")
		r.ok(os.Symlink(r.path("shared"), r.path("src/link")))
		r.ok(os.Symlink(r.path("src"), r.path("src/circle")))
		return r
	}
	t.Run("not named: not followed", func(t *testing.T) {
		r := prepare(t, "src", "sentinel.go").start()
		r.write("shared/deep/f.go", "2")
		r.quiet()
	})
	t.Run("named: followed, also to a new place", func(t *testing.T) {
		r := prepare(t, "src/link").start()
		r.write("shared/deep/f.go", "2")
		r.expect("src/link/deep/f.go")
		r.ok(os.Symlink(r.path("other"), r.path("tmp")))
		r.move("tmp", "src/link")
		r.expect("src/link/deep/f.go", "src/link/f.go")
		r.write("other/f.go", "2")
		r.expect("src/link/f.go")
	})
	t.Run("both names of a folder tell", func(t *testing.T) {
		r := prepare(t, "src/link", "shared").start()
		r.write("shared/deep/f.go", "2")
		r.expect("src/link/deep/f.go", "shared/deep/f.go")
		r.remove("src/link")
		r.expect("src/link/deep/f.go")
		r.write("shared/deep/f.go", "3")
		r.expect("shared/deep/f.go")
	})
	t.Run("the name that the system knows goes away, the other tells", func(t *testing.T) {
		r := prepare(t, "a/link", "z", "sentinel.go")
		r.write("z/f.go", "1")
		r.mkdir("a")
		r.ok(os.Symlink(r.path("z"), r.path("a/link")))
		r.start()
		r.remove("a/link")
		r.expect("a/link/f.go")
		r.write("z/f.go", "2")
		r.expect("z/f.go")
	})
	t.Run("the name that the system knows is not wanted any more, the other tells", func(t *testing.T) {
		r := prepare(t, "a/link", "z", "sentinel.go")
		r.write("z/f.go", "1")
		r.mkdir("a")
		r.ok(os.Symlink(r.path("z"), r.path("a/link")))
		r.start()
		r.ok(r.w.Update([]Target{{Name: "api", Dir: r.root, Patterns: []string{"z", "sentinel.go"}}}))
		r.quiet() // Update is done
		r.write("z/f.go", "2")
		r.expect("z/f.go")
	})
	t.Run("a link to a file", func(t *testing.T) {
		r := prepare(t, "conf.yaml", "sentinel.go")
		r.ok(os.Symlink(r.path("other/f.go"), r.path("conf.yaml")))
		r.start()
		r.ok(os.Symlink(filepath.Join("other", "f.go"), r.path("tmp")))
		r.move("tmp", "conf.yaml") // another link, the same content
		r.quiet()
		r.write("tmp", "2")
		r.move("tmp", "conf.yaml")
		r.expect("conf.yaml")
	})
}
