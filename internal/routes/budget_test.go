package routes

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// B: a table is within the budget, and what is refused is over it. Names that nothing
// distinguishes from each other are drawn, so that both happen.
func TestATableIsWithinItsBudget(t *testing.T) {
	crowds, lists, within := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		in := Input{Backends: []Backend{{Name: "api"}, {Name: "admin"}, {Name: "web", Fallback: true}}}
		parents := rapid.IntRange(1, 12).Draw(t, "parents")
		wide := rapid.SampledFrom([]int{6, 25}).Draw(t, "names") // few names in many places are too many routes, without a crowd
		for range rapid.IntRange(1, 120).Draw(t, "requests") {
			p := fmt.Sprintf("/p%c/n%c", 'a'+rapid.IntRange(0, parents-1).Draw(t, "parent"), 'a'+rapid.IntRange(0, wide).Draw(t, "name"))
			in.Log = append(in.Log, Observation{Method: "GET", Path: p, Strong: true, Status: 200, Backend: names[int(hash(p))&1]})
		}
		r := Learn(in)
		leaves := map[string]int{}
		for _, route := range r.Table.Routes {
			if s := route.Pattern.Segments; len(s) == 2 {
				leaves[s[0]+" "+route.Backend]++
			}
		}
		crowded := false
		for _, n := range leaves {
			crowded = crowded || n > siblingsBudget
		}
		tooMany := len(r.Table.Routes) > budget
		if is := crowded || tooMany; is != (r.Over != nil) {
			t.Fatalf("crowded %t, too many %t, and judged %+v\n%s", crowded, tooMany, r.Over, show(r))
		}
		if r.Over == nil {
			within++
			return
		}
		if crowded {
			crowds++
		} else {
			lists++
		}
		if advice := r.Over.String(); !strings.Contains(advice, "declare") || crowded && len(r.Over.Names) != leaves[strings.TrimPrefix(r.Over.Parent, "/")+" "+r.Over.Backend] {
			t.Fatalf("advice %q of %+v\n%s", advice, r.Over, show(r))
		}
	})
	if crowds == 0 || lists == 0 || within == 0 {
		t.Errorf("%d crowds, %d lists, %d within", crowds, lists, within)
	}
}

// A conflict is what two backends have answered, or what no path tells from another's:
// nothing is called one to be rid of it.
func TestConflictsAreRare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := randomInput(t)
		in.Log = randomLog(t, in)
		for _, c := range Learn(in).Conflicts {
			by := map[string]bool{}
			for _, o := range in.Log {
				if o.Method == c.Method && o.Path == c.Path && (o.Strong || o.Page) {
					by[o.Backend] = true
				}
			}
			if twin := slices.ContainsFunc(in.Log, func(o Observation) bool {
				return o.Path != c.Path && slices.Equal(opaque(split(o.Path)), opaque(split(c.Path)))
			}); len(by) < 2 && !twin && !slices.ContainsFunc(split(c.Path), func(s string) bool { return !plain(s) }) {
				t.Fatalf("%+v is a conflict, and answered by %v alone", c, by)
			}
		}
	})
}

// What learning allocates grows with the log, and not with its square: four times as
// many observations take less than eight times as much. So do the most that are
// kept, of the kinds that cost most.
func TestLearningGrowsWithTheLog(t *testing.T) {
	for name, log := range map[string]func(n int) []Observation{"prefixes": prefixedLog, "no rule": randomLogOf} {
		few, many := log(journalMax/4), log(journalMax)
		cost := func(log []Observation) float64 {
			in := Input{Backends: []Backend{{Name: "api"}, {Name: "admin"}, {Name: "docs"}, {Name: "web", Fallback: true}}, Log: log}
			return testing.AllocsPerRun(1, func() { Learn(in) })
		}
		if a, b := cost(few), cost(many); b > 8*a {
			t.Errorf("%s: %.0f allocations for %d observations, and %.0f for %d", name, a, len(few), b, len(many))
		}
	}
}

// prefixedLog is of a project whose backends have prefixes of their own.
func prefixedLog(n int) []Observation {
	a, path := prefixed()
	log := a.log(n/2, 1, path)
	for i := range n - len(log) {
		log = append(log, a.ask("GET", fmt.Sprintf("/api/v1/%s/%d/%s", names[i%4], i, names[i%3])))
	}
	return log
}

// randomLogOf is of one where nothing follows a rule.
func randomLogOf(n int) (log []Observation) {
	random := rand.New(rand.NewPCG(1, 1))
	for range n {
		log = append(log, Observation{
			Method: pick(random, "GET", "POST"), Backend: pick(random, names...), Strong: random.IntN(4) > 0,
			Path: fmt.Sprintf("/%s/%d/%s/%s", pick(random, "a", "b", "c", "d"), random.IntN(40), pick(random, "x", "y", "z"), pick(random, "k", "l", "m", "n")),
		})
	}
	return log
}
