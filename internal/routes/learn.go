package routes

import (
	"slices"
)

// Backend is one of the cascade.
type Backend struct {
	Name  string
	Paths []string // as declared; none: it is asked for every path
	Final bool     // its answer is the end
	// Fallback: it is declared to answer every path with a page. That it does so
	// unasked is seen in the log.
	Fallback bool
}

// declares reports whether the backend is asked for some paths only.
func (b *Backend) declares() bool { return len(b.Paths) > 0 }

// Input is all that learning depends on.
type Input struct {
	Backends []Backend // in the order of the cascade
	Static   bool      // there is a static folder behind them
	Log      []Observation
}

// Result is what a log shows. Everything in it is sorted.
type Result struct {
	Table       Table
	Differences []Difference
	Conflicts   []Conflict
	// Over says why there is no table: it would be too large to be true. Nil: there is
	// one.
	Over *Over

	// DefaultSeen: it is known who gets all other paths. Otherwise nobody was seen
	// to answer a path that he does not know, and the default of the table is a guess.
	DefaultSeen bool

	Requests int // distinct requests that the table was made of
	Paths    int // and how many paths they were for
	Dropped  int // observations that only development knows, or of an older Devgatefile

	facts []fact
	weak  []Observation
}

// Conflict is a request whose answers contradict each other or cannot be told from
// another's by any path. It is in no table.
type Conflict struct {
	Method   string   `json:"method"`
	Path     string   `json:"path"`
	Backends []string `json:"backends"`
}

// Difference is a request of the log that a table answers in another way than the
// cascade did.
type Difference struct {
	Method string `json:"method"`
	Path   string `json:"path"` // without what names single things
	Was    string `json:"was"`
	Now    string `json:"now"`
	// Refused: the backend is known to refuse it. Otherwise it was never asked.
	Refused bool `json:"refused"`
}

// fact is one method of one path, with the one backend that has answered it strongly.
type fact struct {
	method, path string
	segments     []string
	backend      string
	refused      []string // by whom it was passed on, every time
	route        *Route   // that it has now; nil: the default
}

// Learn makes a table of a log.
func Learn(in Input) *Result {
	l := &learner{in: in, out: &Result{}}
	l.out.Table.Default = l.catchAll()
	l.out.DefaultSeen = l.certain()
	l.sift()
	l.declared()
	free := l.undeclared()
	routes := newTree(free, l.in, l.out.Table.Default).routes()
	routes = l.repair(free, routes)
	routes = prune(free, routes, l.out.Table.Default)
	l.out.Over = judge(routes, free)
	l.finish(routes)
	return l.out
}

type learner struct {
	in  Input
	out *Result
}

// catchAll is who gets the paths that no route is for: a fallback, else the static
// folder, else the last backend that is asked for everything.
func (l *learner) catchAll() string {
	answersAll := func(b *Backend) bool {
		return b.Fallback || slices.ContainsFunc(l.in.Log, func(o Observation) bool { return o.Page && o.Backend == b.Name })
	}
	last := ""
	for i := range l.in.Backends {
		switch b := &l.in.Backends[i]; {
		case b.declares():
		case answersAll(b):
			return b.Name
		default:
			last = b.Name
		}
	}
	if l.in.Static {
		return Static
	}
	return last
}

// certain reports whether the Devgatefile alone says who gets all other paths.
func (l *learner) certain() bool {
	asked := 0
	for i := range l.in.Backends {
		b := &l.in.Backends[i]
		if b.Fallback && b.Name == l.out.Table.Default {
			return true
		}
		if !b.declares() {
			asked++
		}
	}
	return asked == 0 || asked == 1 && !l.in.Static
}

// vouches reports whether a weak observation shows who gets all other paths: a page
// of the default, or a path that everybody has refused.
func (l *learner) vouches(o *Observation) bool {
	if o.Page {
		return o.Backend == l.out.Table.Default
	}
	return !slices.ContainsFunc(l.in.Backends, func(b Backend) bool {
		return !b.declares() && b.Name != o.Backend && !slices.Contains(o.Refused, b.Name)
	})
}

// sift takes the log apart into facts, weak answers and what is not to be learned
// from.
func (l *learner) sift() {
	log := slices.Clone(l.in.Log)
	slices.SortFunc(log, compare)
	strong := map[[2]string][]Observation{} // by path and method
	methods := map[string]int{}             // of a path, with strong answers
	for _, o := range log {
		if l.isStale(&o) || IsDevOnly(o.Path) || isSource(o.Path) && l.isFallback(o.Backend) {
			l.out.Dropped++
			continue
		}
		if !o.Strong {
			l.out.DefaultSeen = l.out.DefaultSeen || l.vouches(&o)
			l.out.weak = append(l.out.weak, o)
			continue
		}
		at := [2]string{o.Path, o.Method}
		if strong[at] == nil {
			methods[o.Path]++
		}
		strong[at] = append(strong[at], o)
	}
	l.promote(strong, methods)
	l.gather(strong)
}

// promote takes a page of the catch-all for its own where the same path has strong
// answers for other methods only: the page of GET /cart beside POST /cart.
func (l *learner) promote(strong map[[2]string][]Observation, methods map[string]int) {
	l.out.weak = slices.DeleteFunc(l.out.weak, func(o Observation) bool {
		at := [2]string{o.Path, o.Method}
		if !o.Page || o.Backend != l.out.Table.Default || methods[o.Path] == 0 || strong[at] != nil && strong[at][0].Strong {
			return false
		}
		strong[at] = append(strong[at], o)
		return true
	})
}

// gather makes facts of strong observations that agree.
func (l *learner) gather(strong map[[2]string][]Observation) {
	paths := map[string]bool{}
	for at, list := range strong {
		names := map[string]bool{}
		refused := list[0].Refused
		for _, o := range list {
			names[o.Backend] = true
			refused = slices.DeleteFunc(slices.Clone(refused), func(name string) bool { return !slices.Contains(o.Refused, name) })
		}
		if len(names) > 1 {
			l.conflict(at[1], at[0], sortedKeys(names))
			continue
		}
		paths[at[0]] = true
		l.out.facts = append(l.out.facts, fact{method: at[1], path: at[0], segments: split(at[0]), backend: list[0].Backend, refused: refused})
	}
	slices.SortFunc(l.out.facts, compareFacts)
	l.out.Requests, l.out.Paths = len(l.out.facts), len(paths)
}

func compareFacts(a, b fact) int {
	if c := slices.Compare(a.segments, b.segments); c != 0 {
		return c
	}
	return compareStrings(a.path, b.path, a.method, b.method)
}

func (l *learner) conflict(method, path string, backends []string) {
	l.out.Conflicts = append(l.out.Conflicts, Conflict{method, path, backends})
}

// isStale reports whether the cascade, as it is now, cannot have given that answer.
func (l *learner) isStale(o *Observation) bool {
	if o.Backend == Static {
		return !l.in.Static || l.cutOff(len(l.in.Backends), split(o.Path))
	}
	i := slices.IndexFunc(l.in.Backends, func(b Backend) bool { return b.Name == o.Backend })
	if i < 0 {
		return true
	}
	segments := split(o.Path)
	b := &l.in.Backends[i]
	return b.declares() && !b.covers(segments) || l.cutOff(i, segments)
}

// cutOff reports whether a final backend before the nth has the path for itself.
func (l *learner) cutOff(n int, segments []string) bool {
	return slices.ContainsFunc(l.in.Backends[:n], func(b Backend) bool { return b.Final && (!b.declares() || b.covers(segments)) })
}

func (b *Backend) covers(segments []string) bool {
	return slices.ContainsFunc(b.Paths, func(p string) bool { return ParsePattern(p).match(segments) })
}

func (l *learner) isFallback(name string) bool { return name == l.out.Table.Default && name != Static }

// finish puts the table together, and says what it changes.
func (l *learner) finish(routes []*Route) {
	for _, r := range routes {
		l.out.Table.Routes = append(l.out.Table.Routes, *r)
	}
	for i := range l.out.facts {
		l.out.facts[i].route = nil // those were of learning
	}
	slices.SortFunc(l.out.Conflicts, func(a, b Conflict) int { return compareStrings(a.Path, b.Path, a.Method, b.Method) })
	l.out.Differences = differences(&l.out.Table, l.out.weak)
}
