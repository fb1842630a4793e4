package proxy

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"devgate/internal/testport"
)

func typed(status int, contentType, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		w.Write([]byte(body))
	}
}

// G8: which of several refused answers is the client's.
func TestChoiceAmongRefusals(t *testing.T) {
	html := func(s string) http.HandlerFunc { return typed(404, "text/html", s) }
	js := func(s string) http.HandlerFunc { return typed(404, "application/json; charset=utf-8", s) }
	plain := func(status int, s string) http.HandlerFunc { return typed(status, "text/plain", s) }
	big := strings.Repeat("x", 300<<10)
	cases := map[string]struct {
		chain  []http.HandlerFunc
		accept string
		status int
		body   string
	}{
		"the last 404":                         {[]http.HandlerFunc{html("a"), html("b")}, "", 404, "b"},
		"JSON for who takes JSON":              {[]http.HandlerFunc{js("a"), html("b")}, "application/json", 404, "a"},
		"JSON for fetch":                       {[]http.HandlerFunc{js("a"), html("b")}, "*/*", 404, "a"},
		"the last JSON":                        {[]http.HandlerFunc{js("a"), js("b"), html("c")}, "application/json", 404, "b"},
		"not JSON for who prefers HTML":        {[]http.HandlerFunc{js("a"), html("b")}, "application/json;q=0.5, text/html", 404, "b"},
		"not JSON for who does not take it":    {[]http.HandlerFunc{js("a"), html("b")}, "text/plain", 404, "b"},
		"a 405 before a 404":                   {[]http.HandlerFunc{plain(405, "a"), html("b")}, "", 405, "a"},
		"a 404 before another status":          {[]http.HandlerFunc{html("a"), plain(501, "b")}, "", 404, "a"},
		"the last of other statuses":           {[]http.HandlerFunc{plain(501, "a"), plain(500, "b")}, "", 500, "b"},
		"a long one, whole":                    {[]http.HandlerFunc{plain(405, big), html("b")}, "", 405, big},
		"a long one, whole, in the last place": {[]http.HandlerFunc{html("a"), html(big)}, "", 404, big},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var chain []*testBackend
			for i, h := range c.chain {
				b := backend(t, string(rune('a'+i)), h)
				b.Fallthrough = []int{404, 405, 500, 501}
				chain = append(chain, b)
			}
			g := gateway(t, Config{}, chain...)
			got := g.get("/")
			if c.accept != "" {
				got = g.get("/", "Accept", c.accept)
			}
			if got.status != c.status || got.body != c.body || got.err != nil {
				t.Errorf("%d %.100q %v", got.status, got.body, got.err)
			}
		})
	}
}

// D4: what a page tells of time is rounded for people, it says nothing twice,
// and has no column in which nothing stands.
func TestPagesAreForPeople(t *testing.T) {
	for d, want := range map[time.Duration]string{
		10 * time.Microsecond: "", 1234 * time.Microsecond: "1.2 ms", 9999 * time.Microsecond: "10 ms",
		57400 * time.Microsecond: "57 ms", 1000980 * time.Microsecond: "1.0 s", 15 * time.Second: "15.0 s",
	} {
		if got := tookText(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
	a := backend(t, "a", answers(404, ""))
	g := gateway(t, Config{Tail: func(string) []string { return []string{"<script>log</script>"} }}, a)
	page := g.get("/some/path", navigation...).body
	if n := strings.Count(strings.Replace(page, "devgate why /some/path", "", 1), "/some/path"); n != 1 {
		t.Errorf("it names the path %d times", n)
	}
	if strings.Contains(page, "show answer") {
		t.Error("there is an answer to show, and none was given")
	}
	g.SetState("a", State{Phase: Down, Reason: "<script>reason</script>"})
	page = g.get("/", navigation...).body
	if n := strings.Count(page, "<script"); n != 1 || strings.Count(page, "&lt;script&gt;") != 2 {
		t.Errorf("%d scripts in %s", n, page)
	}
}

// D4: a page comes back by itself when there is something new to see: the backend
// is ready, its port answers, or a backend has restarted. A form is not sent
// again by itself.
func TestPagesComeBack(t *testing.T) {
	a := backend(t, "a", answers(404, ""))
	g := gateway(t, Config{Hold: time.Millisecond}, a)
	g.notice = 0
	for until, s := range map[reloading]State{
		untilChanged: {Phase: Ready}, untilReady: {Phase: Waiting}, untilDialed: {Phase: Ready, Port: testport.One(t)},
	} {
		g.SetState("a", s)
		if page := g.get("/", navigation...).body; !strings.Contains(page, fmt.Sprintf("until = %q", until)) {
			t.Errorf("%s: %s", until, page)
		}
		if page := g.post("/", "x=1", navigation...).body; strings.Contains(page, "reload") || strings.Contains(page, "refresh") || !strings.Contains(page, "<h1>") {
			t.Errorf("%s, of a form: %s", until, page)
		}
	}
	g.SetState("a", State{Phase: Down})
	tag := func() string { return g.get("/__devgate/state").header.Get("Etag") }
	before := tag()
	if g.post("/", ""); tag() != before || before == "" {
		t.Errorf("%q became %q by a request", before, tag())
	}
	if g.SetState("a", State{Phase: Ready}); tag() == before {
		t.Errorf("still %q after a restart", before)
	}
}

// G8: a person gets the explaining page, or with pass the last 404.
func TestExplainingPage(t *testing.T) {
	a := backend(t, "a", typed(404, "text/plain", "Cannot GET <x>"))
	b := backend(t, "b", typed(404, "text/html", "last", "Set-Cookie", "leak=1"))
	docs := backend(t, "docs", answers(200, ""))
	docs.Paths = []string{"/docs/*"}
	got := gateway(t, Config{Name: "shop"}, a, b, docs).get("/x?<y>", navigation...)
	for _, part := range []string{"<h1>no backend answered</h1>", "Cannot GET &lt;x&gt;", `<th scope="row">a</th><td>404<details>`, `<th scope="row">docs</th><td>not asked <span class="quiet">paths = /docs/*</span></td>`, "shop"} {
		if !strings.Contains(got.body, part) {
			t.Errorf("no %q in %s", part, got.body)
		}
	}
	if got.status != 404 || got.header.Get("X-Devgate-Error") != "unanswered" || got.header.Get("Set-Cookie") != "" || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v", got.status, got.header)
	}
	if got := gateway(t, Config{NotFound: Pass}, a, b).get("/x", navigation...); got.body != "last" || got.header.Get("Set-Cookie") == "" {
		t.Errorf("%+v", got)
	}
}

// G9: what the gateway says itself suits who asked.
func TestFaultForms(t *testing.T) {
	g := gateway(t, Config{}, backend(t, "a", answers(200, "")))
	g.SetState("a", State{Phase: Down, Reason: "evil */ alert(1)"})
	for name, c := range map[string]struct {
		path, contentType string
		header            []string
	}{
		"curl":                 {"/", "application/problem+json", []string{"Accept", "*/*"}},
		"fetch":                {"/", "application/problem+json", []string{"Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty", "Accept", "text/html"}},
		"a browser":            {"/", "text/html; charset=utf-8", navigation},
		"an old browser":       {"/", "text/html; charset=utf-8", []string{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"}},
		"JSON before HTML":     {"/", "application/problem+json", []string{"Accept", "application/json, text/html"}},
		"a script":             {"/x", "text/plain; charset=utf-8", []string{"Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "script"}},
		"a module by its name": {"/src/main.ts", "text/plain; charset=utf-8", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := g.get(c.path, c.header...)
			if got.status != 502 || got.header.Get("Content-Type") != c.contentType || got.header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%d %v", got.status, got.header)
			}
			if strings.HasPrefix(c.contentType, "text/plain") && strings.Count(got.body, "*/") != 1 {
				t.Errorf("%q", got.body)
			}
		})
	}
	t.Run("HEAD has no body", func(t *testing.T) {
		if got := g.do(g.request("HEAD", "/", nil)); got.status != 502 || got.body != "" || got.err != nil {
			t.Errorf("%+v", got)
		}
	})
}

// G14: asked for it, the gateway's own path tells whether a port accepts connections, of
// backends alone.
func TestStateTellsWhoIsReached(t *testing.T) {
	a, b := backend(t, "a", answers(200, "")), backend(t, "b", answers(200, ""))
	b.Port = testport.One(t)
	g := gateway(t, Config{}, a, b)
	for query, want := range map[string]string{
		"?reach=a": `,"reached":true}`, "?reach=b": `,"reached":false}`, "?reach=localhost:1": `"b":"ready"}}`, "": `"b":"ready"}}`,
	} {
		if got := g.get("/__devgate/state" + query); !strings.HasSuffix(got.body, want+"\n") {
			t.Errorf("%s: %s", query, got.body)
		}
	}
	g.SetState("b", State{Phase: Ready, Port: a.Port}) // where its process is now
	if got := g.get("/__devgate/state?reach=b"); !strings.Contains(got.body, `"reached":true`) {
		t.Errorf("%s", got.body)
	}
	if len(a.requests()) > 0 {
		t.Errorf("a was asked: %q", a.requests())
	}
}

// G14: the gateway's own path tells words and nothing else.
func TestStatePath(t *testing.T) {
	g := gateway(t, Config{Tail: func(string) []string { return []string{"secret"} }}, backend(t, "a", answers(200, "")), backend(t, "b", answers(200, "")))
	g.SetState("b", State{Phase: Down, Reason: "secret"})
	got := g.get("/__devgate/state")
	var s struct {
		State    string
		Backends map[string]string
	}
	if err := json.Unmarshal([]byte(got.body), &s); err != nil || s.State != "down" || s.Backends["a"] != "ready" || s.Backends["b"] != "down" {
		t.Errorf("%q %v", got.body, err)
	}
	if strings.Contains(got.body, "secret") || got.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("%+v", got)
	}
	if got := g.post("/__devgate/state", ""); got.status != 405 {
		t.Errorf("%+v", got)
	}
	if got := g.get("/__devgate/other"); got.status != 404 {
		t.Errorf("%+v", got)
	}
	if got := g.get("/__devgate/state", "Host", "evil.test"); got.status != 403 {
		t.Errorf("%+v", got)
	}
}

// R: paths and final decide who is asked, and when it ends.
func TestPathsAndFinal(t *testing.T) {
	api := backend(t, "api", answers(404, "api"))
	api.Paths, api.Final = []string{"/api/*"}, true
	web := backend(t, "web", answers(200, "web"))
	g := gateway(t, Config{}, api, web)
	if got := g.get("/api/x"); got.status != 404 || got.body != "api" || len(web.requests()) != 0 {
		t.Errorf("%+v", got)
	}
	if got := g.get("/apis"); got.body != "web" || len(api.requests()) != 1 {
		t.Errorf("%+v", got)
	}
	if got := g.get("/api/x", navigation...); got.body != "api" {
		t.Errorf("%+v", got)
	}
}

// G15: a backend's own name leads to it alone.
func TestBackendByName(t *testing.T) {
	a, b := backend(t, "a", answers(200, "a")), backend(t, "B_2", answers(404, "b"))
	b.Paths = []string{"/never"}
	g := gateway(t, Config{}, a, b)
	if got := g.get("/", "Host", "b_2.localhost:3000"); got.status != 404 || got.body != "b" {
		t.Errorf("%+v", got)
	}
	if got := g.get("/", "Host", "other.localhost"); got.body != "a" {
		t.Errorf("%+v", got)
	}
}

func TestPattern(t *testing.T) {
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"/api/*", "/api/x", true}, {"/api/*", "/api/", true}, {"/api/*", "/api/x/y", true},
		{"/api/*", "/api", false}, {"/api/*", "/apis/x", false}, {"/api/*", "//api/x", false},
		{"/api*", "/api", true}, {"/api*", "/apis/x", true}, {"/api*", "/ap", false},
		{"*", "/", true}, {"/*", "/", true}, {"/", "/", true}, {"/", "/x", false}, {"*", "*", true},
		{"/users/*/posts", "/users/1/posts", true}, {"/users/*/posts", "/users//posts", false},
		{"/users/*/posts", "/users/1/2/posts", false}, {"/users/*/posts", "/users/1/posts/2", false},
		{"/u/*/p/*", "/u/1/p/2/3", true}, {"/u/*/p/*", "/u/1/q/2", false},
		{"/v*x/a", "/v1x/a", true}, {"/v*x/a", "/vx/a", true}, {"/v*x/a", "/v1y/a", false},
		{"/api/*", "/%61pi/x", true}, {"/api/*", "/api%2Fx", false}, {"/a b/*", "/a%20b/c", true}, {"/%zz*", "/%zzx", true},
		{"/API/*", "/api/x", false},
	} {
		if got := compilePattern(c.pattern).match(c.path); got != c.want {
			t.Errorf("%q matches %q: %t", c.pattern, c.path, got)
		}
	}
}
