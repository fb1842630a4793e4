package proxy

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const indexPage = "<!doctype html><title>app</title>"

// frontEnd answers as Vite's server does: its own files, the page for whatever
// takes HTML, and 204 to every preflight. tag is the ETag of the page.
func frontEnd(tag string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		accept := r.Header.Get("Accept")
		switch {
		case r.Method == http.MethodOptions:
			w.WriteHeader(204)
		case r.URL.Path == "/src/main.js":
			w.Header().Set("Content-Type", "text/javascript")
			io.WriteString(w, "export {}")
		case r.Method != "GET" && r.Method != "HEAD", !strings.Contains(accept, "text/html") && !strings.Contains(accept, "*/*"):
			w.WriteHeader(404)
		case tag != "" && r.Header.Get("If-None-Match") == tag:
			w.WriteHeader(304)
		default:
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Set-Cookie", "who=web")
			io.WriteString(w, indexPage)
		}
	}
}

// tagged adds an ETag to every answer that has none.
func tagged(tag string, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Etag", tag)
		h(w, r)
	}
}

// application knows /api/users, with a preflight, and /docs.
func application(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Api", "1")
	switch r.Method + " " + r.URL.Path {
	case "GET /api/users", "HEAD /api/users", "POST /api/users":
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `["ann"]`)
	case "OPTIONS /api/users":
		w.Header().Set("Access-Control-Allow-Origin", "x")
	default:
		w.WriteHeader(404)
	}
}

// seenBy is what a backend was asked for, without the probes.
func seenBy(b *testBackend) []string {
	var list []string
	for _, s := range b.requests() {
		if !strings.Contains(s, "__devgate_probe_") {
			list = append(list, s)
		}
	}
	return list
}

// G6: a front end that answers everything works before and after the other
// backends.
func TestFrontEndInBothOrders(t *testing.T) {
	for _, order := range []string{"web, api", "api, web"} {
		t.Run(order, func(t *testing.T) {
			web, api := backend(t, "web", tagged(`"v1"`, frontEnd(`"v1"`))), backend(t, "api", application)
			web.probed, api.probed = true, true
			chain := []*testBackend{web, api}
			if order == "api, web" {
				chain = []*testBackend{api, web}
			}
			g := gateway(t, Config{}, chain...)
			preflight := []string{"Origin", "http://x", "Access-Control-Request-Method", "POST"}
			for _, c := range []struct {
				method, target string
				header         []string
				want, body     string
			}{
				{"GET", "/", navigation, "web", indexPage},
				{"GET", "/api/users", []string{"Accept", "*/*"}, "api", `["ann"]`},
				{"GET", "/api/users", navigation, "api", `["ann"]`},
				{"GET", "/api/users", []string{"Accept", "*/*", "If-None-Match", `"v1"`}, "api", `["ann"]`},
				{"HEAD", "/api/users", []string{"Accept", "*/*"}, "api", ""},
				{"POST", "/api/users", nil, "api", `["ann"]`},
				{"OPTIONS", "/api/users", preflight, "api", ""},
				{"OPTIONS", "/elsewhere", preflight, "web", ""},
				{"GET", "/users/42", navigation, "web", indexPage},
				{"GET", "/about.html", navigation, "web", indexPage},
				{"GET", "/src/main.js", []string{"Accept", "*/*"}, "web", "export {}"},
			} {
				got := g.do(g.request(c.method, c.target, nil, c.header...))
				if b := got.header.Get("X-Devgate-Backend"); b != c.want || got.body != c.body || got.err != nil {
					t.Errorf("%s %s %q: %s said %d %q (%s)", c.method, c.target, c.header, b, got.status, got.body, got.header.Get("X-Devgate-Tried"))
				}
				if c.want == "api" && got.header.Get("Set-Cookie") != "" || c.want == "web" && got.header.Get("X-Api") != "" {
					t.Errorf("%s %s: %v of the other backend leaks", c.method, c.target, got.header)
				}
			}
			if order == "web, api" {
				if got := strings.Join(seenBy(api), " "); strings.Contains(got, "main.js") || strings.Contains(got, "about") || strings.Contains(got, "GET / ") {
					t.Errorf("api was asked for what is web's own: %s", got)
				}
				eventually(t, "it is said", func() bool {
					return strings.Contains(g.logs.String(), "web answers paths that it does not know with a page")
				})
			}
			if strings.Count(g.logs.String(), "answers paths") > 1 || strings.Contains(g.logs.String(), "api answers") {
				t.Error(g.logs)
			}
		})
	}
}

// G6: what is held gives way to a file of the static folder, and to the 404 of
// a final backend, and is nobody's when spa is off.
func TestHeldPageGivesWay(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "logo.svg"), []byte("<svg/>"), 0o600); err != nil {
		t.Fatal(err)
	}
	final := backend(t, "final", answers(404, "no such user"))
	final.Paths, final.Final = []string{"/api/*"}, true
	for _, c := range []struct {
		spa           SPA
		target, want  string
		tried, behind string
	}{
		{Auto, "/logo.svg", "static", "web=200, second=200, static=200", ""},
		{Auto, "/api/users/9", "final", "web=200, second=200, final=404", ""},
		{Auto, "/deep", "web", "web=200, second=200", indexPage},
		{On, "/deep", "web", "web=200, second=200", indexPage},
		{Off, "/logo.svg", "web", "web=200", indexPage},
	} {
		t.Run(fmt.Sprint(c.spa, c.target), func(t *testing.T) {
			web, second := backend(t, "web", frontEnd("")), backend(t, "second", frontEnd(""))
			web.probed, web.SPA = true, c.spa
			second.probed, second.SPA = true, c.spa
			g := gateway(t, Config{Static: folder}, web, second, final)
			got := g.get(c.target, "Accept", "*/*")
			if got.header.Get("X-Devgate-Backend") != c.want || got.header.Get("X-Devgate-Tried") != c.tried || c.behind != "" && got.body != c.behind {
				t.Errorf("%+v", got)
			}
			if probes := len(web.requests()) - len(seenBy(web)); (probes > 0) != (c.spa == Auto) {
				t.Errorf("%d probes", probes)
			}
		})
	}
}

// G6: the first request for which it matters is judged as all later ones, though
// the probe has not been answered yet; a probe that stays unanswered holds it up
// for two seconds at most.
func TestFirstRequestWaitsForTheProbe(t *testing.T) {
	release, asked := make(chan struct{}), make(chan struct{}, 2)
	web := backend(t, "web", func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "probe") {
			asked <- struct{}{}
			select {
			case <-release:
			case <-r.Context().Done():
			}
		}
		frontEnd("")(w, r)
	})
	web.probed = true
	g := gateway(t, Config{}, web, backend(t, "api", application))
	done := make(chan answer)
	go func() { done <- g.get("/api/users", "Accept", "*/*") }()
	<-asked
	if got := g.get("/src/main.js"); got.body != "export {}" {
		t.Errorf("what needs no probe waits for it: %+v", got)
	}
	close(release)
	if got := <-done; got.body != `["ann"]` {
		t.Errorf("%+v", got)
	}
}

// G6: a probe without an answer holds a page up for two seconds, not longer; then
// the page is used, as nothing is known against it.
func TestAProbeIsWaitedForSoLong(t *testing.T) {
	web := backend(t, "web", func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "probe") {
			<-r.Context().Done()
			return
		}
		frontEnd("")(w, r)
	})
	web.probed = true
	g := gateway(t, Config{}, web, backend(t, "api", application))
	if g.probing != 2*time.Second {
		t.Errorf("%s", g.probing)
	}
	g.probing = 50 * time.Millisecond
	began := time.Now()
	got := g.get("/api/users", "Accept", "*/*")
	if took := time.Since(began); got.header.Get("X-Devgate-Backend") != "web" || took < g.probing { // the probe itself would take for ever
		t.Errorf("%+v after %s", got, took)
	}
}

// G6: what a probe found out is forgotten when the backend restarts, and asked
// again; an answer that decides nothing is no result.
func TestProbeDiesWithTheProcess(t *testing.T) {
	var mode atomic.Value
	mode.Store("fails")
	web := backend(t, "web", func(w http.ResponseWriter, r *http.Request) {
		switch mode.Load() {
		case "fails":
			w.WriteHeader(503)
		case "page":
			frontEnd("")(w, r)
		default:
			if strings.Contains(r.URL.Path, "probe") {
				w.WriteHeader(404)
				return
			}
			frontEnd("")(w, r)
		}
	})
	web.probed = true
	g := gateway(t, Config{}, web, backend(t, "api", application))
	c := g.chain.Load().candidates[0]
	ended := func() probeResult {
		p := c.up.endpoint().pages.probe(c.Name, c.Paths)
		<-p.done
		return p.result
	}
	if r := ended(); r != undecided {
		t.Errorf("a server that fails: %v", r)
	}
	for _, m := range []struct{ mode, backend string }{{"page", "api"}, {"knows", "web"}, {"page", "api"}} {
		mode.Store(m.mode)
		g.SetState("web", State{Phase: Waiting})
		g.SetState("web", State{Phase: Ready})
		if got := g.get("/api/users", "Accept", "*/*"); got.header.Get("X-Devgate-Backend") != m.backend {
			t.Errorf("%s: %+v", m.mode, got)
		}
	}
}

// G6: a held answer stays with its backend: a long one is not taken into
// memory, and one that is not used costs neither a goroutine nor a connection
// that hangs.
func TestHeldPageIsBounded(t *testing.T) {
	const size = 32 << 20
	var sent atomic.Int64
	web := rawBackend(t, "web", func(nc net.Conn, br *bufio.Reader) {
		if _, err := http.ReadRequest(br); err != nil {
			return
		}
		fmt.Fprintf(nc, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n", size)
		chunk := make([]byte, 64<<10)
		for n := 0; n < size; n += len(chunk) { // an earlier connection may still be counted
			written, err := nc.Write(chunk)
			if sent.Add(int64(written)); err != nil {
				return
			}
		}
	})
	web.probed, web.SPA = true, On
	release := make(chan int)
	api := backend(t, "api", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(<-release) })
	g := gateway(t, Config{}, web, api)
	for _, status := range []int{200, 404} {
		sent.Store(0)
		done := make(chan answer)
		go func() { done <- g.get("/deep") }()
		eventually(t, "api is asked", func() bool { return len(api.requests()) > 0 && sent.Load() > 0 })
		release <- status
		got := <-done
		if status == 200 && got.header.Get("X-Devgate-Backend") != "api" || status == 404 && len(got.body) != size {
			t.Errorf("%d: %d bytes of %v", got.status, len(got.body), got.header)
		}
		if status == 200 && sent.Load() >= size {
			t.Error("the page was taken in whole")
		}
	}
}

// The path of a probe is one that the backend would be asked for.
func TestUnknownPath(t *testing.T) {
	for _, paths := range [][]string{nil, {"/app/*"}, {"/x", "/a/*/b"}} {
		p, ok := unknownPath(paths)
		c := candidate{}
		for _, s := range paths {
			c.patterns = append(c.patterns, compilePattern(s))
		}
		if !ok || !c.matches(p) || !strings.Contains(p, "__devgate_probe_") {
			t.Errorf("%q: %q", paths, p)
		}
	}
	if p, ok := unknownPath([]string{"/exact"}); ok {
		t.Errorf("%q", p)
	}
}

// G6: Vite's 304 does not repeat the tag. A route that is new in a later
// backend is found all the same, though the browser has the page from before.
func TestAPageThatIsRevalidatedGivesWayToANewRoute(t *testing.T) {
	const tag = `W/"page"`
	front := frontEnd(tag)
	web := backend(t, "web", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") != tag {
			w.Header().Set("Etag", tag)
		}
		front(w, r)
	})
	web.probed = true
	var routed atomic.Bool
	api := backend(t, "api", func(w http.ResponseWriter, r *http.Request) {
		if !routed.Load() {
			w.WriteHeader(404)
			return
		}
		io.WriteString(w, "new")
	})
	g := gateway(t, Config{}, web, api)
	if got := g.get("/api/new", "Accept", "*/*"); got.body != indexPage || got.header.Get("Etag") != tag {
		t.Fatalf("before: %+v", got)
	}
	if got := g.get("/api/new", "Accept", "*/*", "If-None-Match", tag); got.status != 304 {
		t.Errorf("nobody has it: %+v", got)
	}
	routed.Store(true)
	if got := g.get("/api/new", "Accept", "*/*", "If-None-Match", tag); got.status != 200 || got.body != "new" {
		t.Errorf("after: %+v", got)
	}
}
