//go:build unix

package tree

import (
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

// TestLinksAndPipes needs a real disk: a link out of the folder, one in a circle, a
// pipe that nobody writes to.
func TestLinksAndPipes(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600))
	must(os.WriteFile(filepath.Join(dir, "real"), []byte("text"), 0o600))
	must(os.Symlink(filepath.Join(outside, "secret"), filepath.Join(dir, "out")))
	must(os.Symlink(outside, filepath.Join(dir, "outside")))
	must(os.Symlink("../"+filepath.Base(outside)+"/secret", filepath.Join(dir, "up")))
	must(os.Symlink(".", filepath.Join(dir, "circle")))
	must(os.Symlink("real", filepath.Join(dir, "link")))
	must(os.Symlink("itself", filepath.Join(dir, "itself")))
	must(syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600))
	root, err := os.OpenRoot(dir)
	must(err)
	defer root.Close()
	tree := Read(root.FS())
	if got := tree.Folders(); !slices.Equal(got, []string{"."}) {
		t.Errorf("folders behind links were entered: %q", got)
	}
	for _, name := range []string{"out", "up", "outside/secret", "itself", "pipe"} {
		if text, ok := tree.Text(name); ok || tree.Has(name) {
			t.Errorf("%s was read: %q", name, text)
		}
	}
	if text, ok := tree.Text("link"); text != "text" || !ok || !tree.Has("link") {
		t.Errorf("a link within the folder was not followed: %q", text)
	}
}
