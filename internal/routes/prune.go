package routes

import (
	"cmp"
	"slices"
)

// prune drops routes whose absence changes no fact, and counts the evidence of what
// stays.
func prune(facts []*fact, routes []*Route, byDefault string) []*Route {
	using := map[*Route][]*fact{}
	for _, f := range facts {
		f.route = first(routes, f)
		if f.route != nil && f.route.Backend == f.backend { // others are conflicts, and speak for nothing
			using[f.route] = append(using[f.route], f)
		}
	}
	for before := len(routes) + 1; len(routes) < before; { // one that is gone may make another superfluous
		before = len(routes)
		routes = dropSpare(using, routes, byDefault)
	}
	for _, r := range routes {
		r.Paths = distinct(using[r])
		r.Guess = r.Paths < guessBelow && r.Pattern.covers()
	}
	return routes
}

// dropSpare drops them one by one, those with the least evidence first.
func dropSpare(using map[*Route][]*fact, routes []*Route, byDefault string) []*Route {
	weakest := slices.Clone(routes)
	slices.SortStableFunc(weakest, func(a, b *Route) int {
		return cmp.Or(cmp.Compare(distinct(using[a]), distinct(using[b])), -byPrecedence(a, b))
	})
	for _, r := range weakest {
		i := slices.Index(routes, r)
		without := slices.Delete(slices.Clone(routes), i, i+1)
		if !spare(using[r], without[i:], byDefault) {
			continue
		}
		for _, f := range using[r] {
			f.route = first(without[i:], f)
			using[f.route] = append(using[f.route], f)
		}
		delete(using, r)
		routes = without
	}
	return routes
}

// guessBelow is on how many paths a route has to rest that speaks for others too.
const guessBelow = 3

// covers reports whether a pattern is for more than one path.
func (p Pattern) covers() bool { return p.Reach != Exact || slices.Contains(p.Segments, "*") }

// spare reports whether all these facts go to the right backend by the routes
// that are left: those before the one that is dropped do not match them.
func spare(facts []*fact, left []*Route, byDefault string) bool {
	return !slices.ContainsFunc(facts, func(f *fact) bool {
		if r := first(left, f); r != nil {
			return r.Backend != f.backend
		}
		return byDefault != f.backend
	})
}

// distinct is how many paths facts are about; they are sorted.
func distinct(facts []*fact) (n int) {
	seen := map[string]bool{}
	for _, f := range facts {
		seen[f.path] = true
	}
	return len(seen)
}
