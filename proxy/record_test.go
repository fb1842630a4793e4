package proxy

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"
)

// What is recorded of a request.
func TestRequests(t *testing.T) {
	web := backend(t, "web", answers(404, ""))
	docs := backend(t, "docs", answers(200, ""))
	docs.Paths = []string{"/docs/*"}
	g := gateway(t, Config{}, web, docs, backend(t, "api", answers(200, "hello")))
	g.get("/users?a=b")
	g.get("/", "Host", "evil.test")
	g.get("/__devgate/state")
	eventually(t, "both are recorded", func() bool { return len(g.Requests()) == 2 })
	got := g.Requests()
	first := got[0]
	want := Exchange{
		ID: 1, At: first.At, Method: "GET", Path: "/users?a=b", Host: fmt.Sprint("localhost:", g.Port()), Status: 200, Backend: "api", Duration: first.Duration,
		Cascade: []Attempt{
			{Backend: "web", Status: 404, Duration: first.Cascade[0].Duration, Note: "falls through"}, {Backend: "api", Status: 200, Duration: first.Cascade[1].Duration},
		},
	}
	if !reflect.DeepEqual(first, want) || first.At.IsZero() || first.Duration < first.Cascade[1].Duration {
		t.Errorf("got  %+v\nwant %+v", first, want)
	}
	if got[0].ID != 1 || got[1].Status != 403 || got[1].Host != "evil.test" || got[1].Backend != "" {
		t.Errorf("%+v", got)
	}
}

// The record tells what is not plain: held requests, cut answers, clients that
// left, and streams from their beginning.
func TestRequestsTell(t *testing.T) {
	last := func(g *testGateway) Exchange {
		eventually(t, "it is recorded", func() bool { return len(g.Requests()) == 1 })
		return g.Requests()[0]
	}
	t.Run("a held request", func(t *testing.T) {
		g := gateway(t, Config{}, backend(t, "a", answers(200, "")))
		g.SetState("a", State{Phase: Waiting, Reason: "restarting"})
		done := make(chan answer)
		go func() { done <- g.get("/") }()
		eventually(t, "it waits", func() bool { return g.requests.count() == 1 })
		g.SetState("a", State{Phase: Ready})
		<-done
		e := last(g)
		if e.Held <= 0 || !strings.HasPrefix(e.Cascade[0].Note, "held ") || !strings.HasSuffix(e.Cascade[0].Note, "s: restarting") || strings.HasPrefix(e.Cascade[0].Note, "held 0s") {
			t.Errorf("%+v", e)
		}
	})
	t.Run("a cut answer", func(t *testing.T) {
		g := gateway(t, Config{}, rawBackend(t, "a", says("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 9\r\n\r\nabc")))
		g.get("/")
		if e := last(g); e.Status != 200 || e.Cascade[0].Note != "cut off" {
			t.Errorf("%+v", e)
		}
	})
	t.Run("a client that left", func(t *testing.T) {
		g := gateway(t, Config{}, backend(t, "a", answers(200, "")))
		g.SetState("a", State{Phase: Waiting})
		nc := g.dial()
		io.WriteString(nc, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
		eventually(t, "it waits", func() bool { return g.requests.count() == 1 })
		nc.Close()
		if e := last(g); e.Status != 0 || !strings.HasPrefix(e.Cascade[0].Note, "client left") {
			t.Errorf("%+v", e)
		}
	})
	t.Run("a stream that has begun", func(t *testing.T) {
		g := gateway(t, Config{}, backend(t, "a", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}))
		nc := g.dial()
		io.WriteString(nc, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
		if e := last(g); e.Status != 200 || e.Backend != "a" {
			t.Errorf("%+v", e)
		}
	})
	t.Run("an upgrade", func(t *testing.T) {
		g := gateway(t, Config{}, rawBackend(t, "a", switcher("")))
		g.upgrade("/", "", "")
		if e := last(g); e.Status != 101 || e.Backend != "a" {
			t.Errorf("%+v", e)
		}
	})
	t.Run("a long target is cut", func(t *testing.T) {
		g := gateway(t, Config{}, backend(t, "a", answers(200, "")))
		g.get("/" + strings.Repeat("x", 100_000))
		if e := last(g); len(e.Path) != pathMax || !strings.HasSuffix(e.Path, "x...") {
			t.Errorf("%d bytes", len(e.Path))
		}
	})
}

// The record keeps the last 500, and a reader that is slower than that is told
// how many it missed.
func TestRecordForgetsTheOldest(t *testing.T) {
	g := New(Config{})
	ctx, cancel := context.WithCancel(context.Background())
	seen, add := g.Follow(ctx), func(n int) {
		for range n {
			g.recorder.add(Exchange{}, []attempt{{backend: "a", status: 404, note: noteRefused}}, nil)
		}
	}
	add(recorderMax + 7)
	if all := g.Requests(); len(all) != recorderMax || all[0].ID != 8 || len(all[0].Cascade) != 1 {
		t.Errorf("%d, the first %+v", len(all), all[0])
	}
	next, id := make(chan Exchange), uint64(0)
	go func() {
		defer close(next)
		for e := range seen {
			next <- e
		}
	}()
	if e := <-next; e.Lost != 7 || e.ID != 8 {
		t.Errorf("%+v", e)
	}
	for e := range next {
		if id = e.ID; id == recorderMax+7 {
			break
		}
	}
	add(1)
	if e := <-next; e.ID != recorderMax+8 || e.Lost != 0 {
		t.Errorf("%+v", e)
	}
	cancel()
	if e, more := <-next; more {
		t.Errorf("after the end: %+v", e)
	}
}

// G9: Explain takes the same way as a request, and tells of everybody.
func TestExplain(t *testing.T) {
	var got []string
	type lines []string
	explain := func(g *testGateway, method, target, body string, header ...string) lines {
		t.Helper()
		h := make(http.Header)
		for i := 0; i < len(header); i += 2 {
			h.Add(header[i], header[i+1])
		}
		e, err := g.Explain(context.Background(), method, target, h, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		l := lines{fmt.Sprint(e.Method, " ", e.Path, " = ", e.Status, " ", e.Backend)}
		for _, a := range e.Cascade {
			l = append(l, fmt.Sprint(a.Backend, " ", a.Status, " ", a.Note))
		}
		return l
	}
	check := func(t *testing.T, got lines, want ...string) {
		t.Helper()
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
	docs, late := backend(t, "docs", answers(200, "")), backend(t, "late", answers(200, ""))
	docs.Paths = []string{"/docs/*", "/d"}
	web := backend(t, "web", func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got = append(got, r.Host+" "+r.Header.Get("X-A")+" "+string(b))
		w.WriteHeader(404)
	})
	g := gateway(t, Config{Static: t.TempDir()}, web, docs, backend(t, "api", answers(201, "made")), late)
	t.Run("a request that is answered", func(t *testing.T) {
		check(t, explain(g, "POST", "/x", "body", "X-A", "1", "Host", "shop.localhost"), "POST /x = 201 api", "web 404 falls through",
			`docs 0 not asked: paths = ["/docs/*", "/d"]`, "api 201 ", "late 0 not asked: api answered", "static 0 not asked: api answered")
		if fmt.Sprint(got) != "[shop.localhost 1 body]" {
			t.Errorf("web saw %q", got)
		}
	})
	t.Run("by name", func(t *testing.T) {
		check(t, explain(g, "GET", "/x", "", "Host", "late.localhost"), "GET /x = 200 late", "web 0 not asked: the host names late",
			"docs 0 not asked: the host names late", "api 0 not asked: the host names late", "late 200 ")
	})
	t.Run("who is not started, and a refused host", func(t *testing.T) {
		g.SetState("web", State{Phase: Absent})
		check(t, explain(g, "GET", "/x", "")[:2], "GET /x = 201 api", "web 0 not started")
		check(t, explain(g, "GET", "/x", "", "Host", "evil.test")[:2], "GET /x = 403 ", "web 0 not asked: the request was refused")
	})
	t.Run("after a final one, and no file", func(t *testing.T) {
		last := backend(t, "last", answers(404, ""))
		last.Final = true
		g := gateway(t, Config{Static: t.TempDir()}, last, backend(t, "b", answers(200, "")))
		check(t, explain(g, "GET", "/x", "")[1:3], "last 404 ", "b 0 not asked: last is final")
		g = gateway(t, Config{Static: t.TempDir()}, backend(t, "a", answers(404, "")))
		check(t, explain(g, "GET", "/x", ""), "GET /x = 404 a", "a 404 falls through", "static 0 no such file")
		check(t, explain(g, "PUT", "/x", "")[2:], "static 0 not asked: PUT")
	})
	t.Run("streams and upgrades are not waited for", func(t *testing.T) {
		g := gateway(t, Config{}, rawBackend(t, "ws", switcher("")))
		check(t, explain(g, "GET", "/", "", "Connection", "Upgrade", "Upgrade", "websocket"), "GET / = 101 ws", "ws 101 ")
		g = gateway(t, Config{}, rawBackend(t, "sse", says("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")))
		check(t, explain(g, "GET", "/", ""), "GET / = 200 sse", "sse 200 ")
	})
	t.Run("what no client could send", func(t *testing.T) {
		for _, bad := range [][2]string{{"GET", "x"}, {"GET", ""}, {"A B", "/"}, {"GET", "/%zz\x7f"}} {
			if e, err := g.Explain(context.Background(), bad[0], bad[1], nil, nil); err == nil {
				t.Errorf("%q: %+v", bad, e)
			}
		}
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		defer cancel()
		g.SetState("api", State{Phase: Waiting})
		if e, err := g.Explain(ctx, "GET", "/", nil, nil); err == nil {
			t.Errorf("%+v", e)
		}
	})
}

// G9: a record keeps the words that it shows, and not the head that they were read from.
func TestARecordKeepsNoHead(t *testing.T) {
	g := gateway(t, Config{}, backend(t, "a", answers(200, "")))
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	long := "X-Long: " + strings.Repeat("v", 500<<10) + "\r\n"
	for range 60 {
		g.raw("GET /long HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + long + "\r\n")
		g.raw("GET /bad HTTP/1.1\r\nHost: localhost\r\n" + long + "nonsense\r\n\r\n")
	}
	eventually(t, "all are recorded", func() bool { return len(g.Requests()) == 120 })
	if grown := int64(heap()) - int64(before); grown > 20<<20 {
		t.Errorf("120 requests with heads of 500 KB keep %d MB", grown>>20)
	}
}
