package check

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// R1: another folder, another home, another time zone, and nothing
// that was compiled before: the same bytes.
func TestTwoRunsGiveTheSameBytes(t *testing.T) {
	first := dist
	if os.Getenv("DEVGATE_DIST") != "" { // it may be of another commit
		first = filepath.Join(t.TempDir(), "first")
		if err := release(first); err != nil {
			t.Fatal(err)
		}
	}
	second := filepath.Join(t.TempDir(), "second folder")
	home := t.TempDir()
	modules := "GOMODCACHE=" + strings.TrimSpace(run(t, root, "go", "env", "GOMODCACHE"))
	if err := release(second, "HOME="+home, modules, "GOCACHE="+filepath.Join(home, "cache"), "TMPDIR="+home, "TZ=Pacific/Auckland", "LC_ALL=C"); err != nil {
		t.Fatal(err)
	}
	a, b := read(t, first), read(t, second)
	for name, data := range a {
		if !bytes.Equal(data, b[name]) {
			t.Errorf("%s is another one", name)
		}
		delete(b, name)
	}
	for name := range b {
		t.Errorf("%s came the second time alone", name)
	}
	if len(a) < 20 {
		t.Errorf("compared are %d files", len(a))
	}
}

// read reads all files of a folder.
func read(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = data
	}
	return all
}
