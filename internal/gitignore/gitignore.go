package watch

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"devgate/internal/input"
)

// gitignore answers what Git ignores in one repository: by the .gitignore of
// each folder and by .git/info/exclude. Rules are read when they are first
// needed and kept. Git's global excludes file is not asked.
type gitignore struct {
	top     string
	exclude []rule
	rules   map[string][]rule // by folder
	folders map[string]bool   // whether the folder is ignored
	unread  map[string]error  // files of rules that are there and cannot be read
}

// newGitignore returns the rules of the repository, or plain folder, at top.
func newGitignore(top string) *gitignore {
	g := &gitignore{top: top, rules: map[string][]rule{}, folders: map[string]bool{}, unread: map[string]error{}}
	g.exclude = g.read(filepath.Join(commonDir(top), "info", "exclude"))
	return g
}

// read reads a file of rules; one that is missing has none.
func (g *gitignore) read(path string) []rule {
	src, err := textOf(path)
	if err != nil && !isMissing(err) {
		g.unread[path] = err
	}
	return parseRules(src)
}

// isMissing: there is no such file, or what should be its folder is a file.
func isMissing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// textOf reads a file that may be anything, and that is seldom there.
func textOf(path string) (string, error) {
	if _, err := os.Lstat(path); err != nil {
		return "", err
	}
	src, err := input.Read(context.Background(), path)
	return string(src), err
}

// gitDir returns the folder where Git keeps the state of a working tree. That of
// a linked tree or a submodule is elsewhere: there, .git is a file.
func gitDir(top string) string {
	dir := filepath.Join(top, ".git")
	src, err := textOf(dir)
	if err != nil { // a folder, as a rule
		return dir
	}
	return anchor(top, strings.TrimPrefix(strings.TrimSpace(src), "gitdir: "))
}

// commonDir returns the folder where Git keeps info/exclude: that of the main
// working tree also when top is a linked one.
func commonDir(top string) string {
	dir := gitDir(top)
	if src, err := textOf(filepath.Join(dir, "commondir")); err == nil {
		dir = anchor(dir, strings.TrimSpace(src))
	}
	return dir
}

// anchor makes path absolute, seen from dir.
func anchor(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// ignored reports whether Git ignores path, itself or with a folder above it.
// A path outside of the repository is not ignored.
func (g *gitignore) ignored(path string, folder bool) bool {
	rel, ok := below(g.top, path)
	if !ok || rel == "" {
		return false
	}
	// What is below an ignored folder cannot be re-included.
	if g.ignoredFolder(filepath.Dir(path)) {
		return true
	}
	return g.decide(path, folder)
}

// ignoredFolder is ignored for a folder, remembered: it is asked for every file.
func (g *gitignore) ignoredFolder(dir string) bool {
	if is, known := g.folders[dir]; known {
		return is
	}
	is := g.ignored(dir, true)
	g.folders[dir] = is
	return is
}

// decide applies the rules to one path. The deepest .gitignore with a rule that
// matches decides, and in it the last such rule.
func (g *gitignore) decide(path string, folder bool) bool {
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if verdict, found := lastMatch(g.rulesOf(dir), dir, path, folder); found {
			return verdict
		}
		if dir == g.top {
			break
		}
	}
	verdict, _ := lastMatch(g.exclude, g.top, path, folder)
	return verdict
}

// rulesOf reads the .gitignore of dir.
func (g *gitignore) rulesOf(dir string) []rule {
	rules, known := g.rules[dir]
	if !known {
		rules = g.read(filepath.Join(dir, ".gitignore"))
		g.rules[dir] = rules
	}
	return rules
}

// lastMatch returns what the last matching of the rules that start at dir says.
func lastMatch(rules []rule, dir, path string, folder bool) (ignored, found bool) {
	if len(rules) == 0 {
		return false, false
	}
	rel, _ := below(dir, path)
	rel = filepath.ToSlash(rel)
	name := rel[strings.LastIndexByte(rel, '/')+1:]
	for i := len(rules) - 1; i >= 0; i-- {
		if rules[i].match(rel, name, folder) {
			return !rules[i].negated, true
		}
	}
	return false, false
}

// repositories finds the rules for a path and reads each repository's once.
type repositories struct {
	root string
	tops map[string]*gitignore
}

// newRepositories returns one that has read nothing, for a project in root.
func newRepositories(root string) *repositories {
	return &repositories{root: root, tops: map[string]*gitignore{}}
}

// rulesBelow returns the rules that hold below base, nil when base is ignored:
// who names it wants it even so, and then Git knows nothing about its files.
func (r *repositories) rulesBelow(base string) *gitignore {
	top := r.topOf(base)
	if top == "" {
		return nil
	}
	g := r.tops[top]
	if g == nil {
		g = newGitignore(top)
		r.tops[top] = g
	}
	// Asked for a name in it that nobody gives to a file, because rules like
	// "dist/*" ignore all that is in a folder and not the folder.
	if g.ignored(filepath.Join(base, "\x01"), false) {
		return nil
	}
	return g
}

// locks returns the files that exist while Git works on one of the repositories.
func (r *repositories) locks() []string {
	var all []string
	for top := range r.tops {
		all = append(all, filepath.Join(gitDir(top), "index.lock"))
	}
	return all
}

// unread returns the files of rules that are there and cannot be read.
func (r *repositories) unread() map[string]error {
	all := map[string]error{}
	for _, g := range r.tops {
		maps.Copy(all, g.unread)
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
