package routes

import (
	"cmp"
	"slices"
	"strings"
)

// Route sends paths to a backend.
type Route struct {
	Pattern Pattern
	Method  string // "": any; or Upgrade
	Backend string
	// Declared: it stands in the Devgatefile.
	Declared bool
	// Paths is on how many distinct paths a route rests that was learned.
	Paths int
	// Guess: so few that what else it covers may be another's.
	Guess bool

	rank string // of the pattern
}

func newRoute(p Pattern, method, backend string) *Route {
	return &Route{Pattern: p, Method: method, Backend: backend, rank: p.rank()}
}

// Match reports whether a request is one of the route's.
func (r *Route) Match(method, path string) bool { return r.match(method, split(path)) }

func (r *Route) match(method string, path []string) bool {
	return (r.Method == "" || r.Method == method) && r.Pattern.match(path)
}

// Table says who answers: the first route that matches, else the default.
type Table struct {
	Routes []Route
	// Default is the backend for all other paths, Static, or "": there is none, and
	// the answer is a 404.
	Default string
}

// For is the backend that a request goes to.
func (t *Table) For(method, path string) string {
	if r := t.route(method, split(path)); r != nil {
		return r.Backend
	}
	return t.Default
}

func (t *Table) route(method string, path []string) *Route {
	for i := range t.Routes {
		if t.Routes[i].match(method, path) {
			return &t.Routes[i]
		}
	}
	return nil
}

// byPrecedence sorts routes so that the first match is the most telling one.
func byPrecedence(a, b *Route) int {
	if c := cmp.Or(strings.Compare(a.rank, b.rank), compareMethod(a.Method, b.Method)); c != 0 {
		return c
	}
	return cmp.Or(slices.Compare(a.Pattern.Segments, b.Pattern.Segments), strings.Compare(a.Backend, b.Backend))
}

// compareMethod puts routes for one method before those for any.
func compareMethod(a, b string) int {
	if (a == "") != (b == "") {
		return cmp.Compare(order(a == ""), order(b == ""))
	}
	return strings.Compare(a, b)
}

// insert puts a route where it belongs among sorted ones.
func insert(routes []*Route, r *Route) []*Route {
	i, _ := slices.BinarySearchFunc(routes, r, byPrecedence)
	return slices.Insert(routes, i, r)
}
