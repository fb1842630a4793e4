package watch

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// What would be watched counts as matched, and nothing else: not what Git ignores, nor
// what lies behind a symbolic link that no pattern names.
func TestUnmatched(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"src/a.go", "src/deep/er/b.ts", "src/gen/c.js", "src/node_modules/x/d.css", "src/skip.h", "far/e.py", ".git/HEAD"} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(root, ".gitignore"), []byte("gen/\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"src/link": "far", "src/file.rs": "a.go", "named": "far"} {
		if to == "far" {
			to = filepath.Join(root, to)
		}
		if err := os.Symlink(to, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	target := Target{Name: "api", Dir: filepath.Join(root, "src"), Ignore: []string{"deep", "*.h"}, Exclude: []string{filepath.Join(root, "src", "out")}}
	target.Patterns = []string{"**/*.go", "a.go", ".", "../named/*.py", "file.rs", "node_modules/x"}
	missing := []string{"**/*.ts", "**/*.js", "**/*.css", "**/*.py", "b.go", "../gone", "*.{c,h}"}
	target.Patterns = append(target.Patterns, missing...)
	got, err := Unmatched(t.Context(), root, target)
	if err != nil || !slices.Equal(got, missing) {
		t.Errorf("got %q, %v; want %q", got, err, missing)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := Unmatched(over, root, target); err != nil || slices.Contains(got, "**/*.ts") {
		t.Errorf("with no time to look: %q, %v", got, err)
	}
	target.Patterns = []string{"a["}
	if _, err := Unmatched(t.Context(), root, target); err == nil {
		t.Error("a malformed pattern")
	}
}
