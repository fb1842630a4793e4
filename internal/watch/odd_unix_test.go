//go:build unix

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

func TestWhatIsNoRegularFileIsAbsent(t *testing.T) {
	r := newRig(t, ".")
	reader := newReader(maphash.MakeSeed())
	r.ok(unix.Mkfifo(r.path("pipe"), 0o644))
	r.ok(os.Symlink("nowhere", r.path("link")))
	for _, name := range []string{"pipe", "link"} {
		if s := reader.read(r.path(name)); s.kind != absent {
			t.Errorf("%s: %v", name, s)
		}
	}
}
