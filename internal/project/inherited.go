package project

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"devgate/internal/checkout"
	"devgate/internal/gitignore"
	"devgate/internal/input"
	"devgate/procfile"
)

// inherited is the env file that is read for one: itself, or that of the main checkout where
// this is a linked worktree without it. Git makes a worktree of what it tracks, so a file that
// it ignores is in none.
func (l *loader) inherited(path string) string {
	// Whoever does not answer here is told when the file itself is read.
	other, err := input.Within(l.ctx, path, func() (string, error) { return inMain(path), nil })
	if err != nil || other == "" {
		return path
	}
	p := l.project
	// Both, whether they are there or not: the one that comes takes effect.
	p.Inputs = appendOnce(appendOnce(p.Inputs, path), other)
	if _, err := input.Stat(l.ctx, other); err != nil {
		return path
	}
	note := &procfile.Error{File: shownPath(l.options.Dir, other), Msg: "read from the main checkout, as this worktree has no " + shownPath(p.Root, path) + " of its own"}
	if !slices.ContainsFunc(p.Inherited, func(told *procfile.Error) bool { return told.Msg == note.Msg }) {
		p.Inherited = append(p.Inherited, note)
	}
	return other
}

// inMain is where the main checkout would have a file that this linked worktree has not, and that
// is nobody's but the developer's: Git ignores it, and does not track it. "" otherwise.
func inMain(path string) string {
	if _, err := os.Lstat(path); err == nil || !os.IsNotExist(err) {
		return ""
	}
	c := checkout.Of(filepath.Dir(path))
	if c.Main == "" {
		return ""
	}
	own := filepath.Join(RealPath(filepath.Dir(path)), filepath.Base(path))
	rel, below := strings.CutPrefix(own, c.Top+string(filepath.Separator))
	if !below || !gitignore.New(c.Top).Ignored(own, false) || c.Tracks(filepath.ToSlash(rel)) {
		return ""
	}
	return filepath.Join(c.Main, rel)
}

// RealPath is a path without symbolic links, as far as it exists.
func RealPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	if above := filepath.Dir(path); above != path {
		return filepath.Join(RealPath(above), filepath.Base(path))
	}
	return path
}

// appendOnce appends what is not there yet.
func appendOnce(all []string, one string) []string {
	if slices.Contains(all, one) {
		return all
	}
	return append(all, one)
}
