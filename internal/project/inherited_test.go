package project

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// git runs Git, away from the developer's own settings.
func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// worktrees makes a repository of what files say and adds a worktree beside it; then what
// main says is written into the main checkout.
func worktrees(t *testing.T, files, main []string) (mainDir, linked string) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(write(t, slices.Concat([]string{"main/x", ""}, under("main/", files))...))
	if err != nil {
		t.Fatal(err)
	}
	mainDir, linked = filepath.Join(dir, "main"), filepath.Join(dir, "linked")
	git(t, mainDir, "init", "-q")
	git(t, mainDir, "add", ".")
	git(t, mainDir, "commit", "-q", "-m", "x")
	git(t, mainDir, "worktree", "add", "-q", linked)
	for i := 0; i < len(main); i += 2 {
		put(t, filepath.Join(mainDir, main[i]), main[i+1])
	}
	return mainDir, linked
}

func under(dir string, files []string) (all []string) {
	for i, f := range files {
		if i%2 == 0 {
			f = dir + f
		}
		all = append(all, f)
	}
	return all
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

const withFiles = "[api]\ncommand = 'x'\ndir = 'api'\nenv_file = ['own.env', '../secret/deep.env']\n"

// K3: files that Git ignores come from the main checkout, each told once, and watched.
func TestALinkedWorktreeReadsTheIgnoredFilesOfTheMainCheckout(t *testing.T) {
	main, linked := worktrees(t,
		[]string{".gitignore", ".env\n*.env\n/secret/\n", "Devgatefile", withFiles, "api/x", ""},
		[]string{".env", "TOP=main", "api/own.env", "OWN=main", "secret/deep.env", "DEEP=main"})
	p := mustLoad(t, Options{Dir: linked})
	env := p.Service("api").Env
	if value(env, "TOP") != "main" || value(env, "OWN") != "main" || value(env, "DEEP") != "main" {
		t.Errorf("TOP %s, OWN %s, DEEP %s", value(env, "TOP"), value(env, "OWN"), value(env, "DEEP"))
	}
	var told []string
	for _, note := range p.Notes() {
		told = append(told, note.Error())
	}
	if want := []string{
		"../main/.env: read from the main checkout, as this worktree has no .env of its own",
		"../main/api/own.env: read from the main checkout, as this worktree has no api/own.env of its own",
		"../main/secret/deep.env: read from the main checkout, as this worktree has no secret/deep.env of its own",
	}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
	for _, path := range []string{main + "/.env", linked + "/.env", main + "/api/own.env", linked + "/api/own.env"} {
		if !slices.Contains(p.Inputs, path) {
			t.Errorf("%s is not watched", path)
		}
	}
	// Its own takes its place, and only its own.
	put(t, linked+"/.env", "TOP=linked")
	p = mustLoad(t, Options{Dir: linked})
	if env := p.Service("api").Env; value(env, "TOP") != "linked" || value(env, "OWN") != "main" || len(p.Inherited) != 2 {
		t.Errorf("TOP %s, OWN %s, told %v", value(env, "TOP"), value(env, "OWN"), p.Inherited)
	}
	if p := mustLoad(t, Options{Dir: main}); len(p.Inherited) != 0 {
		t.Errorf("the main checkout says %v", p.Inherited)
	}
}

// Where the main checkout has none either, that is watched, and nothing is said.
func TestAFileThatComesToTheMainCheckoutIsWatchedFor(t *testing.T) {
	main, linked := worktrees(t, []string{".gitignore", ".env\n", "Devgatefile", "[api]\ncommand = 'x'\n"}, nil)
	p := mustLoad(t, Options{Dir: linked})
	if !slices.Contains(p.Inputs, main+"/.env") || !slices.Contains(p.Inputs, linked+"/.env") || len(p.Notes()) != 0 {
		t.Errorf("watched %q, told %v", p.Inputs, p.Notes())
	}
}

// Never a tracked file, nor one that Git does not ignore, nor one outside of the worktree, nor
// that of a clone.
func TestOnlyIgnoredFilesOfALinkedWorktreeAreInherited(t *testing.T) {
	const plain = "[api]\ncommand = 'x'\n"
	for name, c := range map[string]struct {
		files, main []string
		do          func(t *testing.T, main, linked string) (dir string)
	}{
		"not ignored": {files: []string{"Devgatefile", plain}, main: []string{".env", "A=main"}},
		"tracked, and removed here": {
			files: []string{"Devgatefile", plain, ".env", "A=main"},
			main:  []string{".gitignore", ".env\n"},
			do: func(t *testing.T, main, linked string) string {
				put(t, linked+"/.gitignore", ".env\n")
				if err := os.Remove(linked + "/.env"); err != nil {
					t.Fatal(err)
				}
				return linked
			},
		},
		"a clone": {
			files: []string{"Devgatefile", plain, ".gitignore", ".env\n"}, main: []string{".env", "A=main"},
			do: func(t *testing.T, main, linked string) string {
				git(t, main, "clone", "-q", main, linked+"-clone")
				return linked + "-clone"
			},
		},
		"outside": {
			files: []string{"Devgatefile", plain + "env_file = '../outside.env'\n", ".gitignore", "*.env\n"}, main: []string{"../outside.env", "A=main"},
			do: func(t *testing.T, main, linked string) string {
				if err := os.MkdirAll(linked+"/../deep", 0o755); err != nil {
					t.Fatal(err)
				}
				git(t, main, "worktree", "add", "-q", linked+"/../deep/two")
				put(t, linked+"/../deep/outside.env", "A=own")
				return linked + "/../deep/two"
			},
		},
		"a broken link of that name": {
			files: []string{"Devgatefile", plain, ".gitignore", ".env\n"}, main: []string{".env", "A=main"},
			do: func(t *testing.T, main, linked string) string {
				if err := os.Symlink("nowhere", linked+"/.env"); err != nil {
					t.Fatal(err)
				}
				return linked
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			main, linked := worktrees(t, c.files, c.main)
			if c.do != nil {
				linked = c.do(t, main, linked)
			}
			p := mustLoad(t, Options{Dir: linked})
			if got := value(p.Service("api").Env, "A"); got == "main" || len(p.Inherited) != 0 {
				t.Errorf("A is %s, told %v", got, p.Inherited)
			}
		})
	}
}

// A file that is named must exist in one of the two.
func TestANamedFileThatNobodyHasIsAnError(t *testing.T) {
	_, linked := worktrees(t, []string{".gitignore", "*.env\n", "Devgatefile", "env_file = 'a.env'\n[api]\ncommand = 'x'\n"}, nil)
	if _, err := Load(t.Context(), Options{Dir: linked}); err == nil || !strings.Contains(err.Error(), "env file a.env does not exist") {
		t.Errorf("got %v", err)
	}
}

// The project may be a folder of the repository, and be reached by a link.
func TestAProjectInAFolderOfItsRepositoryInheritsItsFiles(t *testing.T) {
	_, linked := worktrees(t, []string{".gitignore", ".env\n", "app/Devgatefile", "[api]\ncommand = 'x'\n"}, []string{"app/.env", "A=main"})
	way := linked + "-way"
	if err := os.Symlink(linked+"/app", way); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{linked + "/app", way} {
		if got := value(mustLoad(t, Options{Dir: dir}).Service("api").Env, "A"); got != "main" {
			t.Errorf("%s: A is %s", dir, got)
		}
	}
}
