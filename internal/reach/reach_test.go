package reach

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"devgate/internal/control"
	"devgate/procfile"
)

// folders is a tree of folders below one of the test's own, which it returns.
func folders(t *testing.T, names ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range names {
		if err := os.MkdirAll(filepath.Join(root, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func devgatefile(t *testing.T, dir string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "Devgatefile"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
}

// runs lets a devgate run at root, as far as its lock says so.
func runs(t *testing.T, root string) *control.Lock {
	t.Helper()
	lock, err := control.Acquire(root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { lock.Release() })
	return lock
}

func TestRootIsTheNearestOfWhatRunsAndWhatIsWritten(t *testing.T) {
	top := folders(t, "a/b/c", "other")
	at := func(name string) string { return filepath.Join(top, name) }
	want := func(dir, root string) {
		t.Helper()
		if got, err := Root(at(dir), ""); err != nil || got != at(root) {
			t.Errorf("from %s: %s %v, want %s", dir, got, err, root)
		}
	}
	var none *NoProjectError
	if _, err := Root(at("a/b"), ""); !errors.As(err, &none) || none.Dir != at("a/b") || !errors.Is(err, procfile.ErrNotFound) {
		t.Errorf("nothing there: %v", err)
	}
	runs(t, at("a"))
	want("a/b/c", "a") // without any file
	devgatefile(t, at("a/b"))
	want("a/b/c", "a/b") // the file is nearer
	runs(t, at("a/b/c"))
	want("a/b/c", "a/b/c") // what runs is nearer
	want("a/b", "a/b")
	if got, err := Root(at("a"), filepath.Join(top, "other", "dev.toml")); err != nil || got != at("other") {
		t.Errorf("with a file that is named: %s %v", got, err)
	}
}

func TestWhereNobodyRuns(t *testing.T) {
	root := folders(t)
	_, err := Dial(root)
	if want := "no devgate runs in " + root + "\n  hint: devgate up starts it"; !errors.Is(err, control.ErrNotRunning) || err.Error() != want {
		t.Errorf("dial: %v", err)
	}
	if _, ran, err := Down(t.Context(), root); ran || err != nil {
		t.Errorf("down: %t %v", ran, err)
	}
}

// A wait for a devgate that has its lock and never listens ends with its context.
func TestDialSoonEnds(t *testing.T) {
	root := folders(t)
	runs(t, root)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	var refused *control.Error
	if _, err := DialSoon(ctx, root); !errors.As(err, &refused) || refused.Kind != control.Refused {
		t.Errorf("got %v", err)
	}
}
