package proxy

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"devgate/internal/testport"
	"devgate/proxy/ingress"
)

// reconfigure changes a copy of the gateway's configuration and puts it in place.
func (g *testGateway) reconfigure(change func(*Config)) {
	g.t.Helper()
	cfg := g.chain.Load().Config
	cfg.Backends = slices.Clone(cfg.Backends)
	change(&cfg)
	if err := g.Reconfigure(cfg); err != nil {
		g.t.Fatal(err)
	}
}

// A new configuration counts for requests that begin after it; one that is
// running ends by the old.
func TestReconfigureCountsForNewRequests(t *testing.T) {
	public := t.TempDir()
	os.WriteFile(filepath.Join(public, "x"), []byte("file"), 0o644)
	cases := map[string]struct {
		change   func(c *Config, moved int)
		header   []string // of both requests
		old, new string   // what they are answered
	}{
		"a backend is removed": {func(c *Config, _ int) { c.Backends = c.Backends[:1] }, nil, "200 second", "404 gate"},
		"a backend is added": {func(c *Config, port int) {
			c.Backends = slices.Insert(c.Backends, 1, Backend{Name: "new", URL: serverURL(port), Remote: true, SPA: Off})
		}, nil, "200 second", "200 moved"},
		"the order":   {func(c *Config, _ int) { slices.Reverse(c.Backends) }, nil, "200 second", "200 second"},
		"paths":       {func(c *Config, _ int) { c.Backends[1].Paths = []string{"/other"} }, nil, "200 second", "404 gate"},
		"final":       {func(c *Config, _ int) { c.Backends[0].Final = true }, nil, "200 second", "404 gate"},
		"fallthrough": {func(c *Config, _ int) { c.Backends[0].Fallthrough = []int{500} }, nil, "200 second", "404 gate"},
		"spa":         {func(c *Config, _ int) { c.Backends[1].SPA, c.Static = On, public }, nil, "200 second", "200 file"},
		"not_found": {func(c *Config, _ int) {
			c.NotFound = Pass
			c.Backends[1].Fallthrough = []int{200}
		}, navigation, "200 second", "404 gate"},
		"static": {func(c *Config, _ int) {
			c.Static = public
			c.Backends[1].Fallthrough = []int{200}
		}, nil, "200 second", "200 file"},
		"hosts": {func(c *Config, _ int) { c.Hosts = nil }, []string{"Host", "shop.test"}, "200 second", "403"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			release := make(chan struct{})
			gate := backend(t, "gate", func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("X-Wait") != "" {
					<-release
				}
				w.WriteHeader(404)
				io.WriteString(w, "gate")
			})
			second := backend(t, "second", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				io.WriteString(w, "second")
			})
			g := gateway(t, Config{Hosts: []string{"shop.test"}}, gate, second)
			running := make(chan answer)
			go func() { running <- g.get("/x", append(tc.header, "X-Wait", "yes")...) }()
			eventually(t, "it is asked", func() bool { return len(gate.requests()) == 1 })
			g.reconfigure(func(c *Config) { tc.change(c, backend(t, "moved", answers(200, "moved")).Port) })
			if got := said(g.get("/x", tc.header...)); !strings.HasPrefix(got, tc.new) {
				t.Errorf("a new request: %q, want %q", got, tc.new)
			}
			close(release)
			if got := said(<-running); got != tc.old {
				t.Errorf("the running one: %q, want %q", got, tc.old)
			}
		})
	}
	t.Run("hold", func(t *testing.T) {
		g := gateway(t, Config{Hold: time.Millisecond}, backend(t, "a", answers(200, "a")))
		g.SetState("a", State{Phase: Waiting})
		g.reconfigure(func(c *Config) { c.Hold = time.Minute })
		done := make(chan answer)
		go func() { done <- g.get("/") }()
		eventually(t, "it is held", func() bool { return g.requests.count() == 1 })
		g.SetState("a", State{Phase: Ready})
		if got := <-done; got.status != 200 {
			t.Errorf("%+v", got)
		}
	})
	t.Run("speculate", func(t *testing.T) {
		l := newLadder(t, false)
		l.reconfigure(func(c *Config) { c.Speculate = true })
		l.get("/x")
		if got := l.get("/x").header.Get("X-Devgate-Tried"); !strings.HasSuffix(got, "learned") {
			t.Errorf("on: %s", got)
		}
		l.reconfigure(func(c *Config) { c.Speculate = false })
		l.get("/x")
		if got := l.get("/x").header.Get("X-Devgate-Tried"); strings.HasSuffix(got, "learned") {
			t.Errorf("off: %s", got)
		}
	})
}

func said(a answer) string { return fmt.Sprint(a.status, " ", a.body) }

// What is unchanged of a backend survives: its state, its connections, what
// its probe found out. What has moved begins anew.
func TestReconfigureKeepsWhatIsUnchanged(t *testing.T) {
	a, conns := countingBackend(t, "a", answers(404, ""))
	b := backend(t, "b", answers(200, "b"))
	g := gateway(t, Config{}, a, b)
	g.get("/")
	at := g.chain.Load().find("a").up.endpoint()
	g.SetState("b", State{Phase: Down, Reason: "exited with status 3"})
	g.reconfigure(func(c *Config) {
		slices.Reverse(c.Backends)
		c.Backends[1].Paths, c.Backends[1].Fallthrough = []string{"/*"}, []int{404, 405}
	})
	if g.chain.Load().find("a").up.endpoint() != at {
		t.Error("a began anew")
	}
	if got := g.get("/"); got.status != 502 || !strings.Contains(got.body, "exited with status 3") {
		t.Errorf("b has lost its state: %+v", got)
	}
	g.SetState("b", State{Phase: Ready})
	g.reconfigure(func(c *Config) { slices.Reverse(c.Backends) })
	if got := g.get("/"); got.body != "b" || conns.Load() != 1 {
		t.Errorf("%+v over %d connections", got, conns.Load())
	}
	g.reconfigure(func(c *Config) { c.Backends[1].Port = testport.One(t) })
	if s := g.chain.Load().find("b").up.look(); s.Phase != Waiting {
		t.Errorf("what has moved is %v", s.Phase)
	}
	err := g.Reconfigure(Config{Backends: []Backend{a.Backend, {Name: "A", Port: 1}}})
	if err == nil || len(g.chain.Load().candidates) != 2 {
		t.Errorf("two backends of one name: %v", err)
	}
}

// What was learned of a backend ends with a configuration that moves it: who
// answers unknown paths, who owns which socket. Of others it stays.
func TestReconfigureForgets(t *testing.T) {
	page, strict := frontEnds(t)
	g := gateway(t, Config{}, page, backend(t, "api", application))
	if got := g.get("/api/users", "Accept", "*/*"); got.header.Get("X-Devgate-Backend") != "api" {
		t.Fatalf("%+v", got)
	}
	g.get("/@vite/client", "Accept", "text/html")
	if name := g.hmr.owner(http.Header{"Sec-Websocket-Protocol": {"vite-hmr"}}); name != "web" {
		t.Fatalf("the client's owner is %q", name)
	}
	g.sockets.remember("/s ", "api", g.sockets.generation.Load())
	g.reconfigure(func(c *Config) { c.Backends[1].Final = true })
	if g.sockets.owner("/s ") != "" {
		t.Error("the owner of a socket is remembered")
	}
	if g.hmr.owner(http.Header{"Sec-Websocket-Protocol": {"vite-hmr"}}) != "web" {
		t.Error("the owner of Vite's client is forgotten, though it has not moved")
	}
	g.reconfigure(func(c *Config) { c.Backends[0].Port = strict.Port })
	g.SetState("web", State{Phase: Ready})
	if got := g.get("/api/users", "Accept", "*/*"); got.header.Get("X-Devgate-Backend") != "web" {
		t.Errorf("the old probe counts: %+v", got)
	}
	if name := g.hmr.owner(http.Header{"Sec-Websocket-Protocol": {"vite-hmr"}}); name != "" {
		t.Errorf("%q still owns Vite's client", name)
	}
}

// G6: a probe is made for the paths of a configuration; with others there is
// another. spa takes effect at once.
func TestReconfigureProbesForOtherPaths(t *testing.T) {
	web := backend(t, "web", func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/app/") {
			w.WriteHeader(404)
			return
		}
		frontEnd("")(w, r)
	})
	web.probed = true
	g := gateway(t, Config{}, web, backend(t, "api", answers(200, "api")))
	for i, paths := range [][]string{nil, {"/app/*"}, nil} {
		g.reconfigure(func(c *Config) { c.Backends[0].Paths = paths })
		want := []string{"web", "api", "web"}[i]
		if got := g.get("/app/users", "Accept", "*/*"); got.header.Get("X-Devgate-Backend") != want {
			t.Errorf("%q: %+v", paths, got)
		}
	}
	g.reconfigure(func(c *Config) { c.Backends[0].SPA = On })
	if got := g.get("/app/users", "Accept", "*/*"); got.body != "api" {
		t.Errorf("spa = true: %+v", got)
	}
}

// G10: how long a backend takes to refuse is not known of one that has moved.
func TestReconfigureForgetsThePace(t *testing.T) {
	g := gateway(t, Config{}, backend(t, "a", answers(404, "")))
	up := g.chain.Load().find("a").up
	up.pace.add(time.Hour)
	g.reconfigure(func(c *Config) { c.Backends[0].Port = testport.One(t) })
	if d := up.pace.usual(); d != 0 {
		t.Error(d)
	}
	if up.pace.add(time.Second); up.pace.usual() != time.Second {
		t.Errorf("%s, of one refusal that took a second", up.pace.usual())
	}
}

// G14: a gateway that other machines reach keeps accepting its own names.
func TestReconfigureKeepsTheMachinesNames(t *testing.T) {
	g := New(Config{})
	if err := g.Listen("0.0.0.0", 0); err != nil {
		t.Fatal(err)
	}
	defer ingress.Close(g.listeners)
	if err := g.Reconfigure(Config{}); err != nil {
		t.Fatal(err)
	}
	name, err := os.Hostname()
	if err != nil || !g.chain.Load().hosts.Allowed(name) {
		t.Errorf("%q is refused, %v", name, err)
	}
}

// A url backend is Ready from the beginning, wherever it moves.
func TestReconfigureMovesARemote(t *testing.T) {
	first, second := backend(t, "r", answers(200, "first")), backend(t, "r", answers(200, "second"))
	remote := func(b *testBackend) Backend {
		return Backend{Name: "r", URL: serverURL(b.Port), Remote: true, SPA: Off}
	}
	g := gateway(t, Config{Backends: []Backend{remote(first)}})
	for range 3 {
		g.reconfigure(func(c *Config) { c.Backends = []Backend{remote(second)} })
		if got := g.get("/"); got.body != "second" {
			t.Errorf("%+v", got)
		}
		g.reconfigure(func(c *Config) { c.Backends = nil })
		if got := g.get("/"); got.status != 404 {
			t.Errorf("removed: %+v", got)
		}
		g.reconfigure(func(c *Config) { c.Backends = []Backend{remote(first)} })
		if got := g.get("/"); got.body != "first" {
			t.Errorf("%+v", got)
		}
	}
}
