package routes

import (
	"slices"
	"strings"
)

// tree is what is known of paths, segment by segment, and who is the cheapest
// to send each subtree to: the routes are those of a longest-prefix table with
// the fewest entries, as for the networks of IP.
type tree struct {
	root   *node
	labels []string // who may get a subtree; the last is the default
}

// node is a segment below its parent's.
type node struct {
	segment  string // "*": all that name single things
	parent   *node
	children []*node // sorted by segment
	own      []*fact // whose path ends here
	below    []*fact // those, and of all children
	costs    []int   // by label: of sending the node there, and all below it to where it is cheapest
	cheapest int     // the least of costs
}

func newTree(facts []*fact, in Input, byDefault string) *tree {
	t := &tree{root: grow(nil, "", facts, 0)}
	for _, b := range in.Backends {
		t.labels = append(t.labels, b.Name)
	}
	t.labels = append(t.labels, Static)
	if i := slices.Index(t.labels, byDefault); i >= 0 {
		t.labels = slices.Delete(t.labels, i, i+1)
	}
	t.labels = append(t.labels, byDefault)
	t.weigh(t.root)
	return t
}

// grow makes the node of facts that agree in their first depth segments.
func grow(parent *node, segment string, facts []*fact, depth int) *node {
	n := &node{segment: segment, parent: parent, below: facts}
	groups := map[string][]*fact{}
	for _, f := range facts {
		if len(f.segments) == depth {
			n.own = append(n.own, f)
			continue
		}
		groups[f.segments[depth]] = append(groups[f.segments[depth]], f)
	}
	collapse(groups, depth)
	names := make([]string, 0, len(groups))
	for name := range groups {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		n.children = append(n.children, grow(n, name, groups[name], depth+1))
	}
	return n
}

// collapse makes one group, "*", of those that name single things, unless two of
// them are different backends' where the rest of the path is the same. What no
// path can name is always in it.
func collapse(groups map[string][]*fact, depth int) {
	var ids, odd []string
	for name := range groups {
		switch {
		case !plain(name):
			odd = append(odd, name)
		case isID(name):
			ids = append(ids, name)
		}
	}
	if !agree(groups, ids, depth) {
		ids = nil
	}
	var all []*fact
	for _, name := range slices.Concat(ids, odd) {
		all = append(all, groups[name]...)
		delete(groups, name)
	}
	if len(all) > 0 {
		slices.SortFunc(all, func(a, b *fact) int { return compareFacts(*a, *b) })
		groups["*"] = all
	}
}

// agree reports whether the named groups have one backend for each rest of a path.
func agree(groups map[string][]*fact, names []string, depth int) bool {
	rests := map[string]string{}
	for _, name := range names {
		for _, f := range groups[name] {
			rest := f.method + " " + strings.Join(f.segments[depth+1:], "/")
			if by, seen := rests[rest]; seen && by != f.backend {
				return false
			}
			rests[rest] = f.backend
		}
	}
	return true
}

// weigh counts, for each label, the routes that a subtree needs below it.
func (t *tree) weigh(n *node) {
	n.costs = make([]int, len(t.labels))
	for _, c := range n.children {
		t.weigh(c)
	}
	for i, label := range t.labels {
		n.costs[i] = n.strangers(label)
		for _, c := range n.children {
			n.costs[i] += min(c.costs[i], c.cheapest+1)
		}
	}
	n.cheapest = slices.Min(n.costs)
}

// strangers is how many exceptions there would be.
func (n *node) strangers(to string) (count int) {
	if by, one := soleBackend(n.own); one {
		return order(by != to)
	}
	for i, f := range n.own {
		if f.backend != to && !slices.ContainsFunc(n.own[:i], func(o *fact) bool { return o.method == f.method && o.backend != to }) {
			count++
		}
	}
	return count
}

// exceptions are the routes for the node's own path alone where its subtree is
// sent to a backend: one, or one for each method where these disagree.
func (n *node) exceptions(to string) (all []*Route) {
	p := Pattern{Segments: n.path()}
	if by, one := soleBackend(n.own); one {
		if by != to {
			all = append(all, newRoute(p, "", by))
		}
		return all
	}
	for _, f := range n.own {
		r := newRoute(p, f.method, f.backend)
		if f.backend != to && !slices.ContainsFunc(all, func(o *Route) bool { return o.Method == r.Method }) {
			all = append(all, r)
		}
	}
	return all
}

// soleBackend is the one that all facts are of; false where they differ, or there are
// none.
func soleBackend(facts []*fact) (name string, sole bool) {
	if len(facts) == 0 {
		return "", false
	}
	name = facts[0].backend
	return name, !slices.ContainsFunc(facts, func(f *fact) bool { return f.backend != name })
}

// path is the segments from the root on.
func (n *node) path() (segments []string) {
	for ; n.parent != nil; n = n.parent {
		segments = append(segments, n.segment)
	}
	slices.Reverse(segments)
	return segments
}

// routes are those of the cheapest table, sorted. All that no route is for goes
// to the default, so the root itself has none.
func (t *tree) routes() (all []*Route) {
	byDefault := len(t.labels) - 1
	for _, r := range t.root.exceptions(t.labels[byDefault]) {
		all = insert(all, r)
	}
	for _, c := range t.root.children {
		all = t.emit(all, c, byDefault)
	}
	return all
}

// emit adds the routes of a subtree that inherits a label.
func (t *tree) emit(all []*Route, n *node, inherited int) []*Route {
	label := t.choose(n, inherited)
	if label != inherited {
		all = insert(all, n.route(t.labels[label]))
	}
	for _, r := range n.exceptions(t.labels[label]) {
		all = insert(all, r)
	}
	for _, c := range n.children {
		all = t.emit(all, c, label)
	}
	return all
}

// route sends the node and all below it to a backend; where it is a file, that
// alone.
func (n *node) route(to string) *Route {
	p := Pattern{Segments: n.path(), Reach: Below}
	if len(n.children) == 0 && (isFile(n.segment) || n.segment == "") {
		p.Reach = Exact
	}
	return newRoute(p, "", to)
}

// choose is the label of a node: no route of its own if that costs no more, else
// the cheapest. Among those it is who answers the node's own path, then whose name
// it has, then who answers more paths below it, then who is asked first.
func (t *tree) choose(n *node, inherited int) int {
	if n.costs[inherited] <= n.cheapest+1 && !t.leads(n, inherited) {
		return inherited
	}
	best, score := inherited, -1
	for i, label := range t.labels {
		if n.costs[i] > n.cheapest {
			continue
		}
		if s := n.score(label); s > score {
			best, score = i, s
		}
	}
	return best
}

// leads reports whether all that is below a node is one backend's, and not as
// inherited: then the route stands at the first segment that tells so. "/api" and
// not "/api/v1", if that is all there is.
func (t *tree) leads(n *node, inherited int) bool {
	by, sole := soleBackend(n.below)
	return sole && by != t.labels[inherited] && len(n.children) > 0 && n.costs[inherited] == n.cheapest+1 && distinct(n.below) > 1
}

// score says how much speaks for a backend among equally cheap ones.
func (n *node) score(label string) (s int) {
	for _, f := range n.below {
		if f.backend == label {
			s++
		}
	}
	const named, own = 1 << 20, 1 << 21 // each outweighs what follows it
	if strings.EqualFold(n.segment, label) {
		s += named
	}
	if by, sole := soleBackend(n.own); sole && by == label {
		s += own
	}
	return s
}
