package watch

import "path/filepath"

// hint says of each pattern that matches nothing, once, that it does: it may be
// mistyped. It is no error, since the files may be still to come.
func (o *observer) hint() {
	for _, scope := range o.plan.scopes {
		for _, g := range scope.watch {
			key := scope.Name + "\x00" + g.text
			if !o.hinted[key] && !o.finds(scope, g) {
				o.w.logf("%s: no file matches watch %q yet; what Git, devgate or the service ignores does not count", scope.Name, g.text)
			}
			o.hinted[key] = true
		}
	}
}

// finds reports whether a pattern of a target matches a file that is there.
func (o *observer) finds(scope *scope, g *glob) bool {
	for dir, f := range o.tree.folders {
		if _, below := below(g.base, dir); !below && !g.leads(dir) {
			continue
		}
		for name := range f.files {
			if scope.takes(g, filepath.Join(dir, name)) {
				return true
			}
		}
	}
	return false
}

// takes reports whether a file is one that the target watches by a pattern.
func (s *scope) takes(g *glob, path string) bool {
	return g.match(path) && !g.ignores(path, false) && !s.refuses(path)
}
