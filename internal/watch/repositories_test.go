package watch

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// git runs Git in dir, away from the developer's own settings.
func git(t interface{ Fatalf(string, ...any) }, dir, stdin string, args ...string) string {
	cmd := exec.Command("git", append([]string{"-c", "core.excludesFile=/dev/null"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b")
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	// check-ignore says by 1 that it ignores none.
	if err := cmd.Run(); err != nil && cmd.ProcessState.ExitCode() != 1 {
		t.Fatalf("git %v: %v\n%s", args, err, errs.String())
	}
	return out.String()
}

// TestRepository: whose rules hold where.
func TestRepository(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, root: root}
	ignored := func(base, path string) bool {
		g := newRepositories(r.path("plain")).rulesBelow(r.path(base))
		return g != nil && g.Ignored(r.path(path), false)
	}
	t.Run("a folder that is no repository yet", func(t *testing.T) {
		r.write("plain/.gitignore", "a")
		if !ignored("plain/src", "plain/src/a") {
			t.Error("its .gitignore does not count")
		}
	})
	t.Run("a folder outside of the project that is no repository", func(t *testing.T) {
		r.write("beside/.gitignore", "a")
		if ignored("beside", "beside/a") {
			t.Error("its .gitignore counts")
		}
	})
	t.Run("a linked working tree has the main one's info/exclude", func(t *testing.T) {
		r.mkdir("main")
		git(t, r.path("main"), "", "init", "-q")
		git(t, r.path("main"), "", "commit", "-q", "--allow-empty", "-m", "x")
		git(t, r.path("main"), "", "worktree", "add", "-q", r.path("linked"))
		r.write("main/.git/info/exclude", "a")
		if !ignored("linked", "linked/a") || ignored("linked", "linked/b") {
			t.Error("it has not")
		}
	})
	t.Run("a submodule's rules are its own", func(t *testing.T) {
		r.write("main/.gitignore", "a")
		r.write("main/sub/.git", "gitdir: ../.git/modules/sub\n")
		r.write("main/sub/.gitignore", "b")
		r.write("main/.git/modules/sub/info/exclude", "c")
		if ignored("main/sub", "main/sub/a") || !ignored("main/sub", "main/sub/b") || !ignored("main/sub", "main/sub/c") {
			t.Error("they are not")
		}
	})
}
