package checkout

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"devgate/internal/input"
)

// Checkout is a working tree. The zero Checkout is a folder that Git knows nothing of.
type Checkout struct {
	// Top is its folder, without symbolic links. "": none.
	Top string
	// Repository is where Git keeps what all its checkouts share, without symbolic
	// links. It is "" exactly if Top is.
	Repository string
	// Main is the folder of the main checkout, where this is a linked one and the
	// repository has one: a bare repository has not. "" otherwise.
	Main string
	// Branch is the one that is checked out, "" for a commit without a branch.
	Branch string

	gitDir string // where Git keeps what is this checkout's alone
}

// Of is the checkout that a folder is in, or the zero Checkout.
func Of(dir string) Checkout {
	// Git, too, goes up from where a folder really is, and not from the link to it.
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	for {
		if c, found := at(dir); found {
			return c
		}
		above := filepath.Dir(dir)
		if above == dir {
			return Checkout{}
		}
		dir = above
	}
}

// Linked reports whether it was made by `git worktree add`.
func (c Checkout) Linked() bool { return c.Repository != "" && !sameFolder(c.gitDir, c.Repository) }

// SameRepository reports whether two are checkouts of one repository.
func (c Checkout) SameRepository(other Checkout) bool {
	return c.Repository != "" && c.Repository == other.Repository
}

// at is the checkout whose folder is top. A .git that Git would not take is none,
// as to Git: it looks further up then.
func at(top string) (c Checkout, found bool) {
	c = Checkout{Top: top, gitDir: GitDir(top)}
	if c.gitDir == "" {
		return Checkout{}, false
	}
	head, ok := readHead(c.gitDir)
	if !ok {
		return Checkout{}, false
	}
	common := CommonDir(c.gitDir)
	real, err := filepath.EvalSymlinks(common)
	if err != nil || !isFolder(filepath.Join(real, "objects")) {
		return Checkout{}, false
	}
	c.Repository, c.Branch = real, head
	if c.Linked() {
		c.Main = mainOf(common)
	}
	return c, true
}

// GitDir is where Git keeps what is a working tree's alone, or "": the folder .git,
// or the one that a file of this name leads to, as in a linked worktree or a submodule.
func GitDir(top string) string {
	path := filepath.Join(top, ".git")
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return ""
	case info.IsDir():
		return path
	}
	to, ok := strings.CutPrefix(line(path), "gitdir:")
	if to = strings.TrimSpace(to); !ok || to == "" {
		return ""
	}
	return anchor(top, to)
}

// CommonDir is where Git keeps what the checkouts of a repository share.
func CommonDir(gitDir string) string {
	if to := line(filepath.Join(gitDir, "commondir")); to != "" {
		return anchor(gitDir, to)
	}
	return gitDir
}

// mainOf is the folder of the main checkout of a repository, or "".
func mainOf(common string) string {
	settings := readCore(common)
	switch {
	case settings.bare:
		return ""
	case settings.worktree != "": // a submodule's, as a rule
		return anchor(common, settings.worktree)
	case filepath.Base(common) == ".git":
		return filepath.Dir(common)
	}
	return "" // with --separate-git-dir Git itself does not know
}

// refPrefix begins the content of a HEAD on a branch.
const refPrefix = "ref: refs/heads/"

// unborn is what a repository with reftables has in HEAD, whose refs are elsewhere.
const unborn = ".invalid"

// readHead is the branch that HEAD names, "" for a commit; false where that is no
// HEAD.
func readHead(gitDir string) (branch string, ok bool) {
	path := filepath.Join(gitDir, "HEAD")
	// In old repositories HEAD is a symbolic link.
	if to, err := os.Readlink(path); err == nil {
		branch, ok = strings.CutPrefix(filepath.ToSlash(to), "refs/heads/")
		return branch, ok
	}
	text := line(path)
	if branch, ok = strings.CutPrefix(text, refPrefix); ok {
		if branch == unborn {
			branch = ""
		}
		return branch, true
	}
	return "", isHash(text) || strings.HasPrefix(text, "ref: refs/")
}

// isHash reports whether a text is the name of a commit, by SHA-1 or SHA-256.
func isHash(text string) bool {
	return (len(text) == 40 || len(text) == 64) && strings.Trim(text, "0123456789abcdef") == ""
}

// line is what a small file says, without the end of its line; "" where it cannot
// be read.
func line(path string) string {
	// Lstat first: most of these files are not there, and then nothing is opened.
	if _, err := os.Lstat(path); err != nil {
		return ""
	}
	text, err := input.Read(context.Background(), path)
	if err != nil {
		return ""
	}
	return strings.TrimRight(string(text), "\r\n")
}

// anchor makes a path absolute, seen from dir.
func anchor(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func sameFolder(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}
