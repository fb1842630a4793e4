package check

import (
	"path/filepath"
	"strings"
	"testing"
)

// With another module path, everything still builds, the arrows hold, and the
// release leads there.
func TestTheModulePathIsChangedInOnePlace(t *testing.T) {
	const home = "example.com/someone/devgate"
	folder := filepath.Join(t.TempDir(), "clone")
	run(t, root, "git", "clone", "-q", root, folder)
	run(t, folder, ".ci/home", home)
	if out := run(t, folder, "gofmt", "-l", "."); out != "" {
		t.Errorf("gofmt has something to say of %s", out)
	}
	run(t, folder, "go", "build", "./...")
	run(t, folder, "go", "test", "-run", "^TestPackagesImportOnlyWhatTheArchitectureAllows$", ".")
	run(t, filepath.Join(folder, ".ci", "dist"), "go", "vet", ".")
	if got := run(t, folder, "go", "list", "-m"); got != home+"\n" {
		t.Errorf("the module is %s", got)
	}
	if changed := strings.Count(run(t, folder, "git", "diff", "--name-only"), "\n"); changed < 100 {
		t.Errorf("%d files have changed", changed)
	}
	if left := run(t, folder, "sh", "-c", `git grep -nE '"devgate/(internal|proxy|supervisor|procfile)' -- '*.go' || true`); left != "" {
		t.Errorf("the old path is left in\n%s", left)
	}
}
