package routes

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"pgregory.net/rapid"
)

func TestAJournalKeepsEachThingOnceAndWithinBounds(t *testing.T) {
	j := NewJournal()
	for range 3 {
		j.Observe(&Observation{Method: "GET", Path: "/a", Backend: "api", Strong: true, Refused: []string{"web", "docs"}})
		j.Observe(&Observation{Method: "GET", Path: "/a", Backend: "api", Strong: true, Refused: []string{"docs", "web"}})
	}
	for i := range 5000 {
		j.Observe(&Observation{Method: "GET", Path: fmt.Sprintf("/users/%d", i), Backend: "api", Strong: true})
	}
	if n := len(j.Observations()); n != 1+examplesMax {
		t.Fatalf("%d observations of 2 kinds", n)
	}
	for i := range 5000 {
		j.Observe(&Observation{Method: "GET", Path: fmt.Sprintf("/w%dx", i), Backend: "api", Strong: true})
	}
	if n := len(j.Observations()); n != journalMax {
		t.Fatalf("%d observations, want %d", n, journalMax)
	}
}

func TestAJournalLeavesOutWhatIsNobodysRoute(t *testing.T) {
	j := NewJournal()
	for _, path := range []string{"*", "/" + strings.Repeat("x", 600), strings.Repeat("/x", 40), "/@vite/client", "/node_modules/a.js", "/x/y.js.map", "/__devgate/state"} {
		j.Observe(&Observation{Method: "GET", Path: path, Backend: "web", Strong: true})
	}
	j.Observe(&Observation{Method: "GET", Path: "/nobody", Backend: "web", Page: true})
	j.Observe(&Observation{Method: "GET", Path: "/src/App.tsx", Backend: "web", Strong: true})
	if all := j.Observations(); len(all) != 1 || all[0].Path != "/nobody" {
		t.Fatalf("kept %v", all)
	}
}

func TestAJournalOutlivesItsProcess(t *testing.T) {
	j := NewJournal()
	j.Begin(map[string]string{"api": "1", "web": "1", "admin": "1"})
	for _, o := range []Observation{
		{Method: "GET", Path: "/a", Backend: "api", Strong: true, Status: 200, Type: "json"},
		{Method: "GET", Path: "/b", Backend: "web", Strong: true, Refused: []string{"api"}},
		{Method: "GET", Path: "/c", Backend: "web", Strong: true, Refused: []string{"admin"}},
		{Method: "GET", Path: "/d.txt", Backend: Static, Strong: true},
	} {
		j.Observe(&o)
	}
	text, err := j.Encode()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-again.Changed():
		t.Error("what was just read is to be written again")
	default:
	}
	if !slices.EqualFunc(again.Observations(), j.Observations(), func(a, b Observation) bool { return compare(a, b) == 0 }) {
		t.Errorf("read %v, want %v", again.Observations(), j.Observations())
	}
	for range 2 { // what is known already is not new
		again.Observe(&Observation{Method: "GET", Path: "/b", Backend: "web", Strong: true, Refused: []string{"api"}})
	}
	second, _ := again.Encode()
	if !bytes.Equal(text, second) {
		t.Errorf("another text:\n%s\n%s", text, second)
	}
	// Another program for admin, and api is gone.
	again.Begin(map[string]string{"admin": "2", "web": "1"})
	var left []string
	for _, o := range again.Observations() {
		left = append(left, o.Path)
	}
	if !slices.Equal(left, []string{"/d.txt"}) {
		t.Errorf("left %v", left)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"version":1,"services":{"api":"1"},"observed":[{"method":"GET","path":"/a","backend":"api","strong":true}]}`))
	f.Add([]byte(`{"version":1,"observed":null}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		j, _ := Decode(text)
		Learn(Input{Backends: []Backend{{Name: "api"}, {Name: "web", Fallback: true}}, Static: true, Log: j.Observations()})
		if _, err := j.Encode(); err != nil {
			t.Fatal(err)
		}
	})
}

// A request that was seen before, and one of a kind of which enough is known.
func BenchmarkObserve(b *testing.B) {
	j := NewJournal()
	for i := range examplesMax {
		j.Observe(&Observation{Method: "GET", Path: fmt.Sprintf("/api/v1/users/%d/orders", i), Backend: "api", Strong: true, Refused: []string{"web", "docs"}})
	}
	passed := []string{"web", "docs"}
	b.Run("known", func(b *testing.B) {
		for b.Loop() {
			j.Observe(&Observation{Method: "GET", Path: "/api/v1/users/3/orders", Backend: "api", Strong: true, Refused: passed})
		}
	})
	b.Run("enough", func(b *testing.B) {
		for b.Loop() {
			j.Observe(&Observation{Method: "GET", Path: "/api/v1/users/30000/orders", Backend: "api", Strong: true, Refused: passed})
		}
	})
}

// The fingerprint of a kind tells apart what Shape and the rest of an observation do.
func TestAKindIsToldByItsShape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func() (o Observation, text string) {
			o = Observation{Method: rapid.SampledFrom([]string{"GET", "POST"}).Draw(t, "method"), Path: path(t), Backend: rapid.SampledFrom(names).Draw(t, "backend"), Strong: rapid.Bool().Draw(t, "strong"), Page: rapid.Bool().Draw(t, "page")}
			return o, fmt.Sprint(o.Method, Shape(o.Path), o.Backend, o.Strong, o.Page)
		}
		a, first := draw()
		b, second := draw()
		if rapid.Bool().Draw(t, "alike") {
			b.Method, b.Backend, b.Strong, b.Page = a.Method, a.Backend, a.Strong, a.Page
			second = fmt.Sprint(b.Method, Shape(b.Path), b.Backend, b.Strong, b.Page)
		}
		if (shapeOf(&a) == shapeOf(&b)) != (first == second) {
			t.Fatalf("%s and %s", first, second)
		}
	})
}

func TestNamesOfSingleThingsAreOneKind(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"/u/1", "/u/2", true}, {"/u/my%20docs", "/u/a%2Fb", true}, {"/u/my%20docs", "/u/7", true}, {"/%61pi", "/api", true}, {"/u/1", "/u/1/", false}, {"/u/1", "/v/1", false}, {"/a/b", "/ab", false}, {"//a", "/a", false},
	} {
		a, b := Observation{Path: c.a}, Observation{Path: c.b}
		if (shapeOf(&a) == shapeOf(&b)) != c.same || (Shape(c.a) == Shape(c.b)) != c.same {
			t.Errorf("%s and %s: one kind is not %t", c.a, c.b, c.same)
		}
	}
}

// What is known is noted without a single allocation, and so is a new path of a kind
// of which enough is known: this is done for every request.
func TestObservingAllocatesNothing(t *testing.T) {
	j := NewJournal()
	passed := []string{"web", "docs"}
	for i := range examplesMax {
		j.Observe(&Observation{Method: "GET", Path: fmt.Sprintf("/api/v1/users/%d/orders", i), Backend: "api", Strong: true, Refused: passed})
	}
	for _, path := range []string{"/api/v1/users/3/orders", "/api/v1/users/30000/orders"} {
		o := Observation{Method: "GET", Path: path, Backend: "api", Strong: true, Refused: passed}
		if n := testing.AllocsPerRun(100, func() { j.Observe(&o) }); n > 0 {
			t.Errorf("%s: %.0f allocations", path, n)
		}
	}
}

// X1: what is kept of a request is not the head that its words were read from.
func TestAnObservationKeepsNoHead(t *testing.T) {
	head := "GET /users text/html"
	j := NewJournal()
	j.Observe(&Observation{Method: head[:3], Path: head[4:10], Type: head[11:], Backend: "api", Status: 200, Strong: true})
	if len(j.all) != 1 || len(j.seen) != 1 {
		t.Fatalf("%+v", j.all)
	}
	texts := []string{j.all[0].Method, j.all[0].Path, j.all[0].Type}
	for k := range j.seen {
		texts = append(texts, k.method, k.path)
	}
	from := uintptr(unsafe.Pointer(unsafe.StringData(head)))
	for _, text := range texts {
		if at := uintptr(unsafe.Pointer(unsafe.StringData(text))); at >= from && at < from+uintptr(len(head)) {
			t.Errorf("%q is a part of the head", text)
		}
	}
}
