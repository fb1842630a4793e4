package spelling

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSpellings(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	want := filepath.Join(root, "A long name", "B")
	if err := os.MkdirAll(want, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{want, strings.ToUpper(want), strings.ToLower(want)} {
		if got := Of(path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
	if got := Of(strings.ToLower(want) + `\Not\There`); got != want+`\Not\There` {
		t.Errorf("what is not there: %s", got)
	}
	if got := Of(`c:\`); got != `C:\` {
		t.Errorf("a volume: %s", got)
	}
}
