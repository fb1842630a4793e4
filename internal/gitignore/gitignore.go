package gitignore

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"devgate/internal/checkout"
	"devgate/internal/input"
	"devgate/internal/oserr"
)

// Rules answer what Git ignores in one checkout. They are read when they are first
// needed and kept.
type Rules struct {
	top     string
	exclude []rule
	rules   map[string][]rule // by folder
	folders map[string]bool   // whether the folder is ignored
	unread  map[string]error  // files of rules that are there and cannot be read
}

// New returns the rules of the checkout, or plain folder, at top.
func New(top string) *Rules {
	g := &Rules{top: top, rules: map[string][]rule{}, folders: map[string]bool{}, unread: map[string]error{}}
	g.exclude = g.read(filepath.Join(checkout.CommonDir(checkout.GitDir(top)), "info", "exclude"))
	return g
}

// read reads a file of rules; one that is missing has none.
func (g *Rules) read(path string) []rule {
	src, err := textOf(path)
	if err != nil && !isMissing(err) {
		g.unread[path] = err
	}
	return parseRules(src)
}

// isMissing: there is no such file, or what should be its folder is a file.
func isMissing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || oserr.NotFolder.In(err)
}

// textOf reads a file that may be anything, and that is seldom there.
func textOf(path string) (string, error) {
	if _, err := os.Lstat(path); err != nil {
		return "", err
	}
	src, err := input.Read(context.Background(), path)
	return string(src), err
}

// Ignored reports whether Git ignores path, itself or with a folder above it.
// A path outside of the repository is not ignored.
func (g *Rules) Ignored(path string, folder bool) bool {
	if _, ok := within(g.top, path); !ok {
		return false
	}
	// What is below an ignored folder cannot be re-included.
	if g.ignoredFolder(filepath.Dir(path)) {
		return true
	}
	return g.decide(path, folder)
}

// ignoredFolder is ignored for a folder, remembered: it is asked for every file.
func (g *Rules) ignoredFolder(dir string) bool {
	if is, known := g.folders[dir]; known {
		return is
	}
	is := g.Ignored(dir, true)
	g.folders[dir] = is
	return is
}

// decide applies the rules to one path. The deepest .gitignore with a rule that
// matches decides, and in it the last such rule.
func (g *Rules) decide(path string, folder bool) bool {
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
func (g *Rules) rulesOf(dir string) []rule {
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
	rel, _ := within(dir, path)
	rel = filepath.ToSlash(rel)
	name := rel[strings.LastIndexByte(rel, '/')+1:]
	for i := len(rules) - 1; i >= 0; i-- {
		if rules[i].match(rel, name, folder) {
			return !rules[i].negated, true
		}
	}
	return false, false
}

// within is a path as seen from a folder above it.
func within(dir, path string) (rel string, ok bool) {
	separator := string(filepath.Separator)
	return strings.CutPrefix(path, strings.TrimSuffix(dir, separator)+separator) // the root ends in one
}

// Unread returns the files of rules that are there and cannot be read.
func (g *Rules) Unread() map[string]error { return g.unread }
