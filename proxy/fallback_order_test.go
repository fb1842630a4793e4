package proxy

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// kindOfRequest is a request that a page, a program or a browser may send.
type kindOfRequest struct {
	Method, Target, Accept string
	Preflight              bool
}

func drawKind(t *rapid.T) kindOfRequest {
	return kindOfRequest{
		Method:    rapid.SampledFrom([]string{"GET", "GET", "HEAD", "POST", "OPTIONS", "DELETE"}).Draw(t, "method"),
		Target:    rapid.SampledFrom([]string{"/", "/users/42", "/api/users", "/api/nope", "/src/main.js", "/about.html", "/x.png?y"}).Draw(t, "target"),
		Accept:    rapid.SampledFrom([]string{"", "*/*", "application/json", "text/html,*/*;q=0.8"}).Draw(t, "accept"),
		Preflight: rapid.Bool().Draw(t, "preflight"),
	}
}

func (k kindOfRequest) send(g *testGateway) answer {
	r := g.request(k.Method, k.Target, nil, "X-A", "1")
	if k.Accept != "" {
		r.Header.Set("Accept", k.Accept)
	}
	if k.Preflight {
		r.Header.Set("Origin", "http://x")
		r.Header.Set("Access-Control-Request-Method", "POST")
	}
	return g.do(r)
}

// owner is who should answer, in any order: the one that knows the path; else
// the front end, for what it takes; else nobody.
func (k kindOfRequest) owner() string {
	api := map[string]bool{"GET": true, "HEAD": true, "POST": true, "OPTIONS": true}
	page := strings.Contains(k.Accept, "text/html") || strings.Contains(k.Accept, "*/*")
	switch {
	case k.Target == "/api/users" && api[k.Method] && (k.Method != "OPTIONS" || k.Preflight):
		return "api"
	case k.Method == "OPTIONS", k.Target == "/src/main.js":
		return "web"
	case (k.Method == "GET" || k.Method == "HEAD") && page:
		return "web"
	}
	return ""
}

// G6: whatever is asked, the order of a front end and an API does not change
// who answers.
func TestOrderOfFrontEndDoesNotMatter(t *testing.T) {
	web, api := backend(t, "web", frontEnd("")), backend(t, "api", application)
	web.probed, api.probed = true, true
	orders := []*testGateway{gateway(t, Config{}, web, api), gateway(t, Config{}, api, web)}
	for _, g := range orders { // of a server that has sent no page yet nothing is known
		g.get("/", navigation...)
	}
	rapid.Check(t, func(t *rapid.T) {
		k := drawKind(t)
		// Front ends answer an OPTIONS that is no preflight as if it was their own.
		k.Preflight = k.Preflight || k.Method == "OPTIONS"
		for _, g := range orders {
			got := k.send(g)
			if b := got.header.Get("X-Devgate-Backend"); got.status != 404 && b != k.owner() || got.status == 404 && k.owner() != "" {
				t.Fatalf("%+v: %s said %d (%s), want %q", k, b, got.status, got.header.Get("X-Devgate-Tried"), k.owner())
			}
		}
	})
}

// C5, G6: `why` says of a front end's page what it is, though nobody comes after
// the front end who could have a better answer.
func TestExplainTellsOfAFallbackThatIsLast(t *testing.T) {
	web := backend(t, "web", frontEnd(""))
	web.probed = true
	g := gateway(t, Config{}, backend(t, "api", application), web)
	p := g.chain.Load().find("web").up.endpoint().pages.probe("web", nil)
	<-p.done
	for range 20 {
		e, err := g.Explain(t.Context(), "GET", "/users/42", http.Header{"Accept": {"*/*"}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if e.Backend != "web" || e.Cascade[1].Note != noteUsedAnyway {
			t.Fatalf("%+v", e)
		}
	}
}

// C5, G6: `why` tells of held pages.
func TestExplainTellsOfFallbacks(t *testing.T) {
	web, api := backend(t, "web", frontEnd("")), backend(t, "api", application)
	web.probed = true
	g := gateway(t, Config{}, web, api)
	for target, want := range map[string][2]string{
		"/api/users":   {"same as unknown paths", ""},
		"/users/42":    {"same as unknown paths; used, for nobody else answered", "falls through"},
		"/src/main.js": {"", "not asked: web answered"},
	} {
		e, err := g.Explain(context.Background(), "GET", target, http.Header{"Accept": {"*/*"}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]string{e.Cascade[0].Note, e.Cascade[1].Note}; got != want {
			t.Errorf("%s: %q, want %q", target, got, want)
		}
	}
}

// G6: a backend that devgate does not start is probed when it first matters;
// one whose answers end the cascade never is.
func TestWhoIsProbed(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*testBackend)
		probed bool
		want   string
	}{
		"a remote one":               {func(b *testBackend) { b.Remote, b.URL = true, mustParse(fmt.Sprintf("http://127.0.0.1:%d", b.Port)) }, true, "api"},
		"one for some paths":         {func(b *testBackend) { b.Paths = []string{"/api/*"} }, true, "api"},
		"one for exact paths":        {func(b *testBackend) { b.Paths = []string{"/api/users"} }, false, "web"},
		"a final one":                {func(b *testBackend) { b.Final = true }, false, "web"},
		"one of which it is known":   {func(b *testBackend) { b.SPA = On }, false, "api"},
		"one that is not to be held": {func(b *testBackend) { b.SPA = Off }, false, "web"},
	} {
		t.Run(name, func(t *testing.T) {
			web := backend(t, "web", frontEnd(""))
			web.probed = true
			c.change(web)
			g := gateway(t, Config{}, web, backend(t, "api", application))
			got := g.get("/api/users", "Accept", "*/*")
			if b := got.header.Get("X-Devgate-Backend"); b != c.want {
				t.Errorf("%s answered", b)
			}
			if probed := len(web.requests()) > len(seenBy(web)); probed != c.probed {
				t.Errorf("probed %t: %q", probed, web.requests())
			}
		})
	}
}

func mustParse(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil {
		panic(err)
	}
	return u
}
