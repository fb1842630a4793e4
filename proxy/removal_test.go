package proxy

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"devgate/internal/testport"
)

// G4: a request that waits for a backend which the new configuration does not
// have goes on by that one, as if it had begun now: nobody is asked twice, and
// nobody who comes later in the new order is asked too early.
func TestHeldRequestsGoOnByTheNewConfiguration(t *testing.T) {
	// 2xx is no answer to an upgrade.
	for how, status := range map[string]int{"GET": 200, "POST": 200, "Upgrade": 302} {
		t.Run(how, func(t *testing.T) {
			web := backend(t, "web", answers(404, "no"))
			last := backend(t, "last", answers(200, "wrong"))
			renamed := rawBackend(t, "renamed", func(nc net.Conn, br *bufio.Reader) {
				r, err := http.ReadRequest(br)
				if err != nil {
					return
				}
				body, _ := io.ReadAll(r.Body)
				text := hash(string(body))
				fmt.Fprintf(nc, "HTTP/1.1 %d Status\r\nContent-Length: %d\r\n\r\n%s", status, len(text), text)
			})
			g := gateway(t, Config{}, web, backend(t, "api", answers(200, "api")), last)
			g.SetState("api", State{Phase: Waiting, Reason: "building"})
			body := map[string]string{"POST": payload(100_000)}[how]
			r := g.request("GET", "/x", nil)
			switch how {
			case "POST":
				r = g.request("POST", "/x", strings.NewReader(body))
			case "Upgrade":
				r = g.request("GET", "/x", nil, "Connection", "Upgrade", "Upgrade", "websocket")
			}
			done := make(chan answer)
			go func() { done <- g.do(r) }()
			eventually(t, "web has refused", func() bool { return len(web.requests()) == 1 })
			g.reconfigure(func(c *Config) {
				renamed.SPA = Off
				c.Backends[1] = renamed.Backend
			})
			g.SetState("renamed", State{Phase: Ready})
			got := <-done
			if got.status != status || got.body != hash(body) || len(last.requests()) > 0 || len(web.requests()) != 1 {
				t.Errorf("%+v, last saw %q, web %q", got, last.requests(), web.requests())
			}
		})
	}
	t.Run("one that names it by its host", func(t *testing.T) {
		g := gateway(t, Config{}, backend(t, "web", answers(200, "web")), backend(t, "api", answers(200, "api")))
		g.SetState("api", State{Phase: Waiting})
		done := make(chan answer)
		go func() { done <- g.get("/", "Host", "api.localhost") }()
		eventually(t, "it is held", func() bool { return g.requests.count() == 1 })
		g.reconfigure(func(c *Config) { c.Backends = c.Backends[:1] })
		if got := <-done; got.body != "web" {
			t.Errorf("%+v", got)
		}
	})
}

// A backend that is removed is drained and interrupted as on a restart, by its
// name, and its connections are closed.
func TestRemovedBackend(t *testing.T) {
	t.Parallel()
	b, release := slowBackend(t, "b")
	gone := time.Now()
	g := gateway(t, Config{}, b, backend(t, "a", answers(200, "a")))
	nc := g.dial()
	io.WriteString(nc, "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
	stream := bufio.NewReader(nc)
	readTo(t, stream, "data: up\n")
	_, tunnel, _ := g.upgrade("/socket", "", "")
	slow := make(chan answer)
	go func() { slow <- g.get("/slow") }()
	eventually(t, "all three run", func() bool { return len(b.requests()) == 3 })
	g.get("/idle")
	if n := b.open.Load(); n != 4 {
		t.Errorf("%d connections, one of them idle", n)
	}
	g.reconfigure(func(c *Config) { c.Backends = c.Backends[1:] })
	eventually(t, "the idle connection is closed", func() bool { return b.open.Load() == 3 })
	if got := g.get("/"); got.body != "a" {
		t.Errorf("%+v", got)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if g.Drain(ctx, "b"); ctx.Err() == nil {
		t.Error("Drain does not wait for what runs on it")
	}
	close(release)
	if got := <-slow; got.status != 200 || got.header.Get("X-Devgate-Backend") != "b" {
		t.Errorf("the running request: %+v", got)
	}
	g.Drain(t.Context(), "b")
	for name, br := range map[string]*bufio.Reader{"stream": stream, "tunnel": tunnel} {
		if _, err := io.Copy(io.Discard, br); err != nil && !isReset(err) && err != io.ErrUnexpectedEOF {
			t.Errorf("%s: %v", name, err)
		}
	}
	eventually(t, "all connections are closed", func() bool { return b.open.Load() == 0 })
	if took := time.Since(gone); took < goodbye {
		t.Errorf("cut after %s", took)
	}
}

// A request that an interrupt ends on a removed backend goes on by the new
// configuration if it is safe; else it is told.
func TestInterruptOfARemovedBackend(t *testing.T) {
	for method, want := range map[string]string{"GET": "200 a", "POST": "502"} {
		t.Run(method, func(t *testing.T) {
			var up *upstream
			var was Backend
			var g *testGateway
			got := interrupted(t, method, func(gw *testGateway, b Backend) {
				g, was, up = gw, b, gw.chain.Load().find("b").up
				g.reconfigure(func(c *Config) { c.Backends = c.Backends[1:] })
			})
			if !strings.HasPrefix(got, want) {
				t.Errorf("%q, want %q", got, want)
			}
			g.reconfigure(func(c *Config) { c.Backends = append(c.Backends, was) })
			if s := up.look(); s.Phase != Waiting || g.chain.Load().find("b").up != up {
				t.Errorf("when it is back it is %v", s.Phase)
			}
		})
	}
}

// What lasts on a url backend that moves is cut, as nobody will announce an
// end of its process.
func TestReconfigureEndsWhatLastsOnARemote(t *testing.T) {
	t.Parallel()
	b := rawBackend(t, "r", func(nc net.Conn, br *bufio.Reader) {
		http.ReadRequest(br)
		io.WriteString(nc, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: up\n\n")
		io.Copy(io.Discard, br)
	})
	g := gateway(t, Config{Backends: []Backend{{Name: "r", URL: serverURL(b.Port), Remote: true, SPA: Off}}})
	nc := g.dial()
	io.WriteString(nc, "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")
	br := bufio.NewReader(nc)
	readTo(t, br, "data: up\n")
	began := time.Now()
	g.reconfigure(func(c *Config) { c.Backends[0].URL = serverURL(testport.One(t)) })
	if _, err := io.Copy(io.Discard, br); err != nil && !isReset(err) || time.Since(began) < goodbye {
		t.Errorf("cut after %s, %v", time.Since(began), err)
	}
}

// For a backend that is no longer configured nobody waits, whatever is said of it.
func TestARemovedBackendIsNotWaitedFor(t *testing.T) {
	release := make(chan struct{})
	gate := backend(t, "gate", func(w http.ResponseWriter, r *http.Request) { <-release; w.WriteHeader(404) })
	g := gateway(t, Config{}, gate, backend(t, "b", answers(200, "b")), backend(t, "c", answers(200, "c")))
	done := make(chan answer)
	go func() { done <- g.get("/") }()
	eventually(t, "it is asked", func() bool { return len(gate.requests()) == 1 })
	g.reconfigure(func(c *Config) { c.Backends = slices.Delete(c.Backends, 1, 2) })
	g.SetState("b", State{Phase: Waiting, Reason: "stopping"})
	close(release)
	if got := <-done; got.body != "c" || got.header.Get("X-Devgate-Tried") != "gate=404, b=absent, c=200" {
		t.Errorf("%+v", got)
	}
}
