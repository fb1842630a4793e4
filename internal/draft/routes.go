package draft

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/found"
	"devgate/internal/detect/pattern"
)

// join finds out to whom the rows of the project's proxies lead, and makes paths of
// them.
func (p *planner) join() {
	rows := p.rows()
	p.guessPort(rows)
	for i, r := range rows {
		p.joinRow(i, r)
	}
	for _, s := range p.services {
		s.Paths = uncovered(s.Paths)
	}
}

// rows are the rows that count: those of front ends, or else those of the one
// reverse proxy of the project whose rows lead furthest.
func (p *planner) rows() []found.Route {
	var own []found.Route
	files := map[string][]found.Route{}
	var order []string
	for _, r := range p.found.Routes {
		if r.By != nil {
			own = append(own, r)
			continue
		}
		if files[r.File] == nil {
			order = append(order, r.File)
		}
		files[r.File] = append(files[r.File], r)
	}
	if len(own) > 0 || len(order) == 0 {
		return own
	}
	return files[slices.MaxFunc(order, func(a, b string) int {
		return cmp.Compare(p.resolved(files[a]), p.resolved(files[b]))
	})]
}

// resolved counts the services that rows lead to.
func (p *planner) resolved(rows []found.Route) int {
	seen := map[*Service]bool{}
	for _, r := range rows {
		if s := p.target(r); s != nil {
			seen[s] = true
		}
	}
	return len(seen)
}

// target is the service that a row leads to, or nil.
func (p *planner) target(r found.Route) *Service {
	t := r.Target
	if t.Remote != "" {
		return nil
	}
	if s := p.of[t.To]; s != nil {
		return s
	}
	for _, s := range p.services {
		if t.Port != 0 && s.Service.Port.Number == t.Port && s.Service != r.By && s.Kind.Answers() {
			return s
		}
	}
	if t.Port == 0 && t.Host == "" || t.Port != 0 && t.Default {
		return p.onlyBackend()
	}
	return nil
}

// onlyBackend is the one server that is no front end, or nil.
func (p *planner) onlyBackend() *Service {
	var only *Service
	for _, s := range p.services {
		if s.Kind == found.API || s.Kind == found.App {
			if only != nil {
				return nil
			}
			only = s
		}
	}
	return only
}

// guessPort believes a proxy, or else what browsers are told, about the port of the
// only server that can be meant: what its program would take by itself is weaker.
func (p *planner) guessPort(rows []found.Route) {
	s := p.onlyBackend()
	if s == nil || !s.Movable() && s.Service.Port.From != "" {
		return
	}
	var said []found.Port
	for _, r := range rows {
		if r.Target.Host == "" {
			said = append(said, found.Port{Number: r.Target.Port, From: r.File})
		}
	}
	if s.Service.Port.From == "" {
		for _, a := range p.found.Addresses {
			if !a.Public {
				continue
			}
			said = append(said, found.Port{Number: a.Port, From: a.File})
		}
	}
	said = slices.DeleteFunc(said, func(port found.Port) bool {
		return port.Number == 0 || port.Number != s.Service.Port.Number && p.onPort(port.Number) != nil
	})
	if len(said) == 0 || slices.ContainsFunc(said, func(port found.Port) bool { return port.Number == s.Service.Port.Number }) {
		return
	}
	with := *s.Service
	with.Port = said[0]
	p.replace(s, &with)
}

// replace puts a corrected finding in another's place.
func (p *planner) replace(s *Service, with *found.Service) {
	p.of[with] = s
	s.Service = with
}

// joinRow gives one row's path to the service that it leads to.
func (p *planner) joinRow(i int, r found.Route) {
	s := p.target(r)
	where := fmt.Sprintf("%s sends %s to ", r.File, cmp.Or(r.Path, "some paths"))
	switch {
	case r.Target.Remote != "":
		p.say(where + r.Target.Remote + ": nothing is started for it")
		return
	case s == nil:
		if r.Target.Port != 0 && r.By != nil && r.Target.Port != r.By.Port.Number {
			p.say(fmt.Sprintf("%sport %d: no server for it was found here", where, r.Target.Port))
		}
		return
	case s.Service == r.By:
		return
	}
	if s.firstRow < 0 {
		s.firstRow = i
	}
	if r.By != nil {
		p.tellAddress(r, s)
	}
	paths, known := patterns(r.Form, r.Path)
	switch {
	case r.Rewrite:
		s.pinned = true // the front end's own proxy goes on to ask this port
		p.say(fmt.Sprintf("%s changes the paths below %s on the way to %s: its proxy stays in between", r.File, r.Path, s.Name))
	case !known:
		s.pinned = true
		if r.Path != "" || r.Form != found.Unknown {
			p.say(fmt.Sprintf("%s: the path %s cannot be written as a pattern; its proxy stays in between", r.File, r.Path))
		}
	case r.By != nil && p.of[r.By] != nil && r.By.Own && slices.Contains(paths, "/api*") && len(paths) == 1 && s.Kind.IsFrontEnd():
	default:
		s.Paths = append(s.Paths, paths...)
		s.PathsFrom = cmp.Or(s.PathsFrom, r.File)
		s.Final = s.Final || len(paths) > 0 && !s.Kind.IsFrontEnd()
	}
}

// variable is a name that a variable may have.
var variable = pattern.New(`^[A-Za-z_][A-Za-z0-9_]*$`)

// tellAddress gives a front end the variable by which its proxy finds a server,
// where it has no other way to know.
func (p *planner) tellAddress(r found.Route, s *Service) {
	names := slices.DeleteFunc(slices.Clone(r.Target.Env), func(name string) bool {
		return name == "PORT" || name == "NODE_ENV" || !variable.MatchString(name)
	})
	by := p.of[r.By]
	if len(names) == 0 || by == nil || r.Target.Default {
		return
	}
	name := names[len(names)-1]
	for _, n := range names { // of two the one for http
		if strings.Contains(n, "http") && !strings.Contains(n, "https") {
			name = n
		}
	}
	if slices.ContainsFunc(by.Env, func(v Var) bool { return v.Name == name }) {
		return
	}
	file := r.File
	if rest, ok := strings.CutPrefix(file, path.Clean(by.Dir)+"/"); ok {
		file = rest
	}
	by.Env = append(by.Env, Var{name, addressOf(s), file})
}

// say tells a person something, once.
func (p *planner) say(text string) {
	if !slices.Contains(p.Said, text) {
		p.Said = append(p.Said, text)
	}
}

// uncovered drops the patterns that others cover, and those that are there twice.
func uncovered(paths []string) []string {
	var kept []string
	for i, one := range paths {
		covered := slices.ContainsFunc(paths, func(other string) bool {
			prefix, open := strings.CutSuffix(other, "*")
			return open && other != one && !strings.Contains(prefix, "*") && strings.HasPrefix(one, prefix)
		})
		if !covered && !slices.Contains(paths[:i], one) {
			kept = append(kept, one)
		}
	}
	return kept
}
