package routes

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var names = []string{"api", "admin", "docs", "web"}

var words = []string{"api", "v1", "users", "admin", "docs", "cart", "7", "42", "a1b2c3d4e5f60718", "x.css", "logo.png", "", "my docs", "a%2Fb", "apix", "billing"}

func path(t *rapid.T) string {
	n := rapid.IntRange(1, 4).Draw(t, "segments")
	parts := make([]string, n)
	for i := range parts {
		parts[i] = strings.ReplaceAll(rapid.SampledFrom(words).Draw(t, "word"), " ", "%20")
	}
	return "/" + strings.Join(parts, "/")
}

func randomInput(t *rapid.T) Input {
	in := Input{Static: rapid.Bool().Draw(t, "static")}
	for _, name := range rapid.Permutation(names).Draw(t, "order")[:rapid.IntRange(1, 4).Draw(t, "backends")] {
		b := Backend{Name: name, Fallback: rapid.IntRange(0, 3).Draw(t, "fallback") == 0}
		for range rapid.IntRange(0, 2).Draw(t, "declared") {
			if rapid.IntRange(0, 1).Draw(t, "declares") == 0 {
				b.Paths = append(b.Paths, rapid.SampledFrom([]string{"/api/*", "/api", "/v1/*/users", "/docs*", "/admin/*", "/cart", "/users/*/billing/*"}).Draw(t, "paths"))
			}
		}
		b.Final = b.declares() && rapid.Bool().Draw(t, "final")
		in.Backends = append(in.Backends, b)
	}
	return in
}

// randomLog has requests that a cascade of in may have answered so.
func randomLog(t *rapid.T, in Input) (log []Observation) {
	for range rapid.IntRange(1, 60).Draw(t, "requests") {
		p, method := path(t), rapid.SampledFrom([]string{"GET", "GET", "POST", "DELETE", Upgrade}).Draw(t, "method")
		o := Observation{Method: method, Path: p, Strong: rapid.IntRange(0, 3).Draw(t, "strong") > 0, Status: 200}
		var candidates []string
		for i := range in.Backends {
			b := &in.Backends[i]
			if b.declares() && !b.covers(split(p)) {
				continue
			}
			candidates = append(candidates, b.Name)
			if b.Final {
				break
			}
		}
		if len(candidates) == 0 {
			continue
		}
		n := rapid.IntRange(0, len(candidates)-1).Draw(t, "answerer")
		o.Backend, o.Refused = candidates[n], candidates[:n]
		if !o.Strong {
			o.Page = rapid.Bool().Draw(t, "page")
			o.Refused = slices.DeleteFunc(slices.Clone(candidates), func(s string) bool { return s == o.Backend })
		}
		log = append(log, o)
	}
	return log
}

// S: every strong observation goes to who gave it, or is told to be in conflict.
// W: every weak one, or it is told to differ. N: every learned route has a witness.
// P: nobody takes a path that is declared, unless that very path.
func TestWhatIsLearnedIsWhatWasSeen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := randomInput(t)
		in.Log = randomLog(t, in)
		r := Learn(in)
		if r.Over != nil {
			return
		}
		for _, o := range in.Log {
			to := r.Table.For(o.Method, o.Path)
			inConflict := slices.ContainsFunc(r.Conflicts, func(c Conflict) bool { return c.Method == o.Method && c.Path == o.Path })
			differs := slices.ContainsFunc(r.Differences, func(d Difference) bool {
				return d.Method == o.Method && d.Path == Shape(o.Path) && d.Was == o.Backend && d.Now == to
			})
			switch {
			case to == o.Backend, inConflict, IsDevOnly(o.Path):
			case o.Strong || !differs:
				t.Fatalf("%s %s was answered by %s (strong %t) and is sent to %q\n%s", o.Method, o.Path, o.Backend, o.Strong, to, show(r))
			}
		}
		witnesses(t, in, r)
		law(t, in, r)
	})
}

func witnesses(t *rapid.T, in Input, r *Result) {
	for i := range r.Table.Routes {
		route := &r.Table.Routes[i]
		if route.Declared {
			continue
		}
		if !slices.ContainsFunc(in.Log, func(o Observation) bool {
			return r.Table.route(o.Method, split(o.Path)) == route && o.Backend == route.Backend
		}) {
			t.Fatalf("%v → %s has no witness\n%s", route.Pattern, route.Backend, show(r))
		}
		spareless(t, in, r, i)
		if route.Paths == 0 || route.Guess != (route.Paths < 3 && route.Pattern.covers()) {
			t.Fatalf("%v says that it rests on %d paths, guess %t", route.Pattern, route.Paths, route.Guess)
		}
	}
}

// spareless: without its ith route a table sends a strong observation elsewhere.
func spareless(t *rapid.T, in Input, r *Result, i int) {
	without := Table{Routes: slices.Delete(slices.Clone(r.Table.Routes), i, i+1), Default: r.Table.Default}
	if !slices.ContainsFunc(in.Log, func(o Observation) bool {
		return (o.Strong || o.Page) && r.Table.For(o.Method, o.Path) == o.Backend && without.For(o.Method, o.Path) != o.Backend
	}) {
		t.Fatalf("%v → %s is to spare\n%s", r.Table.Routes[i].Pattern, r.Table.Routes[i].Backend, show(r))
	}
}

func law(t *rapid.T, in Input, r *Result) {
	p := path(t)
	if slices.ContainsFunc(in.Log, func(o Observation) bool { return slices.Equal(opaque(split(o.Path)), opaque(split(p))) }) {
		return
	}
	to := r.Table.For("GET", p)
	declared := false
	for i := range in.Backends {
		b := &in.Backends[i]
		if b.declares() && b.covers(split(p)) {
			declared = true
			if b.Name == to {
				return
			}
		}
	}
	if declared {
		t.Fatalf("%s is declared and goes to %q\n%s", p, to, show(r))
	}
	if i := slices.IndexFunc(in.Backends, func(b Backend) bool { return b.Name == to }); i >= 0 && in.Backends[i].declares() {
		t.Fatalf("%s goes to %s, which is not asked for it\n%s", p, to, show(r))
	}
}

// O: the order of the log changes nothing.
func TestTheOrderOfTheLogChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := randomInput(t)
		in.Log = randomLog(t, in)
		if len(in.Log) == 0 {
			return
		}
		want := show(Learn(in))
		in.Log = rapid.Permutation(in.Log).Draw(t, "shuffled")
		if got := show(Learn(in)); got != want {
			t.Fatalf("another order gives\n%s\nand not\n%s", got, want)
		}
	})
}

func show(r *Result) string {
	var b strings.Builder
	for _, route := range r.Table.Routes {
		fmt.Fprintf(&b, "%s %s → %s (%d paths, guess %t, declared %t, reach %d)\n", route.Method, route.Pattern, route.Backend, route.Paths, route.Guess, route.Declared, route.Pattern.Reach)
	}
	fmt.Fprintf(&b, "default %s\ndifferences %v\nconflicts %v\nover %v\n", r.Table.Default, r.Differences, r.Conflicts, r.Over)
	return b.String()
}
