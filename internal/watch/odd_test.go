package watch

import (
	"hash/maphash"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
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

// TestOddFiles: what is no regular file, or huge, or oddly named does no harm,
// and does not hide others.
func TestOddFiles(t *testing.T) {
	r := newRig(t, ".")
	r.ok(unix.Mkfifo(r.path("pipe"), 0o644))
	t.Chdir(r.root) // the names of sockets are short
	l, err := net.Listen("unix", "socket")
	r.ok(err)
	defer l.Close()
	r.write("sparse", "")
	r.ok(os.Truncate(r.path("sparse"), 10<<30))
	r.write("Case.go", "1")
	r.link("circle", "circle")
	r.link("..", "up")
	read := make(chan kind, 1)
	r.w.hooks.observer = func(o *observer) {
		r.w.hooks.surveyed = func(int, int, int) { read <- o.tree.state(r.path("sparse")).kind }
	}
	r.start()
	if <-read != opaque {
		t.Error("the walk has read ten gigabytes of nothing")
	}
	names := []string{"new\nline.go", "not UTF-8 \xff.go", " ", "-rf", "*", `back\slash`, "\U0001F600", strings.Repeat("n", 255)}
	if runtime.GOOS == "darwin" { // which refuses some
		names = slices.DeleteFunc(names, func(name string) bool { return strings.Contains(name, "\xff") })
	}
	for _, name := range names {
		r.write(name, "1")
		r.expect(name)
	}
	r.move("Case.go", "case.go")
	r.expect("Case.go", "case.go")
	r.ok(unix.Mkfifo(r.path("pipe2"), 0o644))
	r.ok(os.Chtimes(r.path("case.go"), time.Unix(0, 0), time.Unix(0, 0)))
	r.quiet()
	r.write("case.go", "2")
	r.ok(os.Chtimes(r.path("case.go"), time.Unix(-1, 0), time.Unix(-1, 0)))
	r.expect("case.go")
	r.write("case.go", "3")
	r.ok(os.Chtimes(r.path("case.go"), time.Now().Add(1e6*time.Hour), time.Now().Add(1e6*time.Hour)))
	r.expect("case.go")
	r.ok(os.Truncate(r.path("sparse"), 11<<30))
	r.expect("sparse")
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

// TestAPipeIsNotOpened: somebody who waits for a reader of a pipe goes on waiting.
func TestAPipeIsNotOpened(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "secrets")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	wrote := make(chan error, 1)
	go func() { wrote <- os.WriteFile(pipe, []byte("A=1"), 0) }()
	r := newReader(maphash.MakeSeed())
	for began := time.Now(); time.Since(began) < 200*time.Millisecond; {
		if s := r.read(pipe); s != (state{}) {
			t.Fatalf("a pipe holds %+v", s)
		}
	}
	select {
	case err := <-wrote:
		t.Fatalf("the pipe was opened: who writes to it was told %v", err)
	default:
	}
	if text, err := os.ReadFile(pipe); string(text) != "A=1" || err != nil {
		t.Errorf("got %q, %v", text, err)
	}
	if err := <-wrote; err != nil {
		t.Error(err)
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
