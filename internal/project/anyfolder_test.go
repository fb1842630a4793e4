package project

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"devgate/internal/detect/detecttest"
	"devgate/internal/proposal"
	"devgate/procfile"
)

// TestAnyFolderBecomesAProject: whatever is in a folder, what is made of it in memory
// is resolved, and so is what init would write. Where nothing is made, that is told.
func TestAnyFolderBecomesAProject(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "devgate-any-")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		if err := os.CopyFS(dir, detecttest.Tree(t)); err != nil {
			t.Fatal(err)
		}
		made, err := proposal.Make(t.Context(), dir, proposal.Options{})
		if errors.Is(err, proposal.ErrNothing) || errors.Is(err, proposal.ErrCollection) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		// A Procfile there is read as its author has written it, and may be broken.
		if _, err := procfile.Find(dir); errors.Is(err, procfile.ErrNotFound) {
			mustResolve(t, dir, made.Text)
		}
		if err := os.WriteFile(filepath.Join(dir, "Devgatefile"), made.Text, 0o644); err != nil {
			t.Fatal(err)
		}
		mustResolve(t, dir, made.Text)
	})
}

func mustResolve(t *rapid.T, dir string, text []byte) {
	if _, err := Load(t.Context(), Options{Dir: dir}); err != nil {
		t.Fatalf("%v\nin\n%s", err, text)
	}
}
