package routes

import (
	"maps"
	"slices"
	"strings"
)

// declared puts what the Devgatefile says at the head of the table: first paths
// that were seen to be answered by another than the one who is declared for them
// (it had refused), then who ends the cascade, in its order, then all others, the
// most telling first. What is learned follows, so it overrules none of them.
func (l *learner) declared() {
	var final, open []*Route
	for i := range l.in.Backends {
		b := &l.in.Backends[i]
		for _, text := range b.Paths {
			r := newRoute(ParsePattern(text), "", b.Name)
			r.Declared = true
			if b.Final {
				final = append(final, r)
			} else {
				open = append(open, r)
			}
		}
	}
	slices.SortStableFunc(open, func(a, b *Route) int { return strings.Compare(a.rank, b.rank) })
	base := slices.Concat(final, open)
	for _, r := range slices.Concat(l.exceptions(base), base) {
		l.out.Table.Routes = append(l.out.Table.Routes, *r)
	}
}

// exceptions are routes for the very paths that those declared for them passed on.
func (l *learner) exceptions(base []*Route) (all []*Route) {
	for i := range l.out.facts {
		f := &l.out.facts[i]
		if by := first(base, f); by == nil || by.Backend == f.backend {
			continue
		}
		r := newRoute(Pattern{Segments: opaque(f.segments)}, f.method, f.backend)
		if r.Pattern.covers() {
			continue // it would take paths beside it, too: the declared one stays, and this is a conflict
		}
		if l.alone(f) {
			r.Method = ""
		}
		r.Paths = 1
		if !slices.ContainsFunc(all, func(o *Route) bool { return byPrecedence(o, r) == 0 }) {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, byPrecedence)
	return all
}

// alone reports whether all that is known of the fact's path is the same backend's.
func (l *learner) alone(f *fact) bool {
	return !slices.ContainsFunc(l.out.facts, func(o fact) bool { return o.path == f.path && o.backend != f.backend })
}

// undeclared are the facts that the Devgatefile says nothing about.
func (l *learner) undeclared() (free []*fact) {
	for i := range l.out.facts {
		f := &l.out.facts[i]
		r := l.out.Table.route(f.method, f.segments)
		switch {
		case r == nil:
			free = append(free, f)
		case r.Backend != f.backend: // no path tells it from another's
			l.conflict(f.method, f.path, sortedNames(r.Backend, f.backend))
		}
	}
	return free
}

// first is the route of a fact among sorted ones; nil: none.
func first(routes []*Route, f *fact) *Route {
	for _, r := range routes {
		if r.match(f.method, f.segments) {
			return r
		}
	}
	return nil
}

// opaque is the path with "*" for what `paths` cannot name.
func opaque(segments []string) []string {
	all := slices.Clone(segments)
	for i, s := range all {
		if !plain(s) {
			all[i] = "*"
		}
	}
	return all
}

func sortedKeys(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }

func sortedNames(names ...string) []string {
	slices.Sort(names)
	return names
}

// compareStrings compares pairs of texts, the first that differ deciding.
func compareStrings(pairs ...string) int {
	for i := 0; i+1 < len(pairs); i += 2 {
		if c := strings.Compare(pairs[i], pairs[i+1]); c != 0 {
			return c
		}
	}
	return 0
}
