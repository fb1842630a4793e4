package watch

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"

	"devgate/internal/checkout"
	"devgate/internal/gitignore"
)

// repositories finds the rules for a path and reads each repository's once.
type repositories struct {
	root string
	tops map[string]*gitignore.Rules
}

// newRepositories returns one that has read nothing, for a project in root.
func newRepositories(root string) *repositories {
	return &repositories{root: root, tops: map[string]*gitignore.Rules{}}
}

// rulesBelow returns the rules that hold below base, nil when base is ignored:
// who names it wants it even so, and then Git knows nothing about its files.
func (r *repositories) rulesBelow(base string) *gitignore.Rules {
	top := r.topOf(base)
	if top == "" {
		return nil
	}
	g := r.tops[top]
	if g == nil {
		g = gitignore.New(top)
		r.tops[top] = g
	}
	// Asked for a name in it that nobody gives to a file, because rules like
	// "dist/*" ignore all that is in a folder and not the folder.
	if g.Ignored(filepath.Join(base, "\x01"), false) {
		return nil
	}
	return g
}

// locks returns the files that exist while Git works on one of the repositories.
func (r *repositories) locks() []string {
	var all []string
	for top := range r.tops {
		// Without a repository there may be one soon.
		all = append(all, filepath.Join(cmp.Or(checkout.GitDir(top), filepath.Join(top, ".git")), "index.lock"))
	}
	return all
}

// unread returns the files of rules that are there and cannot be read.
func (r *repositories) unread() map[string]error {
	all := map[string]error{}
	for _, g := range r.tops {
		maps.Copy(all, g.Unread())
	}
	return all
}

// topOf returns the folder of the repository that base is in; without one the
// project's root, since a .gitignore is often there before git init; "" outside.
func (r *repositories) topOf(base string) string {
	for dir := base; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	if _, ok := below(r.root, base); ok {
		return r.root
	}
	return ""
}
