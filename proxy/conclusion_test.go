package proxy

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

// concludes is the conclusion of Explain, without times.
func concludes(t *testing.T, g *testGateway, method, target string, header ...string) string {
	t.Helper()
	h := http.Header{}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	e, err := g.Explain(t.Context(), method, target, h, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e.Conclusion
}

// Whoever asks why is told what follows, in a sentence.
func TestConclusions(t *testing.T) {
	web := backend(t, "web", typed(200, "text/html", "<h1>app</h1>"))
	api := backend(t, "api", func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/secret":
			w.WriteHeader(401)
		case r.URL.Path == "/api/users" || r.URL.Path == "/api/orders/7":
			w.WriteHeader(200)
		default:
			w.WriteHeader(404)
		}
	})
	strict := backend(t, "strict", answers(405, ""))
	strict.Fallthrough = []int{404, 405, 501}
	last := backend(t, "last", answers(404, ""))
	last.Paths, last.Final = []string{"/last/*"}, true
	web.SPA, web.probed = On, true
	front := backend(t, "web", typed(200, "text/html", "<h1>app</h1>")) // nobody has found out that it answers everything
	for _, c := range []struct {
		name, method, target, want string
		chain                      []*testBackend
	}{
		{"it answers", "GET", "/secret", "api answered 401", []*testBackend{api}},
		{"after another", "GET", "/api/users", "api answered 200, after last answered 404", []*testBackend{refuser(t, "last"), api}},
		{"a page that gives way", "GET", "/api/users", "api answered 200; web has only its page for unknown paths, which gave way", []*testBackend{web, api}},
		{"a page for want of others", "GET", "/api/user", "web answers unknown paths with its page, and no other backend has this route; closest seen: GET /api/users → api", []*testBackend{web, api}},
		{"a page of one that is not known for it", "GET", "/api/user", "web answered with a page (200), after api answered 404; closest seen: GET /api/users → api", []*testBackend{api, front}},
		{"nobody has it", "GET", "/users", "no backend has this route; closest seen: GET /api/users → api", []*testBackend{api}},
		{"nor anything close", "GET", "/elsewhere", "no backend has this route", []*testBackend{api}},
		{"another id", "GET", "/api/orders/8", "no backend has this id; its route has been answered: GET /api/orders/7 → api", []*testBackend{api}},
		{"not by this method", "POST", "/x", "strict has this route, but not for POST (405)", []*testBackend{strict, api}},
		{"paths", "GET", "/x", "no backend is asked for this path", []*testBackend{last}},
		{"some paths", "GET", "/x", "no backend that is asked for this path has this route", []*testBackend{last, api}},
		{"final", "GET", "/last/x", "last answered 404, and nobody is asked after it", []*testBackend{last, api}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := gateway(t, Config{}, c.chain...)
			for _, path := range []string{"/api/users", "/api/orders/7"} {
				g.get(path)
			}
			if c.name == "paths" {
				g = gateway(t, Config{}, c.chain...)
			}
			if got := concludes(t, g, c.method, c.target); got != c.want {
				t.Errorf("%s\nwant %s", got, c.want)
			}
		})
	}
	t.Run("who is down", func(t *testing.T) {
		g := gateway(t, Config{}, api)
		g.SetState("api", State{Phase: Down, Reason: "exit status 1"})
		if got, want := concludes(t, g, "GET", "/"), "api is down: exit status 1; mend it, and then: devgate restart api"; got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	})
	t.Run("who is not started", func(t *testing.T) {
		g := gateway(t, Config{}, api, refuser(t, "last"), refuser(t, "off"))
		g.SetState("last", State{Phase: Absent})
		g.SetState("off", State{Phase: Absent})
		if got, want := concludes(t, g, "GET", "/x"), "no backend that runs has this route; not started: last, off"; got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	})
	t.Run("a host that is not allowed", func(t *testing.T) {
		want := `the host "x.test" is not allowed: to allow it, add this to the Devgatefile: hosts = ["x.test"]`
		if got := concludes(t, gateway(t, Config{}, api), "GET", "/", "Host", "x.test"); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	})
	t.Run("it was held", func(t *testing.T) {
		g := gateway(t, Config{}, api)
		g.SetState("api", State{Phase: Waiting, Reason: "restarting"})
		done := make(chan string)
		go func() { done <- concludes(t, g, "GET", "/api/users") }()
		eventually(t, "it waits", func() bool { return g.Held("api") == 1 })
		<-time.After(2 * heldWorth)
		g.SetState("api", State{Phase: Ready})
		if got := <-done; !strings.HasPrefix(got, "api answered 200; held ") || !strings.HasSuffix(got, " for api (restarting)") {
			t.Errorf("%s", got)
		}
	})
	t.Run("what is sent again is concluded, too", func(t *testing.T) {
		g := gateway(t, Config{Keep: true}, web, api)
		g.get("/api/users")
		g.get("/api/user")
		eventually(t, "both are recorded", func() bool { return len(g.Requests()) == 2 })
		want := "web answers unknown paths with its page, and no other backend has this route; closest seen: GET /api/users → api"
		if e, err := g.Replay(t.Context(), 2, ""); err != nil || e.Conclusion != want || len(e.Near) != 1 {
			t.Errorf("%q %v %v\nwant %q", e.Conclusion, e.Near, err, want)
		}
		if e, err := g.Replay(t.Context(), 1, ""); err != nil || e.Conclusion != "api answered 200; web has only its page for unknown paths, which gave way" || e.Near != nil {
			t.Errorf("%q %v %v", e.Conclusion, e.Near, err)
		}
	})
	t.Run("near misses are there for programs, too", func(t *testing.T) {
		g := gateway(t, Config{}, api)
		g.get("/api/users")
		e, err := g.Explain(context.Background(), "GET", "/api/users/", nil, nil)
		if err != nil || len(e.Near) != 1 || e.Near[0].Difference != "trailing slash" {
			t.Errorf("%+v %v", e.Near, err)
		}
		if e, _ := g.Explain(context.Background(), "GET", "/api/users", nil, nil); e.Near != nil {
			t.Errorf("of one that was answered: %v", e.Near)
		}
	})
}

// refuser says 404 to everything.
func refuser(t *testing.T, name string) *testBackend { return backend(t, name, answers(404, "")) }
