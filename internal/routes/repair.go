package routes

import (
	"slices"
)

// routesMax ends learning: what needs more routes is refused anyway.
const routesMax = 256

// repair routes each fact right that is not: "*" and names beside it are not what
// a tree of prefixes knows. It adds the shortest prefix that breaks none, else the
// path alone, else the path for that method. What no route can set apart is a conflict.
func (l *learner) repair(facts []*fact, routes []*Route) []*Route {
	for _, f := range facts {
		f.route = first(routes, f)
	}
	for i, f := range facts {
		if l.backendOf(f) == f.backend {
			continue
		}
		if len(routes) >= routesMax {
			break
		}
		r := l.remedy(facts, i)
		if r == nil {
			l.conflict(f.method, f.path, sortedNames(l.backendOf(f), f.backend))
			continue
		}
		routes = insert(routes, r)
		for _, o := range facts {
			if r.takes(o) {
				o.route = r
			}
		}
	}
	return routes
}

// backendOf is who a fact is sent to now.
func (l *learner) backendOf(f *fact) string {
	if f.route == nil {
		return l.out.Table.Default
	}
	return f.route.Backend
}

// remedy is a route that sends the ith fact to its backend and no other fact to a
// wrong one.
func (l *learner) remedy(facts []*fact, i int) *Route {
	f := facts[i]
	for depth := 1; depth < len(f.segments); depth++ {
		if general(f.segments[depth-1]) || f.segments[depth-1] == "" {
			break
		}
		r := newRoute(Pattern{Segments: f.segments[:depth], Reach: Below}, "", f.backend)
		if l.fits(r, f, sharing(facts, i, depth)) {
			return r
		}
	}
	exact := newRoute(Pattern{Segments: opaque(f.segments)}, "", f.backend)
	if l.fits(exact, f, facts) {
		return exact
	}
	exact.Method = f.method
	if l.fits(exact, f, facts) {
		return exact
	}
	return nil
}

// sharing are the facts, sorted as they are, whose first segments are those of the
// ith.
func sharing(facts []*fact, i, depth int) []*fact {
	prefix := facts[i].segments[:depth]
	cut := func(f *fact) []string { return f.segments[:min(depth, len(f.segments))] }
	from, _ := slices.BinarySearchFunc(facts[:i], prefix, func(f *fact, p []string) int { return slices.Compare(cut(f), p) })
	to := i
	for to < len(facts) && slices.Equal(cut(facts[to]), prefix) {
		to++
	}
	return facts[from:to]
}

// fits reports whether a route would get f, and takes none of these facts from the
// backend that is right.
func (l *learner) fits(r *Route, f *fact, facts []*fact) bool {
	return r.takes(f) && !slices.ContainsFunc(facts, func(o *fact) bool {
		return o.backend != r.Backend && l.backendOf(o) == o.backend && r.takes(o)
	})
}

// takes reports whether a fact would be sent by the route if it were added.
func (r *Route) takes(f *fact) bool {
	return (f.route == nil || byPrecedence(r, f.route) < 0) && r.match(f.method, f.segments)
}
