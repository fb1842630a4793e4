package proxy

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"devgate/internal/testport"
	"devgate/proxy/wire"
)

// process is a server that can be told to end, like one that devgate starts.
type process struct {
	port int
	kill func()
}

func startProcess(t testing.TB, h http.HandlerFunc) process {
	r := &restartable{addr: "127.0.0.1:0", h: h}
	r.start(t)
	return process{portOf("http://" + r.addr), r.kill}
}

// G4: a backend whose next process listens on another port is switched to it
// while requests run: none is lost, and the bodies are whole.
func TestSwitchUnderLoad(t *testing.T) {
	now := startProcess(t, owner("b"))
	g := gateway(t, Config{Speculate: true}, backend(t, "a", owner("a")), &testBackend{Backend: Backend{Name: "b", Port: now.port}})
	load := newTraffic(g, []string{"b"}, func(name string, got answer, body string) bool {
		return got.status == 200 && got.body == name+" "+hash(body)
	})
	defer load.stop()
	for range 20 {
		next := startProcess(t, owner("b"))
		g.SetState("b", State{Phase: Ready, Port: next.port})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		g.Drain(ctx, "b")
		if ctx.Err() != nil {
			t.Error("requests at the new port are waited for")
		}
		cancel()
		g.Interrupt("b")
		now.kill()
		now = next
		load.flow()
	}
	load.stop()
	now.kill()
}

// G4: after a switch, Drain and Interrupt are about the old process alone.
func TestSwitch(t *testing.T) {
	t.Parallel()
	old, release := slowBackend(t, "old")
	next, releaseNext := slowBackend(t, "new")
	defer close(releaseNext)
	g := gateway(t, Config{}, &testBackend{Backend: Backend{Name: "b", Port: old.Port}})
	_, oldTunnel, _ := g.upgrade("/socket", "", "")
	running := make(chan answer, 2)
	go func() { running <- g.get("/slow") }()
	eventually(t, "it runs", func() bool { return len(old.requests()) == 2 })
	g.SetState("b", State{Phase: Ready, Port: next.Port})
	if got := g.get("/"); got.body != "new" {
		t.Errorf("after the switch: %+v", got)
	}
	go func() { running <- g.get("/slow") }()
	eventually(t, "one runs at the new port", func() bool { return len(next.requests()) == 2 })
	nc, newTunnel, _ := g.upgrade("/socket", "", "")

	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	if g.Drain(ctx, "b"); ctx.Err() == nil {
		t.Error("Drain does not wait for what runs at the old port")
	}
	cancel()
	close(release)
	if got := <-running; got.body != "old" {
		t.Errorf("the running request: %+v", got)
	}
	ctx, cancel = context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if g.Drain(ctx, "b"); ctx.Err() != nil {
		t.Error("Drain waits for what runs at the new port")
	}
	g.Interrupt("b")
	if _, err := io.Copy(io.Discard, oldTunnel); err != nil && !isReset(err) {
		t.Errorf("the old tunnel: %v", err)
	}
	io.WriteString(nc, "still there\n")
	if line, err := newTunnel.ReadString('\n'); line != "still there\n" {
		t.Errorf("the new tunnel: %q, %v", line, err)
	}
	g.SetState("b", State{Phase: Waiting})
	g.SetState("b", State{Phase: Ready})
	if got := g.get("/"); got.body != "old" {
		t.Errorf("port 0 is the configured one: %+v", got)
	}
}

// slowBackend answers its name, at /slow when it is released, echoes at /socket,
// and says something at /events that has no end.
func slowBackend(t *testing.T, name string) (*testBackend, chan struct{}) {
	release := make(chan struct{})
	var b *testBackend
	b = rawBackend(t, name, func(nc net.Conn, br *bufio.Reader) {
		for {
			r, err := http.ReadRequest(br)
			if err != nil {
				return
			}
			b.record(r.URL.Path)
			switch r.URL.Path {
			case "/socket":
				io.WriteString(nc, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
				io.Copy(nc, br)
				return
			case "/events":
				io.WriteString(nc, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: up\n\n")
				io.Copy(io.Discard, br)
				return
			case "/slow":
				<-release
			}
			fmt.Fprintf(nc, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(name), name)
		}
	})
	return b, release
}

// G4: a safe request that the end of the old process breaks off is asked again
// of the new one, at its port; an unsafe one is not.
func TestSwitchAsksAgain(t *testing.T) {
	for method, want := range map[string]string{"GET": "200 new", "POST": "502"} {
		t.Run(method, func(t *testing.T) {
			next := startProcess(t, answers(200, "new"))
			defer next.kill()
			got := interrupted(t, method, func(g *testGateway, _ Backend) {
				g.SetState("b", State{Phase: Ready, Port: next.port})
			})
			if !strings.HasPrefix(got, want) {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}

// interrupted sends a request that the process of b is busy with when leave has
// it left, and it is told to end and does. It returns what the client gets. Behind
// b is a, which answers "a".
func interrupted(t *testing.T, method string, leave func(g *testGateway, b Backend)) string {
	t.Helper()
	var asked atomic.Int64
	old := startProcess(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		<-r.Context().Done()
	})
	b := &testBackend{Backend: Backend{Name: "b", Port: old.port}}
	g := gateway(t, Config{}, b, backend(t, "a", answers(200, "a")))
	g.notice = time.Millisecond
	done := make(chan answer)
	go func() { done <- g.do(g.request(method, "/", nil)) }()
	eventually(t, "it is asked", func() bool { return asked.Load() == 1 })
	leave(g, b.Backend)
	g.Interrupt("b")
	old.kill()
	got := <-done
	if asked.Load() != 1 {
		t.Errorf("the old process was asked %d times", asked.Load())
	}
	return said(got)
}

// frontEnds are two processes of one front end: one answers unknown paths with its
// page, the other says 404 to the probe.
func frontEnds(t *testing.T) (page, strict *testBackend) {
	page = backend(t, "web", frontEnd(""))
	page.probed = true
	return page, backend(t, "web", func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "probe") {
			w.WriteHeader(404)
			return
		}
		frontEnd("")(w, r)
	})
}

// G6, G7, G10, G11: what was found out about a process is not believed of the
// one at the next port.
func TestSwitchForgets(t *testing.T) {
	page, strict := frontEnds(t)
	g := gateway(t, Config{Speculate: true}, page, backend(t, "api", application))
	g.worth = -1
	for _, learned := range []bool{false, true} {
		if got := g.get("/api/users", "Accept", "application/json"); strings.HasSuffix(got.header.Get("X-Devgate-Tried"), "learned") != learned {
			t.Fatalf("%+v", got)
		}
	}
	if got := g.get("/api/users", "Accept", "*/*"); got.header.Get("X-Devgate-Backend") != "api" {
		t.Fatalf("%+v", got)
	}
	generation := g.sockets.generation.Load()
	g.sockets.remember("/s ", "api", generation)
	g.SetState("web", State{Phase: Ready, Port: strict.Port})
	if got := g.get("/api/users", "Accept", "application/json"); strings.HasSuffix(got.header.Get("X-Devgate-Tried"), "learned") {
		t.Errorf("what was learned counts: %+v", got)
	}
	if got := g.get("/api/users", "Accept", "*/*"); got.header.Get("X-Devgate-Backend") != "web" {
		t.Errorf("the old probe counts: %+v", got)
	}
	if g.sockets.remember("/s ", "api", generation); g.sockets.owner("/s ") != "" {
		t.Error("the owner of a socket is remembered, or found out by a request from before")
	}
	if lines := strings.Count(g.logs.String(), "answers paths that it does not know"); lines != 1 {
		t.Errorf("it is said %d times", lines)
	}
}

// G4, G11: idle connections to the old process are closed at once, so that it can
// end.
func TestSwitchClosesIdleConnections(t *testing.T) {
	old := rawBackend(t, "b", says(okAnswer))
	g := gateway(t, Config{}, old)
	at := g.chain.Load().find("b").up.endpoint()
	spy := &forgetting{Transport: at.transport}
	at.transport = spy
	g.get("/")
	g.SetState("b", State{Phase: Ready, Port: backend(t, "b", answers(200, "")).Port})
	if n := spy.times.Load(); n != 1 {
		t.Errorf("closed %d times when SetState returns", n)
	}
	eventually(t, "the old process sees it", func() bool { return old.open.Load() == 0 })
}

// forgetting counts how often idle connections are closed.
type forgetting struct {
	wire.Transport
	times atomic.Int64
}

func (f *forgetting) Forget() {
	f.times.Add(1)
	f.Transport.Forget()
}

// A port that the process chose is the one that errors speak of.
func TestSwitchNamesThePort(t *testing.T) {
	port := testport.One(t)
	g := gateway(t, Config{}, backend(t, "b", answers(200, "")))
	g.notice = 0
	g.SetState("b", State{Phase: Ready, Port: port})
	if got := g.get("/"); got.status != 502 || !strings.Contains(got.body, fmt.Sprintf("localhost:%d", port)) {
		t.Errorf("%+v", got)
	}
	t.Run("a url has its own", func(t *testing.T) {
		r := backend(t, "r", answers(200, "r"))
		g := gateway(t, Config{Backends: []Backend{{Name: "r", URL: serverURL(r.Port), Remote: true}}})
		at := g.chain.Load().find("r").up.endpoint()
		g.SetState("r", State{Phase: Ready, Port: port})
		if got := g.get("/"); got.body != "r" || g.chain.Load().find("r").up.endpoint() != at {
			t.Errorf("%+v", got)
		}
	})
}

// G11: idle connections over HTTP/2 to an endpoint that was left are closed too.
func TestSwitchClosesIdleH2CConnections(t *testing.T) {
	var open atomic.Int64
	srv := &http.Server{Handler: answers(200, ""), Protocols: new(http.Protocols)}
	srv.Protocols.SetUnencryptedHTTP2(true)
	srv.ConnState = func(_ net.Conn, s http.ConnState) {
		switch s {
		case http.StateNew:
			open.Add(1)
		case http.StateClosed:
			open.Add(-1)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go srv.Serve(l)
	defer srv.Close()
	g := gateway(t, Config{}, &testBackend{Backend: Backend{Name: "b", Port: portOf("http://" + l.Addr().String()), H2C: true}})
	if g.get("/"); open.Load() != 1 {
		t.Errorf("%d connections", open.Load())
	}
	g.SetState("b", State{Phase: Waiting})
	eventually(t, "it is closed", func() bool { return open.Load() == 0 })
}
