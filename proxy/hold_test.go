package proxy

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"devgate/internal/testport"
	"devgate/proxy/wire"
)

var navigation = []string{"Sec-Fetch-Mode", "navigate", "Accept", "text/html"}

// G4: a request for a backend that is not ready waits, and never falls through.
func TestHold(t *testing.T) {
	t.Run("a request waits until the backend is ready", func(t *testing.T) {
		a, b := backend(t, "a", hashes(200)), backend(t, "b", answers(200, "wrong"))
		g := gateway(t, Config{}, a, b)
		g.SetState("a", State{Phase: Waiting})
		done := make(chan answer)
		go func() { done <- g.post("/", "body") }()
		eventually(t, "the request is held", func() bool { return g.requests.count() == 1 })
		g.SetState("a", State{Phase: Ready})
		if got := <-done; !strings.HasPrefix(got.body, hash("body")) || len(b.requests()) > 0 {
			t.Errorf("%+v, b saw %q", got, b.requests())
		}
	})
	t.Run("those that waited are counted, until it leaves again", func(t *testing.T) {
		g := gateway(t, Config{}, backend(t, "a", answers(200, "a")))
		for _, waiters := range []int{2, 0, 1} {
			g.SetState("a", State{Phase: Waiting})
			answered := make(chan answer, waiters)
			for range waiters {
				go func() { answered <- g.get("/") }()
			}
			eventually(t, "they wait", func() bool { return g.Held("a") == waiters })
			g.SetState("a", State{Phase: Waiting, Reason: "starting"}) // another state, the same wait
			g.SetState("a", State{Phase: Ready})
			for range waiters {
				<-answered
			}
			g.get("/")
			if got := g.Held("a"); got != waiters {
				t.Errorf("%d were held, want %d", got, waiters)
			}
		}
	})
	t.Run("a program is told after hold", func(t *testing.T) {
		g := gateway(t, Config{Hold: 30 * time.Millisecond}, backend(t, "a", answers(200, "")))
		g.SetState("a", State{Phase: Waiting, Reason: "building"})
		got := g.get("/x")
		var p problem
		if err := json.Unmarshal([]byte(got.body), &p); err != nil {
			t.Fatal(err)
		}
		want := problem{
			Type: "urn:devgate:starting", Title: "a is not ready yet", Status: 503, Detail: "building", Backend: "a",
			Cascade: []Attempt{{"a", 0, p.Cascade[0].Duration, p.Cascade[0].Note}},
		}
		if note := p.Cascade[0].Note; !strings.HasPrefix(note, "starting; held ") || !strings.HasSuffix(note, "ms: building") {
			t.Errorf("note %q", note)
		}
		if fmt.Sprint(p) != fmt.Sprint(want) || got.status != 503 || got.header.Get("Retry-After") != "1" ||
			got.header.Get("Cache-Control") != "no-store" || got.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%+v\n%+v", got, p)
		}
	})
	t.Run("a person sees a page that reloads itself", func(t *testing.T) {
		tail := func(string) []string { return []string{"compiling <main>"} }
		g := gateway(t, Config{Hold: 30 * time.Millisecond, Tail: tail}, backend(t, "a", answers(200, "")))
		g.SetState("a", State{Phase: Waiting})
		got := g.get("/x", navigation...)
		for _, part := range []string{"<h1>a is not ready yet", `/__devgate/state`, "compiling &lt;main&gt;", `http-equiv="refresh"`} {
			if got.status != 503 || !strings.Contains(got.body, part) {
				t.Errorf("%d, no %q in %s", got.status, part, got.body)
			}
		}
	})
	t.Run("a navigation waits one second, not longer, unless it sends a form", func(t *testing.T) {
		ch := &chain{Config: Config{Hold: time.Minute}}
		navigates := headers("Sec-Fetch-Mode: navigate")
		for want, req := range map[time.Duration][]*wire.Request{
			time.Minute: {{Method: "GET"}, {Method: "POST"}, {Method: "POST", Header: navigates}},
			time.Second: {{Method: "GET", Header: navigates}, {Method: "HEAD", Header: navigates}},
		} {
			for _, r := range req {
				if d := ch.holdFor(r); d != want {
					t.Errorf("%s %v: %s", r.Method, r.Header, d)
				}
			}
		}
	})
	t.Run("a form that is sent while the backend starts is not lost", func(t *testing.T) {
		g := gateway(t, Config{}, backend(t, "a", hashes(200)))
		g.SetState("a", State{Phase: Waiting})
		done := make(chan answer)
		go func() { done <- g.post("/", "name=ann", navigation...) }()
		eventually(t, "the form is held", func() bool { return g.requests.count() == 1 })
		<-time.After(navigationHold + 200*time.Millisecond)
		g.SetState("a", State{Phase: Ready})
		if got := <-done; got.status != 200 || !strings.HasPrefix(got.body, hash("name=ann")) {
			t.Errorf("%+v", got)
		}
	})
	t.Run("a client that leaves is not waited for", func(t *testing.T) {
		g := gateway(t, Config{}, backend(t, "a", answers(200, "")))
		g.SetState("a", State{Phase: Waiting})
		nc := g.dial()
		io.WriteString(nc, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
		eventually(t, "the request is held", func() bool { return g.requests.count() == 1 })
		nc.Close()
		eventually(t, "the request ends", func() bool { return g.requests.count() == 0 })
	})
	for name, framing := range map[string]string{
		"a length": "Content-Length: 4\r\n\r\nbody", "chunks": "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
		"half a body": "Content-Length: 99\r\n\r\nbody",
	} {
		t.Run("nor one that leaves behind a body with "+name, func(t *testing.T) {
			b := backend(t, "a", answers(200, ""))
			g := gateway(t, Config{}, b)
			g.SetState("a", State{Phase: Waiting})
			nc := g.dial()
			io.WriteString(nc, "POST / HTTP/1.1\r\nHost: localhost\r\n"+framing)
			eventually(t, "the request is held", func() bool { return g.requests.count() == 1 })
			nc.Close()
			eventually(t, "the request ends", func() bool { return g.requests.count() == 0 })
			if len(b.requests()) > 0 {
				t.Errorf("%q", b.requests())
			}
		})
	}
	t.Run("the end of the gateway answers held requests", func(t *testing.T) {
		g := gateway(t, Config{}, backend(t, "a", answers(200, "")))
		g.SetState("a", State{Phase: Waiting})
		done := make(chan answer)
		go func() { done <- g.get("/") }()
		eventually(t, "the request is held", func() bool { return g.requests.count() == 1 })
		g.stop()
		if got := <-done; got.status != 503 {
			t.Errorf("%+v", got)
		}
	})
}

// G4: a crashed backend answers 502 with the reason, unless it is optional.
func TestDown(t *testing.T) {
	for _, optional := range []bool{false, true} {
		t.Run(fmt.Sprintf("optional %t", optional), func(t *testing.T) {
			a, b := backend(t, "a", answers(200, "")), backend(t, "b", answers(200, "b"))
			a.Optional = optional
			g := gateway(t, Config{Tail: func(string) []string { return []string{"panic: x"} }}, a, b)
			g.SetState("a", State{Phase: Down, Reason: "exited with status 1"})
			got := g.get("/")
			if optional && (got.body != "b" || got.header.Get("X-Devgate-Tried") != "a=down, b=200") {
				t.Errorf("%+v", got)
			}
			if !optional && (got.status != 502 || got.header.Get("X-Devgate-Error") != "crashed" ||
				!strings.Contains(got.body, "exited with status 1") || len(b.requests()) > 0) {
				t.Errorf("%+v", got)
			}
			if page := g.get("/", navigation...); !optional && !strings.Contains(page.body, "panic: x") {
				t.Errorf("no log in %s", page.body)
			}
		})
	}
	t.Run("what is absent is not asked and not mentioned", func(t *testing.T) {
		g := gateway(t, Config{}, backend(t, "a", answers(200, "")), backend(t, "b", answers(200, "b")))
		g.SetState("a", State{Phase: Absent})
		if got := g.get("/"); got.body != "b" || got.header.Get("X-Devgate-Tried") != "b=200" {
			t.Errorf("%+v", got)
		}
	})
}

// G4: where nobody listens nothing was sent, so the request may wait for the
// news that the backend is restarting.
func TestRefused(t *testing.T) {
	t.Parallel()
	t.Run("nobody knows why", func(t *testing.T) {
		port := testport.One(t)
		g := gateway(t, Config{}, &testBackend{Backend: Backend{Name: "a", Port: port}}, backend(t, "b", answers(200, "")))
		got := g.post("/", "x")
		if got.status != 502 || got.header.Get("X-Devgate-Error") != "refused" || !strings.Contains(got.body, fmt.Sprint("localhost:", port)) {
			t.Errorf("%+v", got)
		}
	})
	t.Run("a restart is noticed in time", func(t *testing.T) {
		port := testport.One(t)
		g := gateway(t, Config{}, &testBackend{Backend: Backend{Name: "a", Port: port}})
		done := make(chan answer)
		go func() { done <- g.post("/", "hello") }()
		eventually(t, "the request is here", func() bool { return g.requests.count() == 1 })
		g.SetState("a", State{Phase: Waiting})
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			t.Fatal(err)
		}
		srv := &http.Server{Handler: hashes(200)}
		go srv.Serve(l)
		defer srv.Close()
		g.SetState("a", State{Phase: Ready})
		if got := <-done; !strings.HasPrefix(got.body, hash("hello")) {
			t.Errorf("%+v", got)
		}
	})
}
