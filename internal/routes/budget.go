package routes

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The budget of what is learned: more routes, or more single names of one backend
// side by side, are no rule but a list of what happened to be asked.
const (
	budget         = 24
	siblingsBudget = 8
)

// Over says why a table would be too large, and what to do.
type Over struct {
	Backend string // that has too many names; "" if there are too many routes altogether
	Parent  string // where they are
	Names   []string
	Routes  int
}

// String is what a person reads.
func (o *Over) String() string {
	if o.Backend == "" {
		return fmt.Sprintf("the traffic needs %d routes, and more than %d are a list and not a rule: declare `paths` of the backends", o.Routes, budget)
	}
	shown := o.Names[:min(3, len(o.Names))]
	return fmt.Sprintf("%s answers %d names below %s (%s, …): declare its `paths`, or make it the last of the cascade, which gets all that no route is for",
		o.Backend, len(o.Names), o.Parent, strings.Join(shown, ", "))
}

// judge holds learned routes against the budget; nil: they are within it. Files of
// the static folder cost nothing: whoever serves it looks for them.
func judge(routes []*Route, facts []*fact) *Over {
	counted := slices.DeleteFunc(slices.Clone(routes), func(r *Route) bool { return r.Backend == Static })
	if o := crowd(counted, facts); o != nil {
		return o
	}
	if len(counted) > budget || len(routes) >= routesMax {
		return &Over{Routes: len(routes)}
	}
	return nil
}

// crowd finds the backend with the most single names at one place, if they are too
// many.
func crowd(routes []*Route, facts []*fact) *Over {
	places := map[[2]string][]string{} // by parent and backend
	for _, r := range routes {
		s := r.Pattern.Segments
		if r.Pattern.Reach == Rest || r.Pattern.last() == "*" || hasBelow(r, facts) {
			continue
		}
		at := [2]string{"/" + strings.Join(s[:len(s)-1], "/"), r.Backend}
		if name := "/" + strings.Join(s, "/"); !slices.Contains(places[at], name) {
			places[at] = append(places[at], name)
		}
	}
	var worst *Over
	for _, at := range slices.SortedFunc(maps.Keys(places), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		names := places[at]
		if len(names) > siblingsBudget && (worst == nil || len(names) > len(worst.Names)) {
			slices.Sort(names)
			worst = &Over{Backend: at[1], Parent: at[0], Names: names, Routes: len(routes)}
		}
	}
	return worst
}

// hasBelow reports whether anything below the route's own path was seen.
func hasBelow(r *Route, facts []*fact) bool {
	return r.Pattern.Reach == Below && slices.ContainsFunc(facts, func(f *fact) bool {
		return f.route == r && len(f.segments) > len(r.Pattern.Segments)
	})
}
