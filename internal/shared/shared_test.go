package shared

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

var (
	errHeld  = errors.New("somebody has it open")
	errOther = errors.New("no such folder")
)

// attempts are how often a change is tried that ends with errs, the last one for ever, for how
// long, and what comes of it.
func attempts(t *testing.T, errs ...error) (n int, took time.Duration, err error) {
	synctest.Test(t, func(*testing.T) {
		began := time.Now()
		err = unhindered(func() error {
			n++
			return errs[min(n, len(errs))-1]
		}, func(err error) bool { return err == errHeld })
		took = time.Since(began)
	})
	return n, took, err
}

func TestWhatIsHeldIsTriedAgain(t *testing.T) {
	if n, _, err := attempts(t, errHeld, errHeld, nil); n != 3 || err != nil {
		t.Errorf("held for a while: %d attempts, %v", n, err)
	}
	if n, took, err := attempts(t, errOther); n != 1 || took != 0 || err != errOther {
		t.Errorf("another error: %d attempts in %v, %v", n, took, err)
	}
	if _, took, err := attempts(t, errHeld); err != errHeld || took < patience || took > patience+pause {
		t.Errorf("held for ever: %v after %v", err, took)
	}
}

// folder is one with the files a and b.
func folder(t *testing.T) (a, b string) {
	t.Helper()
	dir := t.TempDir()
	a, b = filepath.Join(dir, "a"), filepath.Join(dir, "b")
	for _, path := range []string{a, b} {
		if err := os.WriteFile(path, []byte(filepath.Base(path)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return a, b
}

func TestFilesThatAreOpenHereAreInNobodysWay(t *testing.T) {
	for name, change := range map[string]func(a, b string) error{
		"removed":      func(a, _ string) error { return os.Remove(a) },
		"renamed away": func(a, b string) error { return os.Rename(a, b+"c") },
	} {
		for how, open := range map[string]func(string) (*os.File, error){"read": Open, "written": Append} {
			a, b := folder(t)
			file, err := open(a)
			if err != nil {
				t.Fatal(err)
			}
			if err := change(a, b); err != nil {
				t.Errorf("%s while it is %s: %v", name, how, err)
			}
			file.Close()
		}
	}
}

func TestChangesAreMade(t *testing.T) {
	a, b := folder(t)
	if err := Rename(a, b); err != nil {
		t.Fatal(err)
	}
	if text, err := ReadFile(b); string(text) != "a" || err != nil {
		t.Errorf("replaced: %q, %v", text, err)
	}
	if err := Remove(b); err != nil {
		t.Error(err)
	}
	if _, err := ReadFile(b); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("removed: %v", err)
	}
	if err := RemoveAll(filepath.Dir(a)); err != nil {
		t.Error(err)
	}
	if err := Remove(a); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("nothing to remove: %v", err)
	}
}

func TestAppending(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	for _, text := range []string{"one,", "two"} {
		file, err := Append(path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = file.WriteString(text)
		if err := errors.Join(err, file.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := ReadFile(path); string(text) != "one,two" || err != nil {
		t.Errorf("got %q, %v", text, err)
	}
}
