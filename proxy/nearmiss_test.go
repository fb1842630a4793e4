package proxy

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What is close to what was seen, in its order, and what is not.
func TestNearMisses(t *testing.T) {
	for asked, c := range map[string]struct {
		seen []string // "METHOD path"
		want []string // "METHOD path: difference"
	}{
		"GET /users/":              {[]string{"GET /users", "GET /orders"}, []string{"GET /users: trailing slash"}},
		"GET /Users":               {[]string{"GET /users"}, []string{"GET /users: upper and lower case"}},
		"GET /users?page=2":        {[]string{"POST /users"}, []string{"POST /users: another method"}},
		"GET /users":               {[]string{"GET /users", "GET /api/users"}, []string{"GET /api/users: prefix"}},
		"GET /api/v1/users/42":     {[]string{"GET /users/7"}, []string{"GET /users/7: prefix"}},
		"GET /a/b/c/users":         {[]string{"GET /users"}, nil},
		"GET /user":                {[]string{"GET /users", "GET /used", "GET /ushers"}, []string{"GET /users: singular and plural", "GET /used: spelling"}},
		"GET /categories":          {[]string{"GET /category"}, []string{"GET /category: singular and plural"}},
		"GET /boxes":               {[]string{"GET /box"}, []string{"GET /box: singular and plural"}},
		"GET /prodcuts":            {[]string{"GET /products"}, []string{"GET /products: spelling"}},
		"GET /api/products/items":  {[]string{"GET /api/products/itmes", "GET /api/product/item"}, []string{"GET /api/products/itmes: spelling"}},
		"GET /users/42":            {[]string{"GET /users/7", "GET /users/43/posts"}, []string{"GET /users/7: another id"}},
		"GET /user/42":             {[]string{"GET /users/7"}, []string{"GET /users/7: singular and plural"}},
		"POST /user":               {[]string{"GET /users", "POST /users"}, []string{"POST /users: singular and plural", "GET /users: singular and plural, another method"}},
		"GET /ab":                  {[]string{"GET /cb", "GET /"}, nil},
		"GET /":                    {[]string{"GET /api", "GET /users/"}, nil},
		"GET /42":                  {[]string{"GET /api/42"}, nil},
		"GET /x/order-7/lines":     {[]string{"GET /x/order-9/line"}, []string{"GET /x/order-9/line: singular and plural"}},
		"PROPFIND /reports":        {[]string{"GET /reports", "PUT /reports", "DELETE /reports", "PATCH /reports"}, []string{"DELETE /reports: another method", "GET /reports: another method", "PATCH /reports: another method"}},
		"GET /4f9d2c1e-aaaa/state": {[]string{"GET /a7b8c9d0e1f2/state"}, []string{"GET /a7b8c9d0e1f2/state: another id"}},
	} {
		t.Run(asked, func(t *testing.T) {
			g := New(Config{Backends: []Backend{{Name: "api"}}})
			for _, s := range c.seen {
				method, path, _ := strings.Cut(s, " ")
				g.seen.add(&seenRoute{method: method, path: path, backend: "api", status: 200})
			}
			method, target, _ := strings.Cut(asked, " ")
			var got []string
			for _, m := range g.NearMisses(method, target) {
				got = append(got, m.Method+" "+m.Path+": "+m.Difference)
			}
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// What the gateway takes for an answer: 2xx and 3xx of a backend or the static folder, for a
// path that somebody asked for.
func TestWhatCountsAsAnswered(t *testing.T) {
	a := backend(t, "a", func(w http.ResponseWriter, r *http.Request) {
		switch status := 404; r.URL.Path {
		case "/users", "/main.js":
			w.WriteHeader(200)
		case "/old":
			w.Header().Set("Location", "/users")
			w.WriteHeader(302)
		case "/broken":
			w.WriteHeader(500)
		default:
			w.WriteHeader(status)
		}
	})
	fallback := backend(t, "web", typed(200, "text/html", "<h1>app</h1>"))
	g := gateway(t, Config{}, a)
	for _, path := range []string{"/users", "/old", "/broken", "/main.js", "/nothing"} {
		g.get(path)
	}
	g.do(g.request("OPTIONS", "/users", nil))
	g.get("/users", "Host", "a.localhost")
	var got []string
	for _, s := range g.seen.all() {
		got = append(got, fmt.Sprint(s.method, " ", s.path, " ", s.status))
	}
	if len(got) != 2 || g.NearMisses("GET", "/users/") == nil || g.NearMisses("GET", "/old/") == nil {
		t.Errorf("%q", got)
	}
	t.Run("the page for unknown paths is no answer", func(t *testing.T) {
		fallback.SPA, fallback.probed = On, true
		g := gateway(t, Config{}, fallback, a)
		if got := g.get("/userz", navigation...); got.status != 200 {
			t.Fatalf("%+v", got)
		}
		if near := g.NearMisses("GET", "/userz/"); near != nil {
			t.Errorf("%v", near)
		}
	})
	t.Run("and says nothing of other methods", func(t *testing.T) {
		g := gateway(t, Config{}, fallback)
		g.get("/users", navigation...)
		if near := g.NearMisses("POST", "/users"); near != nil {
			t.Errorf("%v", near)
		}
	})
	t.Run("who is no longer configured is not told of", func(t *testing.T) {
		if err := g.Reconfigure(Config{Backends: []Backend{{Name: "b"}}}); err != nil {
			t.Fatal(err)
		}
		if near := g.NearMisses("GET", "/users/"); near != nil {
			t.Errorf("%v", near)
		}
	})
}

// G8, G9: they are on the page and in the answer for programs.
func TestNearMissesAreTold(t *testing.T) {
	a := backend(t, "a", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != "POST" || r.URL.Path != "/api/users" {
			w.WriteHeader(404)
		}
	})
	a.Paths = []string{"/api/*"}
	g := gateway(t, Config{}, a)
	g.post("/api/users", "{}")
	if page := g.get("/api/users", navigation...).body; !strings.Contains(page, "<code>POST /api/users</code> &rarr; a ") {
		t.Errorf("%s", page)
	}
	got := g.do(g.request("POST", "/users", nil)) // no backend has such paths
	var p problem
	if err := json.Unmarshal([]byte(got.body), &p); err != nil || fmt.Sprint(p.Near) != "[POST /api/users → a]" {
		t.Errorf("%v in %s: %v", p.Near, got.body, err)
	}
	if other := g.do(g.request("GET", "/elsewhere", nil)); strings.Contains(other.body, "near") {
		t.Errorf("%s", other.body)
	}
}

// Whatever was asked: what is told was answered, is not the request itself, and is no more than
// three; what is remembered is bounded.
func TestNearMissesAreTrue(t *testing.T) {
	segment := rapid.SampledFrom([]string{"", "api", "user", "users", "Users", "usesr", "7", "42", "v1", "order-1", "%2F"})
	method := rapid.SampledFrom([]string{"GET", "HEAD", "POST"})
	path := rapid.Custom(func(t *rapid.T) string {
		return "/" + strings.Join(rapid.SliceOfN(segment, 0, 4).Draw(t, "segments"), "/")
	})
	rapid.Check(t, func(t *rapid.T) {
		g := New(Config{Backends: []Backend{{Name: "api"}}})
		answered := map[string]bool{}
		for range rapid.IntRange(0, 20).Draw(t, "answers") {
			m, p := method.Draw(t, "method"), path.Draw(t, "path")
			answered[m+" "+p] = true
			g.seen.add(&seenRoute{method: m, path: p, backend: "api", status: 200})
		}
		m, p := method.Draw(t, "asked method"), path.Draw(t, "asked path")
		near := g.NearMisses(m, p+"?q=1")
		if len(near) > nearMissesMax {
			t.Errorf("%d are told", len(near))
		}
		for _, one := range near {
			if asked := one.Method + " " + one.Path; !answered[asked] || asked == m+" "+p || one.Difference == "far" {
				t.Errorf("%s %s: %+v", m, p, one)
			}
			if strings.HasPrefix(one.Path, "//") {
				t.Errorf("%q leads to another host", one.Path)
			}
		}
	})
}

// Ids do not flood what is remembered, other paths only so far, and what is asked for again
// and again stays.
func TestWhatIsSeenIsBounded(t *testing.T) {
	g := New(Config{Backends: []Backend{{Name: "api"}}})
	see := func(path string) {
		if !g.seen.knows("GET", path, "api") {
			g.seen.add(&seenRoute{method: "GET", path: path, backend: "api", status: 200})
		}
	}
	for i := range 10_000 {
		see(fmt.Sprintf("/users/%d/posts/%032x", i, i))
	}
	if n := len(g.seen.all()); n != 1 {
		t.Errorf("%d routes by their ids", n)
	}
	for i := range 10_000 {
		see("/popular")
		see("/slug" + strings.Repeat("x", i%200) + strings.Repeat("y", i/200))
	}
	see("/" + strings.Repeat("long", seenPathMax))
	if n := len(g.seen.all()); n > seenMax || n < seenMax/2 || len(g.seen.index) != n {
		t.Errorf("%d routes", n)
	}
	if g.seen.find(g.seen.key("GET", "/popular")) == nil {
		t.Error("what is asked for all the time is forgotten")
	}
	if !g.seen.knows("GET", "/popular", "api") || g.seen.knows("GET", "/popular", "web") {
		t.Error("whose answer it was is not told apart")
	}
}

// Which segments are names of one of many things.
func TestIDs(t *testing.T) {
	for segment, want := range map[string]bool{
		"42": true, "2024-01-31": true, "order-7": true, "usr_123": true, "deadbeef1": true, "507f1f77bcf86cd799439011": true,
		"0b1e7c2a-1111-4222-8333-abcdefabcdef": true, "01ARZ3NDEKTSV4RRFFQ69G5FAV": true,
		"": false, "users": false, "v1": false, "x2": false, "main.js": false, "facade": false, "-7": true, "a-": false, "oauth2": false, "%2F1": false, "s3-bucket": false,
	} {
		if isID(segment) != want {
			t.Errorf("%q: %t", segment, !want)
		}
	}
}

// BenchmarkSeen is what each answered request costs: one that is known, and one that is new.
func BenchmarkSeen(b *testing.B) {
	g := New(Config{})
	paths := make([]string, 4*seenMax)
	for i := range paths {
		paths[i] = "/api/v1/organisations/users/page" + strings.Repeat("x", i%100) + strings.Repeat("y", i/100)
	}
	b.Run("known", func(b *testing.B) {
		g.seen.add(&seenRoute{method: "GET", path: "/api/v1/users/7", backend: "api"})
		b.ReportAllocs()
		for b.Loop() {
			if !g.seen.knows("GET", "/api/v1/users/42", "api") {
				b.Fatal("not known")
			}
		}
	})
	b.Run("new", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			g.seen.add(&seenRoute{method: "GET", path: paths[i%len(paths)], backend: "api"})
		}
	})
}
