package routes

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// asker makes a log of a project whose backends know some paths.
type asker struct {
	in    Input
	knows map[string]func(method, path string) bool // by backend; a fallback answers GET with its page
}

// ask is what a cascade observes of one request.
func (a *asker) ask(method, path string) Observation {
	o := Observation{Method: method, Path: path, Status: 404}
	page := ""
	for _, b := range a.in.Backends {
		if a.knows[b.Name](method, path) {
			o.Backend, o.Strong, o.Status = b.Name, true, 200
			break
		}
		if b.Fallback && method == "GET" && page == "" {
			page = b.Name
		}
		o.Refused = append(o.Refused, b.Name)
	}
	switch {
	case o.Strong:
	case page != "":
		o.Backend, o.Page, o.Status = page, true, 200
	default:
		o.Backend = a.in.Backends[len(a.in.Backends)-1].Name
	}
	o.Refused = slices.DeleteFunc(o.Refused, func(s string) bool { return s == o.Backend })
	return o
}

func (a *asker) log(n int, seed uint64, path func(*rand.Rand) (method, path string)) []Observation {
	random := rand.New(rand.NewPCG(seed, seed))
	var all []Observation
	for range n {
		all = append(all, a.ask(path(random)))
	}
	return all
}

func under(prefixes ...string) func(string, string) bool {
	return func(_, path string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool {
			return path == p || strings.HasPrefix(path, strings.TrimSuffix(p, "/")+"/") && !strings.Contains(path, "gone")
		})
	}
}

func pick(r *rand.Rand, list ...string) string { return list[r.IntN(len(list))] }

// A front end, an API and an admin with prefixes of their own.
func prefixed() (*asker, func(*rand.Rand) (string, string)) {
	a := &asker{in: Input{Backends: []Backend{{Name: "api"}, {Name: "admin"}, {Name: "web", Fallback: true}}}}
	a.knows = map[string]func(string, string) bool{
		"api": under("/api/v1", "/healthz"), "admin": under("/admin"), "web": func(_, p string) bool { return p == "/" || strings.HasPrefix(p, "/assets/") },
	}
	return a, func(r *rand.Rand) (string, string) {
		switch r.IntN(7) {
		case 0:
			return "GET", fmt.Sprintf("/api/v1/users/%d", r.IntN(5000))
		case 1:
			return pick(r, "GET", "POST"), fmt.Sprintf("/api/v1/orders/%08x-0000-4000-8000-%012x/items", r.Uint32(), r.Uint32())
		case 2:
			return "GET", "/admin/" + pick(r, "users", "flags", "jobs/7")
		case 3:
			return "GET", pick(r, "/healthz", "/")
		case 4:
			return "GET", pick(r, "/src/App.tsx", "/@vite/client", "/node_modules/.vite/deps/react.js")
		case 5:
			return "GET", fmt.Sprintf("/assets/index-%06x.js", r.IntN(1<<24))
		}
		return "GET", fmt.Sprintf("/api/v1/gone/%d", r.IntN(50))
	}
}

func TestPrefixesAreLearned(t *testing.T) {
	a, path := prefixed()
	a.in.Log = a.log(500, 1, path)
	r := Learn(a.in)
	want := "/healthz → api\n/admin /admin/* → admin\n/api /api/* → api\n"
	if got := routesOf(r); got != want {
		t.Errorf("learned\n%s, want\n%s", got, want)
	}
	if len(r.Differences) != 1 || r.Differences[0].Path != "/api/v1/gone/*" || !r.Differences[0].Refused {
		t.Errorf("differences %v", r.Differences)
	}
	holdOut(t, a, r, path)
}

// holdOut asks for what was not in the log.
func holdOut(t *testing.T, a *asker, r *Result, path func(*rand.Rand) (string, string)) {
	t.Helper()
	for _, o := range a.log(4000, 2, path) {
		if to := r.Table.For(o.Method, o.Path); o.Strong && to != o.Backend && !IsDevOnly(o.Path) {
			t.Fatalf("%s %s is %s's and goes to %s", o.Method, o.Path, o.Backend, to)
		}
	}
}

func routesOf(r *Result) string {
	var b strings.Builder
	for _, route := range r.Table.Routes {
		method := ""
		if route.Method != "" {
			method = route.Method + " "
		}
		fmt.Fprintf(&b, "%s%s → %s\n", method, route.Pattern, route.Backend)
	}
	return b.String()
}

// No prefix tells the backends apart: one has names inside another's, and methods
// of paths whose pages are a third's.
func TestPathsWithinPathsAreLearned(t *testing.T) {
	a := &asker{in: Input{Backends: []Backend{{Name: "web", Fallback: true}, {Name: "api"}, {Name: "admin"}}}}
	a.knows = map[string]func(string, string) bool{
		"web": func(m, p string) bool { return m == "GET" && p == "/" },
		"api": func(m, p string) bool {
			return strings.HasPrefix(p, "/users/") || m == "POST" && (p == "/login" || p == "/cart") || strings.HasSuffix(p, "/members")
		},
		"admin": func(_, p string) bool { return strings.HasSuffix(p, "/billing") },
	}
	path := func(r *rand.Rand) (string, string) {
		switch r.IntN(5) {
		case 0:
			return "GET", fmt.Sprintf("/users/%d", r.IntN(3000))
		case 1:
			return pick(r, "GET", "POST"), pick(r, "/cart", "/login")
		case 2:
			return "GET", fmt.Sprintf("/teams/%d/billing", r.IntN(300))
		case 3:
			return "GET", fmt.Sprintf("/teams/%d/members", r.IntN(300))
		}
		return "GET", pick(r, "/", "/about")
	}
	a.in.Log = a.log(500, 1, path)
	r := Learn(a.in)
	want := "/teams/*/billing → admin\n/teams/*/members → api\nPOST /cart → api\nPOST /login → api\n/users /users/* → api\n"
	if got := routesOf(r); got != want {
		t.Errorf("learned\n%s, want\n%s", got, want)
	}
	holdOut(t, a, r, path)
}

// Names that follow no rule make no table, but advice.
func TestNamesWithoutARuleAreRefused(t *testing.T) {
	a := &asker{in: Input{Backends: []Backend{{Name: "api"}, {Name: "web", Fallback: true}}}}
	a.knows = map[string]func(string, string) bool{
		"api": func(_, p string) bool { return strings.HasPrefix(p, "/lamp") },
		"web": func(_, p string) bool { return p == "/" },
	}
	path := func(r *rand.Rand) (string, string) { return "GET", fmt.Sprintf("/lamp%dx", r.IntN(30)) }
	a.in.Log = a.log(500, 1, path)
	r := Learn(a.in)
	if r.Over == nil || r.Over.Backend != "api" || r.Over.Parent != "/" || len(r.Over.Names) != 30 {
		t.Fatalf("judged %+v", r.Over)
	}
	want := "api answers 30 names below / (/lamp0x, /lamp10x, /lamp11x, …): declare its `paths`, or make it the last of the cascade, which gets all that no route is for"
	if got := r.Over.String(); got != want {
		t.Errorf("advice %q", got)
	}
}

// The most that a journal keeps is learned from at once.
func BenchmarkLearn(b *testing.B) {
	in := Input{Backends: []Backend{{Name: "api"}, {Name: "admin"}, {Name: "web", Fallback: true}}, Log: prefixedLog(journalMax)}
	for b.Loop() {
		Learn(in)
	}
}

// The same where nothing follows a rule.
func BenchmarkLearnRandom(b *testing.B) {
	in := Input{Backends: []Backend{{Name: "api"}, {Name: "admin"}, {Name: "docs"}, {Name: "web", Fallback: true}}, Log: randomLogOf(journalMax)}
	for b.Loop() {
		Learn(in)
	}
}
