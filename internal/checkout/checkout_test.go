package checkout

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// git runs Git, away from the developer's own settings.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := askGit(dir, args...)
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return out
}

func askGit(dir string, args ...string) (string, error) {
	cmd := exec.Command("git", append([]string{"-c", "protocol.file.allow=always", "-c", "init.defaultBranch=main"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b")
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// repository makes one with a commit.
func repository(t *testing.T, dir string, args ...string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	git(t, dir, append([]string{"init", "-q"}, args...)...)
	write(t, filepath.Join(dir, "sub", "file"), "x")
	git(t, dir, "add", ".")
	git(t, dir, "commit", "-q", "-m", "first")
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// asGit is what Git itself says of a folder.
func asGit(t *testing.T, dir string) (c Checkout) {
	t.Helper()
	top, err := askGit(dir, "rev-parse", "--show-toplevel")
	if err != nil {
		return Checkout{}
	}
	c.Top = top
	c.Repository = git(t, dir, "rev-parse", "--path-format=absolute", "--git-common-dir")
	c.Branch, _ = askGit(dir, "symbolic-ref", "--short", "-q", "HEAD")
	if git(t, dir, "rev-parse", "--path-format=absolute", "--git-dir") == c.Repository {
		return c
	}
	first, _, _ := strings.Cut(git(t, dir, "worktree", "list", "--porcelain"), "\n\n")
	main, more, _ := strings.Cut(strings.TrimPrefix(first, "worktree "), "\n")
	if !strings.HasPrefix(more, "bare") {
		c.Main = main
	}
	// Of a submodule Git lists the folder of its repository.
	if main == c.Repository && c.Main != "" {
		c.Main = filepath.Join(c.Repository, git(t, dir, "config", "--file", c.Repository+"/config", "core.worktree"))
	}
	return c
}

// layouts are the ways in which Git lays out what it knows, each with the folders that
// are asked about.
var layouts = map[string]func(t *testing.T, dir string) (folders []string){
	"a repository, and a folder in it": func(t *testing.T, dir string) []string {
		repository(t, dir+"/main")
		return []string{"main", "main/sub"}
	},
	"no repository": func(*testing.T, string) []string { return []string{"."} },
	"a repository without a commit": func(t *testing.T, dir string) []string {
		git(t, dir, "init", "-q", "-b", "first/branch")
		return []string{"."}
	},
	"linked worktrees": func(t *testing.T, dir string) []string {
		repository(t, dir+"/main")
		git(t, dir+"/main", "worktree", "add", "-q", "-b", "feature/login", "../login")
		git(t, dir+"/main", "worktree", "add", "-q", "inside")
		git(t, dir+"/main", "worktree", "add", "-q", "--detach", "../loose")
		git(t, dir+"/main", "checkout", "-q", "--detach")
		return []string{"main", "login", "login/sub", "main/inside", "loose"}
	},
	"a worktree that was moved": func(t *testing.T, dir string) []string {
		repository(t, dir+"/main")
		git(t, dir+"/main", "worktree", "add", "-q", "../one")
		git(t, dir+"/main", "worktree", "move", "../one", "../two")
		return []string{"two"}
	},
	"a worktree with relative links": func(t *testing.T, dir string) []string {
		repository(t, dir+"/main")
		git(t, dir+"/main", "worktree", "add", "-q", "../one")
		write(t, dir+"/one/.git", "gitdir: ../main/.git/worktrees/one\r\n")
		return []string{"one"}
	},
	"a bare repository with worktrees": func(t *testing.T, dir string) []string {
		repository(t, dir+"/seed")
		git(t, dir, "clone", "-q", "--bare", "seed", "shop.git")
		git(t, dir+"/shop.git", "worktree", "add", "-q", "-b", "one", "../one")
		return []string{"one", "one/sub"}
	},
	"a bare repository in a hidden folder beside its worktrees": func(t *testing.T, dir string) []string {
		repository(t, dir+"/seed")
		git(t, dir, "clone", "-q", "--bare", "seed", "shop/.bare")
		write(t, dir+"/shop/.git", "gitdir: ./.bare\n")
		git(t, dir+"/shop", "worktree", "add", "-q", "-b", "one", "one")
		return []string{"shop/one"}
	},
	"a bare .git with worktrees in its folder": func(t *testing.T, dir string) []string {
		repository(t, dir+"/seed")
		git(t, dir, "clone", "-q", "--bare", "seed", "shop/.git")
		git(t, dir+"/shop", "worktree", "add", "-q", "-b", "one", "one")
		return []string{"shop/one"}
	},
	"a submodule, and a worktree of it": func(t *testing.T, dir string) []string {
		repository(t, dir+"/lib")
		repository(t, dir+"/main")
		git(t, dir+"/main", "submodule", "add", "-q", "../lib", "deps/lib")
		git(t, dir+"/main/deps/lib", "worktree", "add", "-q", "-b", "other", dir+"/libtree")
		return []string{"main", "main/deps", "main/deps/lib", "main/deps/lib/sub", "libtree"}
	},
	"settings of their own for each worktree": func(t *testing.T, dir string) []string {
		repository(t, dir+"/main")
		git(t, dir+"/main", "worktree", "add", "-q", "../one")
		git(t, dir+"/main", "config", "extensions.worktreeConfig", "true")
		git(t, dir+"/main", "config", "--worktree", "core.editor", "true")
		return []string{"main", "one"}
	},
	"a .git that is a link to a folder": func(t *testing.T, dir string) []string {
		repository(t, dir+"/main")
		if err := os.Rename(dir+"/main/.git", dir+"/kept"); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("../kept", dir+"/main/.git"); err != nil {
			t.Fatal(err)
		}
		return []string{"main"}
	},
	"a folder that is reached by a link": func(t *testing.T, dir string) []string {
		repository(t, dir+"/main")
		git(t, dir+"/main", "worktree", "add", "-q", "../one")
		if err := os.Symlink("one/sub", dir+"/way"); err != nil {
			t.Fatal(err)
		}
		return []string{"way"}
	},
	"a .git that Git does not take, in a repository": func(t *testing.T, dir string) []string {
		repository(t, dir+"/main")
		if err := os.MkdirAll(dir+"/main/sub/.git", 0o755); err != nil {
			t.Fatal(err)
		}
		return []string{"main/sub"}
	},
	"hashes of 64 digits": func(t *testing.T, dir string) []string {
		repository(t, dir+"/main", "--object-format=sha256")
		git(t, dir+"/main", "checkout", "-q", "--detach")
		return []string{"main"}
	},
	"a HEAD that is a symbolic link": func(t *testing.T, dir string) []string {
		repository(t, dir+"/main")
		git(t, dir+"/main", "-c", "core.preferSymlinkRefs=true", "checkout", "-q", "-b", "old/way")
		return []string{"main"}
	},
	"a file .git beside its repository elsewhere": func(t *testing.T, dir string) []string {
		repository(t, dir+"/main", "--separate-git-dir="+dir+"/kept")
		return []string{"main"}
	},
}

func TestCheckoutsAreThoseOfGit(t *testing.T) {
	for name, layout := range layouts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := root(t)
			for _, folder := range layout(t, dir) {
				path := filepath.Join(dir, folder)
				got, want := Of(path), asGit(t, path)
				got.gitDir = ""
				if got != want {
					t.Errorf("%s:\n%+v, Git says\n%+v", folder, got, want)
				}
			}
		})
	}
}

func TestWhichCheckoutsShareARepository(t *testing.T) {
	dir := root(t)
	repository(t, dir+"/main")
	git(t, dir+"/main", "worktree", "add", "-q", "../one")
	git(t, dir, "clone", "-q", "main", "clone")
	main, one, clone, none := Of(dir+"/main"), Of(dir+"/one"), Of(dir+"/clone"), Of(dir)
	if main.Linked() || !one.Linked() || clone.Linked() || none.Linked() {
		t.Error("which are linked")
	}
	if !one.SameRepository(main) || clone.SameRepository(main) || none.SameRepository(none) {
		t.Error("which are of one repository")
	}
}

// Whatever stands where Git keeps its files, it is no repository, and nothing waits for it.
func TestBrokenRepositoriesAreNone(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"an empty .git":                  {".git": ""},
		"a .git that leads nowhere":      {".git": "gitdir: gone\n"},
		"a .git that says nothing":       {".git": "gitdir:\n"},
		"a .git that is something else":  {".git": "hello\n"},
		"a HEAD that is none":            {".git/HEAD": "hello\n", ".git/objects/x": ""},
		"no objects":                     {".git/HEAD": "ref: refs/heads/main\n"},
		"a commondir that leads nowhere": {".git/HEAD": "ref: refs/heads/main\n", ".git/objects/x": "", ".git/commondir": "../gone\n"},
	} {
		dir := root(t)
		for path, text := range files {
			write(t, filepath.Join(dir, path), text)
		}
		if got := Of(dir); got != (Checkout{}) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	dir := root(t)
	if err := exec.Command("mkfifo", filepath.Join(dir, ".git")).Run(); err != nil {
		t.Fatal(err)
	}
	if got := Of(dir); got != (Checkout{}) {
		t.Errorf("a pipe: %+v", got)
	}
}

// The branch of a repository whose refs are in a table is not to be had from files, and
// is not made up.
func TestABranchThatIsElsewhereIsNotMadeUp(t *testing.T) {
	dir := root(t)
	repository(t, dir)
	write(t, dir+"/.git/HEAD", "ref: refs/heads/.invalid\n")
	if got := Of(dir); got.Branch != "" || got.Top != dir {
		t.Errorf("%+v", got)
	}
}

func TestLabels(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "",
		"main":                  "main",
		"Feature/Login_2":       "feature-login-2",
		"--a..b--":              "a-b",
		"xn--bcher-kva":         "xn-bcher-kva",
		"дом":                   "checkout-" + hash("дом"),
		"é/a":                   "a",
		strings.Repeat("a", 63): strings.Repeat("a", 63),
		strings.Repeat("a", 64): strings.Repeat("a", 54) + "-" + hash(strings.Repeat("a", 64)),
		strings.Repeat("a", 53) + "/" + strings.Repeat("b", 20): strings.Repeat("a", 53) + "-" + hash(strings.Repeat("a", 53)+"/"+strings.Repeat("b", 20)),
	} {
		if got := Label(text); got != want || len(got) > longestLabel {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	on := func(branch string) Checkout { return Checkout{Branch: branch} }
	for _, c := range []struct {
		checkout Checkout
		taken    string
		want     string
	}{
		{on("fix/a"), "", "fix-a"},
		{on(""), "", "shop"},
		{on("api"), "api", "shop"},
		{on("api"), "api shop", "api-shop"},
		{on("api"), "api shop api-shop", "api-shop-" + hash("/w/shop")},
		{on(""), "shop", "shop-" + hash("/w/shop")},
	} {
		if got := c.checkout.Name("/w/shop", func(label string) bool { return strings.Contains(" "+c.taken+" ", " "+label+" ") }); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

// Git is asked for nothing: where there is none, all is the same.
func TestGitIsNotRun(t *testing.T) {
	dir := root(t)
	repository(t, dir+"/main")
	git(t, dir+"/main", "worktree", "add", "-q", "-b", "fix/login", "../one")
	want := asGit(t, dir+"/one")
	t.Setenv("PATH", t.TempDir())
	got := Of(dir + "/one")
	got.gitDir = ""
	if got != want {
		t.Errorf("without a Git\n%+v, with one\n%+v", got, want)
	}
}
