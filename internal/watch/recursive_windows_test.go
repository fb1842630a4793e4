package watch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
	"golang.org/x/sys/windows"

	"devgate/internal/spelling"
)

// recursiveRig is a recursive source with a real folder, root.
func recursiveRig(t *testing.T) (r *recursive, root string) {
	t.Helper()
	root = spelling.Of(t.TempDir())
	r, err := newRecursive(root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.close() })
	return r, root
}

// await waits for an event of a name with an operation, past others.
func (r *recursive) await(t *testing.T, name string, op fsnotify.Op) {
	t.Helper()
	var others []string
	for late := time.After(patience); ; {
		select {
		case event := <-r.events:
			if event.Name == name && event.Op == op {
				return
			}
			others = append(others, event.String())
		case err := <-r.errors:
			t.Fatal(err)
		case <-late:
			t.Fatalf("no %v of %s, but %s", op, name, strings.Join(others, ", "))
		}
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAnswersOfTheSystem(t *testing.T) {
	r, root := recursiveRig(t)
	ok(t, r.Add(root))
	a, b := filepath.Join(root, "a.go"), filepath.Join(root, "b.go")
	ok(t, os.WriteFile(a, []byte("a"), 0o600))
	r.await(t, a, fsnotify.Create)
	ok(t, os.WriteFile(a, []byte("ab"), 0o600))
	r.await(t, a, fsnotify.Write)
	ok(t, os.Rename(a, b))
	r.await(t, a, fsnotify.Rename)
	r.await(t, b, fsnotify.Create)
	ok(t, os.Remove(b))
	r.await(t, b, fsnotify.Remove)
}

// asks returns the one question that r asks.
func (r *recursive) asks(t *testing.T, root string) *asking {
	t.Helper()
	ok(t, r.Add(root))
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range r.open {
		return a
	}
	t.Fatal("nothing is asked")
	return nil
}

// The system says of a folder that is gone that nobody may ask about it. Wine does not, so
// its word is made here.
func TestFolderThatGoesIsTold(t *testing.T) {
	r, root := recursiveRig(t)
	sub := filepath.Join(root, "sub")
	ok(t, os.Mkdir(sub, 0o700))
	a := r.asks(t, sub)
	r.mu.Lock()
	events, faults := r.answered(a, 0, windows.ERROR_ACCESS_DENIED)
	r.mu.Unlock()
	if len(events) != 1 || events[0].Name != sub || events[0].Op != fsnotify.Remove || len(faults) > 0 {
		t.Errorf("got %v, %v", events, faults)
	}
	ok(t, os.Remove(sub)) // nothing holds it
	if err := r.Add(sub); !os.IsNotExist(err) {
		t.Errorf("what is gone is watched: %v", err)
	}
	ok(t, os.Mkdir(sub, 0o700))
	ok(t, r.Add(sub))
	ok(t, os.WriteFile(filepath.Join(sub, "x"), nil, 0o600))
	r.await(t, filepath.Join(sub, "x"), fsnotify.Create)
}

func TestRecursiveEnds(t *testing.T) {
	r, root := recursiveRig(t)
	ok(t, r.Add(root))
	ok(t, r.Add(filepath.Dir(root)))
	ok(t, r.Remove(root))
	ok(t, r.Add(root))
	ok(t, os.WriteFile(filepath.Join(root, "x"), nil, 0o600)) // an answer that nobody takes
	ok(t, r.close())
	ok(t, r.close())
	if _, open := <-r.events; open {
		t.Error("events come after the end")
	}
	if err := r.Add(root); err != fsnotify.ErrClosed {
		t.Errorf("Add after the end: %v", err)
	}
	if len(r.pending) > 0 {
		t.Errorf("%d answers are still to come", len(r.pending))
	}
	ok(t, os.Remove(filepath.Join(root, "x")))
}

// A Watcher with this source, for files in the root: under Wine nothing else is told.
func TestWatcherAsksRecursively(t *testing.T) {
	r := newRig(t, "*.go")
	r.w.hooks.source = newRecursiveSource
	r.start()
	r.write("main.go", "a")
	if c := r.next(); strings.Join(c.Files, " ") != "main.go" {
		t.Errorf("got %v", c.Files)
	}
	r.write("main.go", "b")
	if c := r.next(); strings.Join(c.Files, " ") != "main.go" {
		t.Errorf("got %v", c.Files)
	}
	if isWine() {
		return
	}
	r.mkdir("deep/er")
	r.w.Update([]Target{{Name: "api", Dir: r.root, Patterns: []string{"**/*.go"}}})
	r.write("deep/er/a.go", "a")
	if c := r.next(); strings.Join(c.Files, " ") != "deep/er/a.go" {
		t.Errorf("got %v", c.Files)
	}
}
