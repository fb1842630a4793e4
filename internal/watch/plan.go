package watch

import (
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"devgate/internal/spelling"
)

// plan says, from the targets and the ignore rules as they are on disk when it
// is made, which folders are watched and whose a file is. Only the memory of
// rules already read changes later.
type plan struct {
	scopes []*scope
	tops   []string // where walks start
	trails *trails
	repos  *repositories
	locks  []string // of Git, while it works on files of the targets
}

// scope is a Target, compiled.
type scope struct {
	Target
	watch   []*glob
	ignore  []*glob
	exclude []string
	files   map[string]bool

	// Until a walk has taken up what the plan wants, these two say what is news
	// to the target.
	before *scope    // what it watched until now; nil: nothing
	since  time.Time // with other patterns than before: what was written later counts; zero: the same ones
}

// newPlan compiles the targets of a project in root.
func newPlan(root string, targets []Target) (*plan, error) {
	root = spelling.Of(filepath.Clean(root))
	p := &plan{trails: newTrails(root), repos: newRepositories(root)}
	names := map[string]bool{}
	for _, t := range targets {
		t.Dir = spelling.Of(filepath.Clean(t.Dir))
		if names[t.Name] {
			return nil, fmt.Errorf("read targets: two are named %q", t.Name)
		}
		names[t.Name] = true
		s, err := newScope(t.clone())
		if err != nil {
			return nil, fmt.Errorf("watch %s: %w", t.Name, err)
		}
		for _, g := range s.watch {
			g.git = p.repos.rulesBelow(g.base)
			p.tops = append(p.tops, topOf(root, t.Dir, g.base))
		}
		for path := range s.files {
			p.trails.add(path)
		}
		p.scopes = append(p.scopes, s)
	}
	for step := range p.trails.steps {
		p.tops = append(p.tops, topOf(root, root, step))
	}
	p.locks = p.repos.locks()
	slices.Sort(p.tops)
	p.tops = slices.Compact(p.tops)
	return p, nil
}

// newScope compiles one target.
func newScope(t Target) (*scope, error) {
	s := &scope{Target: t, files: map[string]bool{}}
	var err error
	if s.watch, err = newGlobs(t.Dir, t.Patterns); err != nil {
		return nil, err
	}
	if s.ignore, err = newGlobs(t.Dir, t.Ignore); err != nil {
		return nil, err
	}
	for _, path := range t.Exclude {
		s.exclude = append(s.exclude, spelling.Of(filepath.Clean(path)))
	}
	for _, path := range t.Files {
		if !filepath.IsAbs(path) {
			return nil, fmt.Errorf("read file %q: not an absolute path", path)
		}
		s.files[spelling.Of(filepath.Clean(path))] = true
	}
	return s, nil
}

// newGlobs compiles patterns that start at dir.
func newGlobs(dir string, patterns []string) ([]*glob, error) {
	var globs []*glob
	for _, pattern := range patterns {
		g, err := newGlob(dir, pattern)
		if err != nil {
			return nil, err
		}
		globs = append(globs, g)
	}
	return globs, nil
}

// topOf returns the folder from which the way to base is watched, so that a
// folder on it that is renamed or made again is noticed.
func topOf(root, dir, base string) string {
	for _, top := range []string{root, dir} {
		if _, ok := below(top, base); ok {
			return top
		}
	}
	return filepath.Dir(base)
}

// owners returns the names of the targets that a file belongs to.
func (p *plan) owners(path string) []string {
	var names []string
	for _, s := range p.scopes {
		if s.wantsFile(path) {
			names = append(names, s.Name)
		}
	}
	return names
}

// follow makes p the successor of the plan old, nil at the start. Targets that
// are not as they were in it begin at a time.
func (p *plan) follow(old *plan, since func(name string) time.Time) {
	for _, s := range p.scopes {
		if s.before = old.scope(s.Name); s.before == nil || !s.Target.equal(s.before.Target) {
			s.since = since(s.Name)
		}
	}
}

// begun ends what follow began: every target knows its files.
func (p *plan) begun() {
	for _, s := range p.scopes {
		s.before, s.since = nil, time.Time{}
	}
}

// scope returns that of the target with a name, nil if there is none.
func (p *plan) scope(name string) *scope {
	if p != nil {
		for _, s := range p.scopes {
			if s.Name == name {
				return s
			}
		}
	}
	return nil
}

// targets returns what the plan was made of.
func (p *plan) targets() []Target {
	var all []Target
	for _, s := range p.scopes {
		all = append(all, s.Target)
	}
	return all
}

// has reports whether the plan is made of these targets, in any order.
func (p *plan) has(targets []Target) bool {
	return len(p.scopes) == len(targets) && !slices.ContainsFunc(targets, func(t Target) bool {
		s := p.scope(t.Name)
		return s == nil || !s.Target.equal(t)
	})
}

// wantsFile reports whether any target watches path.
func (p *plan) wantsFile(path string) bool {
	return slices.ContainsFunc(p.scopes, func(s *scope) bool { return s.wantsFile(path) })
}

// news reports whether any target watches path that did not before.
func (p *plan) news(path string) bool {
	return slices.ContainsFunc(p.scopes, func(s *scope) bool { return s.wantsFile(path) && !s.knew(path) })
}

// wantsFolder reports whether any target needs dir to be watched.
func (p *plan) wantsFolder(dir string) bool {
	return p.trails.ways[dir] || slices.ContainsFunc(p.scopes, func(s *scope) bool { return s.wantsFolder(dir) })
}

// leads reports whether a target names path or something below it, so that a
// symbolic link there is followed.
func (p *plan) leads(path string) bool {
	return p.trails.ways[path] || slices.ContainsFunc(p.scopes, func(s *scope) bool {
		return slices.ContainsFunc(s.watch, func(g *glob) bool { return g.leads(path) })
	})
}

// knew reports whether the target watched path before the plan was made.
func (s *scope) knew(path string) bool { return s.before != nil && s.before.wantsFile(path) }

// late reports whether a time stamp is from after the target began. One in the
// future is a wrong clock's.
func (s *scope) late(stamp int64) bool {
	return !s.since.IsZero() && stamp >= s.since.UnixNano() && stamp <= time.Now().Add(time.Second).UnixNano()
}

// wantsFile reports whether a change of path is a change of this target.
func (s *scope) wantsFile(path string) bool {
	if s.files[path] {
		return true
	}
	if !slices.ContainsFunc(s.watch, func(g *glob) bool {
		return g.match(path) && !g.ignores(path, false)
	}) {
		return false
	}
	return !s.refuses(path)
}

// wantsFolder reports whether a file of this target can be inside of dir.
func (s *scope) wantsFolder(dir string) bool {
	if !slices.ContainsFunc(s.watch, func(g *glob) bool {
		return g.leads(dir) || g.reaches(dir) && !g.ignores(dir, true)
	}) {
		return false
	}
	return !s.refuses(dir)
}

// refuses reports whether path is taken out by Ignore or Exclude.
func (s *scope) refuses(path string) bool {
	return slices.ContainsFunc(s.ignore, func(g *glob) bool { return g.match(path) }) ||
		slices.ContainsFunc(s.exclude, func(out string) bool {
			_, ok := below(out, path)
			return ok
		})
}

// ignores reports whether the default list or Git keeps this pattern away from
// a path below its base. What the base itself names is never ignored.
func (g *glob) ignores(path string, folder bool) bool {
	rel, _ := below(g.base, path)
	return rel != "" && (junk(rel) || g.git != nil && g.git.Ignored(path, folder))
}
