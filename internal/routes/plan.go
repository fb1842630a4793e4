package routes

import "slices"

// Plan is what a Devgatefile has to say for its cascade to be the table.
type Plan struct {
	// Order is that of the backends where the one for all other paths has to be the
	// last; nil: it is as it stands.
	Order []string
	Lines []Line // of the backends that have something to say, in that order
}

// Line is one backend's `paths`, and whether its answer is the end.
type Line struct {
	Backend string
	Routes  []Route
	Paths   []string
	Final   bool
	// Open says why its answer cannot be the end; "" where it can.
	Open string
}

// planner tries what a plan would do to the log.
type planner struct {
	in       Input
	result   *Result
	byName   map[string]*Backend
	patterns map[string][]Pattern // of the backends, with those of the plan
	final    map[string]bool
}

// PlanFor says how to write a result down in the Devgatefile. With it, the cascade
// gives every fact of the log the answer that it got.
func PlanFor(in Input, r *Result) *Plan {
	p := &planner{in: in, result: r, byName: map[string]*Backend{}, patterns: map[string][]Pattern{}, final: map[string]bool{}}
	for i := range in.Backends {
		b := &in.Backends[i]
		p.byName[b.Name] = b
		for _, text := range b.Paths {
			p.patterns[b.Name] = append(p.patterns[b.Name], ParsePattern(text))
		}
		p.final[b.Name] = b.Final
	}
	lines := p.lines()
	plan := &Plan{}
	order := p.names()
	if last := p.catchAllLast(order); !slices.Equal(last, order) && p.offence(last, "") == nil {
		plan.Order, order = last, last
	}
	for _, name := range order {
		if line := lines[name]; line != nil {
			line.Open = p.whyOpen(order, name)
			line.Final = line.Open == ""
			plan.Lines = append(plan.Lines, *line)
		}
	}
	return plan
}

// lines are the paths of those who declare none and have routes.
func (p *planner) lines() map[string]*Line {
	lines := map[string]*Line{}
	for _, r := range p.result.Table.Routes {
		b := p.byName[r.Backend]
		if r.Declared || b == nil || b.declares() || b.Name == p.result.Table.Default {
			continue
		}
		line := lines[b.Name]
		if line == nil {
			line = &Line{Backend: b.Name}
			lines[b.Name] = line
		}
		line.Routes = append(line.Routes, r)
		for _, text := range r.Pattern.Texts() {
			if !slices.Contains(line.Paths, text) {
				line.Paths = append(line.Paths, text)
				p.patterns[b.Name] = append(p.patterns[b.Name], ParsePattern(text))
			}
		}
	}
	return lines
}

func (p *planner) names() (all []string) {
	for _, b := range p.in.Backends {
		all = append(all, b.Name)
	}
	return all
}

// catchAllLast is an order with the backend for all other paths at its end.
func (p *planner) catchAllLast(order []string) []string {
	i := slices.Index(order, p.result.Table.Default)
	if i < 0 {
		return order
	}
	return append(slices.Delete(slices.Clone(order), i, i+1), order[i])
}

// whyOpen says which answer of the log the backend would cut off if its own was the
// end. `paths` that end in "*" hold more than the route that they are for, so that is a
// page of the default, too, which the table leaves where it was.
func (p *planner) whyOpen(order []string, name string) string {
	f := p.offence(order, name)
	for i := range p.result.weak {
		o := &p.result.weak[i]
		if f != nil || !o.Page || p.result.Table.For(o.Method, o.Path) != o.Backend {
			continue
		}
		if page := (&fact{method: o.Method, path: o.Path, segments: split(o.Path), backend: o.Backend}); p.offends(order, name, page) {
			f = page
		}
	}
	if f == nil {
		return ""
	}
	return f.method + " " + f.path + " is " + f.backend + "'s"
}

// offence is a fact that might get another answer in this order, with the answer of
// the named backend as the end; nil: there is none.
func (p *planner) offence(order []string, final string) *fact {
	for i := range p.result.facts {
		if f := &p.result.facts[i]; p.offends(order, final, f) {
			return f
		}
	}
	return nil
}

// offends reports whether one might. Who is asked before the one that has answered
// has to be known to refuse it.
func (p *planner) offends(order []string, final string, f *fact) bool {
	for _, name := range order {
		if name == f.backend {
			return false
		}
		if p.asks(name, f.segments) && (name == final || p.final[name] || final == "" && !slices.Contains(f.refused, name)) {
			return true
		}
	}
	return false
}

// asks reports whether a backend is asked for a path.
func (p *planner) asks(name string, segments []string) bool {
	patterns := p.patterns[name]
	return len(patterns) == 0 || slices.ContainsFunc(patterns, func(q Pattern) bool { return q.match(segments) })
}
