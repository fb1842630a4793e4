package routes

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// world is a project whose backends know some paths, and what a gateway decides there.
type world struct {
	Input
	salt uint64
}

// knows says which requests a backend has an answer of its own to: the same each time.
func (w *world) knows(backend, method, path string) bool {
	if backend == Static {
		return method == "GET" && hash(path)%5 == 0
	}
	return (hash(backend+" "+method+" "+path)+w.salt)%3 == 0
}

// ask is what the cascade decides; false where nobody is asked.
func (w *world) ask(method, path string) (o Observation, asked bool) {
	o = Observation{Method: method, Path: path, Status: 404}
	page, ended := "", false
	for i := range w.Backends {
		b := &w.Backends[i]
		if b.declares() && !b.covers(split(path)) {
			continue
		}
		o.Backend = b.Name
		if ended = b.Final; w.knows(b.Name, method, path) {
			o.Strong, o.Status = true, 200
			return o, true
		}
		if b.Fallback && method == "GET" {
			page, o.Page = b.Name, true
			break // whoever answers everything with a page is asked last, see worlds
		}
		o.Refused = append(o.Refused, b.Name)
		if ended {
			break
		}
	}
	if !ended && w.Static && w.knows(Static, method, path) {
		o.Backend, o.Strong, o.Page, o.Status = Static, true, false, 200
		if page != "" {
			o.Refused = append(o.Refused, page)
		}
		return o, true
	}
	o.Refused = slices.DeleteFunc(o.Refused, func(name string) bool { return name == o.Backend })
	return o, o.Backend != ""
}

// planned is the world with what a plan says in its Devgatefile.
func (w *world) planned(p *Plan) *world {
	in := Input{Static: w.Static}
	order := p.Order
	if order == nil {
		for _, b := range w.Backends {
			order = append(order, b.Name)
		}
	}
	for _, name := range order {
		b := w.Backends[slices.IndexFunc(w.Backends, func(b Backend) bool { return b.Name == name })]
		if i := slices.IndexFunc(p.Lines, func(l Line) bool { return l.Backend == name }); i >= 0 {
			b.Paths, b.Final = p.Lines[i].Paths, p.Lines[i].Final
		}
		in.Backends = append(in.Backends, b)
	}
	return &world{in, w.salt}
}

// With the learned paths in its Devgatefile the cascade answers each request of the log
// as before, but for what is listed as in conflict or different.
func TestACascadeWithTheLearnedPathsAnswersTheLogTheSame(t *testing.T) {
	plans := 0
	rapid.Check(t, func(t *rapid.T) {
		w := &world{randomInput(t), rapid.Uint64().Draw(t, "salt")}
		for i := range w.Backends { // one fallback, at the end, where devgate asks it
			w.Backends[i].Fallback = w.Backends[i].Fallback && i == len(w.Backends)-1 && !w.Backends[i].declares()
		}
		for range rapid.IntRange(1, 60).Draw(t, "requests") {
			if o, asked := w.ask(rapid.SampledFrom([]string{"GET", "GET", "POST", Upgrade}).Draw(t, "method"), path(t)); asked {
				w.Log = append(w.Log, o)
			}
		}
		r := Learn(w.Input)
		if r.Over != nil {
			return
		}
		plan := PlanFor(w.Input, r)
		plans += len(plan.Lines)
		after := w.planned(plan)
		for _, o := range w.Log {
			now, _ := after.ask(o.Method, o.Path)
			excused := IsDevOnly(o.Path) ||
				slices.ContainsFunc(r.Conflicts, func(c Conflict) bool { return c.Method == o.Method && c.Path == o.Path }) ||
				!o.Strong && slices.ContainsFunc(r.Differences, func(d Difference) bool { return d.Method == o.Method && d.Path == Shape(o.Path) && d.Was == o.Backend })
			if !excused && o.Strong && (now.Backend != o.Backend || !now.Strong) {
				t.Fatalf("%s %s was answered by %s and is by %q (strong %t)\n%s%+v", o.Method, o.Path, o.Backend, now.Backend, now.Strong, show(r), plan)
			}
			if !excused && o.Page && now.Backend != o.Backend {
				t.Fatalf("%s %s had the page of %s and has an answer of %q\n%s%+v", o.Method, o.Path, o.Backend, now.Backend, show(r), plan)
			}
		}
	})
	if plans == 0 {
		t.Error("nothing was planned")
	}
}

// `paths` that end in "*" hold more than the route that they are for: a page below is
// not cut off.
func TestPathsThatHoldMoreThanTheirRouteAreNotTheEnd(t *testing.T) {
	in := Input{Backends: []Backend{{Name: "api"}, {Name: "web", Fallback: true}}, Log: []Observation{
		{Method: "GET", Path: "/v1/7", Backend: "api", Strong: true, Status: 200},
		{Method: "GET", Path: "/v1/all/x", Backend: "web", Page: true, Refused: []string{"api"}, Status: 200},
	}}
	plan := PlanFor(in, Learn(in))
	if len(plan.Lines) != 1 || !slices.Equal(plan.Lines[0].Paths, []string{"/v1/*"}) || plan.Lines[0].Final || plan.Lines[0].Open != "GET /v1/all/x is web's" {
		t.Errorf("planned %+v", plan)
	}
}

// A path that no `paths` can name is no reason to take those beside it from who is
// declared for them.
func TestADeclaredPathIsNotTakenByOneThatCannotBeNamed(t *testing.T) {
	in := Input{Backends: []Backend{{Name: "admin", Paths: []string{"/admin/*"}}, {Name: "api"}}, Log: []Observation{
		{Method: "GET", Path: "/admin/my%20docs", Backend: "api", Strong: true, Refused: []string{"admin"}, Status: 200},
		{Method: "GET", Path: "/admin/help", Backend: "api", Strong: true, Refused: []string{"admin"}, Status: 200},
	}}
	r := Learn(in)
	if to := r.Table.For("GET", "/admin/x"); to != "admin" {
		t.Errorf("/admin/x goes to %s\n%s", to, show(r))
	}
	if to := r.Table.For("GET", "/admin/help"); to != "api" {
		t.Errorf("/admin/help goes to %s\n%s", to, show(r))
	}
	if len(r.Conflicts) != 1 || r.Conflicts[0].Path != "/admin/my%20docs" {
		t.Errorf("conflicts %v", r.Conflicts)
	}
}
