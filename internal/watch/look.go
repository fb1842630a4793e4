package watch

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
)

// Unmatched are the patterns of a target that match no file which is there now.
// Nothing is watched for it. When ctx ends before all is looked at, what was not found
// by then counts as matched.
func Unmatched(ctx context.Context, root string, t Target) ([]string, error) {
	p, err := newPlan(root, []Target{t})
	if err != nil {
		return nil, err
	}
	var all []string
	for _, g := range p.scopes[0].watch {
		l := &look{ctx: ctx, scope: p.scopes[0], glob: g}
		if !l.finds() {
			all = append(all, g.text)
		}
	}
	return all, nil
}

// look is a search for the first file of a pattern.
type look struct {
	ctx   context.Context
	scope *scope
	glob  *glob
}

func (l *look) finds() bool {
	info, err := os.Stat(l.glob.base)
	switch {
	case err != nil:
		return false
	case info.IsDir():
		return l.within(l.glob.base)
	}
	return l.wants(l.glob.base)
}

// within looks through a folder. Symbolic links in it are not followed, as none is
// when it is watched.
func (l *look) within(dir string) bool {
	if l.ctx.Err() != nil {
		return true
	}
	entries, _ := os.ReadDir(dir) // what cannot be read holds nothing that could be watched
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case e.IsDir():
			if l.scope.wantsFolder(path) && l.glob.reaches(path) && l.within(path) {
				return true
			}
		case isFile(e, path) && l.wants(path):
			return true
		}
	}
	return false
}

func (l *look) wants(path string) bool { return l.scope.takes(l.glob, path) }

// isFile reports whether an entry is a file, or a symbolic link to one.
func isFile(e fs.DirEntry, path string) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.Type().IsRegular()
	}
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
