package proxy

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// echoing notes all that it gets, and answers with status.
func echoing(t testing.TB, name string, status int) (*testBackend, func() []string) {
	var mu sync.Mutex
	var seen []string
	b := backend(t, name, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Header.Del("X-Devgate-Loop")
		mu.Lock()
		seen = append(seen, fmt.Sprint(r.Method, " ", r.RequestURI, " ", r.Host, " ", r.ContentLength, " ", r.Header, " ", string(body), " ", r.Trailer))
		mu.Unlock()
		w.WriteHeader(status)
		io.WriteString(w, name+" says it")
	})
	return b, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return seen
	}
}

// D1: a request is sent again as it was, byte for byte, once, and recorded as what it
// is: through the cascade, or to one backend alone.
func TestARequestIsSentAgainAsItWas(t *testing.T) {
	web, sawWeb := echoing(t, "web", 404)
	api, sawAPI := echoing(t, "api", 201)
	docs, sawDocs := echoing(t, "docs", 404)
	docs.Paths = []string{"/docs/*"}
	g := gateway(t, Config{Keep: true}, web, docs, api)
	for _, raw := range []string{
		"GET /a%2Fb/../c?x=%zz HTTP/1.1\r\nHost: shop.localhost\r\nCookie: session=abc\r\nAuthorization: Bearer s\r\nConnection: close\r\n\r\n",
		"POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
		"PUT /chunks HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTrailer: X-Check\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Check: 42\r\n\r\n",
		"DELETE /items/1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
		"POST /expects HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi",
	} {
		id := g.recorder.end() + 1
		g.raw(raw)
		g.newest(id)
		before := [3]int{len(sawWeb()), len(sawDocs()), len(sawAPI())}
		e, err := g.Replay(t.Context(), id, "")
		if err != nil || e.ReplayOf != id || e.ID != id+1 || e.Status != 201 || e.Backend != "api" || len(e.Cascade) != 2 {
			t.Errorf("%q: %+v, %v", raw, e, err)
		}
		if d := g.newest(id + 1); d.ReplayOf != id || !reflect.DeepEqual(d.Exchange.Cascade, e.Cascade) || d.Request.Size != g.newest(id).Request.Size || d.Answer.Size != int64(len("api says it")) {
			t.Errorf("%q: recorded as %+v", raw, d)
		}
		if got := [3]int{len(sawWeb()), len(sawDocs()), len(sawAPI())}; got != [3]int{before[0] + 1, before[1], before[2] + 1} {
			t.Errorf("%q: seen %v times, before %v", raw, got, before)
		}
		saw := sawAPI()
		sent, again := saw[len(saw)-2], saw[len(saw)-1]
		if sent = strings.ReplaceAll(sent, "Expect:[100-continue] ", ""); sent != again {
			t.Errorf("%q: sent %s\nagain %s", raw, sent, again)
		}
		// Alone: its 404 is the answer, its paths are no matter, and nobody else sees it.
		e, err = g.Replay(t.Context(), id, "docs")
		if err != nil || e.Status != 404 || e.Backend != "docs" || len(e.Cascade) != 1 || len(sawDocs()) != before[1]+1 || len(sawAPI()) != before[2]+1 {
			t.Errorf("%q: to docs: %+v, %v", raw, e, err)
		}
	}
	// One that was sent again can be sent again.
	if e, err := g.Replay(t.Context(), g.recorder.end(), "WEB"); err != nil || e.Backend != "web" {
		t.Errorf("%+v, %v", e, err)
	}
}

// What cannot be sent again as it was is refused, with the reason, and nobody is
// asked.
func TestWhatCannotBeSentAgainIsRefused(t *testing.T) {
	ws := rawBackend(t, "ws", switcher(""))
	ws.Paths = []string{"/ws"}
	half := rawBackend(t, "half", func(nc net.Conn, br *bufio.Reader) { // it answers before it has the body
		br.ReadString('\n')
		io.WriteString(nc, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
	})
	half.Paths = []string{"/half"}
	api, _ := echoing(t, "api", 200)
	g := gateway(t, Config{Keep: true}, ws, half, api)
	send := func(raw string) (id uint64) {
		id = g.recorder.end() + 1
		nc := g.dial()
		io.WriteString(nc, raw)
		g.newest(id)
		nc.Close()
		return id
	}
	upgrade := send(fmt.Sprintf(upgradeHead, "/ws", ""))
	long := send("POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 70000\r\n\r\n" + strings.Repeat("x", 70_000))
	chunked := send("POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n11170\r\n" + strings.Repeat("x", 70_000) + "\r\n0\r\n\r\n")
	broken := send("POST /half HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 10\r\n\r\nhello")
	unread := send("GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n")
	large := send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Long: " + strings.Repeat("x", 70_000) + "\r\n\r\n")
	fits := send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
	before, seen := g.recorder.end(), len(api.requests())
	for id, want := range map[uint64]string{
		upgrade: "it asked to switch protocols (websocket), and its client is gone",
		long:    "its body was not kept whole (65536 of 70000 bytes were)",
		chunked: "its body was not kept whole (65536 of 70000 bytes were)",
		broken:  "its body was not kept whole (5 of 10 bytes were)",
		unread:  "its header was not kept",
		large:   "its header was not kept",
	} {
		_, err := g.Replay(t.Context(), id, "")
		if unfit, ok := errors.AsType[*UnfitError](err); !ok || unfit.Reason != want {
			t.Errorf("request %d: %v, want %q", id, err, want)
		}
	}
	if _, err := g.Replay(t.Context(), 99, ""); err != ErrUnknownRequest {
		t.Errorf("an unknown one: %v", err)
	}
	if _, err := g.Replay(t.Context(), fits, "gone"); err != ErrUnknownBackend {
		t.Errorf("to nobody: %v", err)
	}
	if g.recorder.end() != before || len(api.requests()) != seen {
		t.Errorf("somebody was asked: %q", api.requests())
	}
	g.stop()
	if _, err := g.Replay(t.Context(), fits, ""); err == nil {
		t.Error("the gateway has stopped")
	}
}

// G3: an unsafe request that is sent again, and is hung up on, is not sent a third
// time by us, and the record says what happened.
func TestAnUnsafeReplayIsSentOnce(t *testing.T) {
	var asked atomic.Int64
	var hangsUp atomic.Bool
	g := gateway(t, Config{Keep: true}, rawBackend(t, "a", func(nc net.Conn, br *bufio.Reader) {
		for {
			r, err := http.ReadRequest(br)
			if err != nil {
				return
			}
			io.Copy(io.Discard, r.Body)
			asked.Add(1)
			if hangsUp.Load() {
				return
			}
			io.WriteString(nc, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
	}))
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH"} {
		hangsUp.Store(false)
		g.do(g.request(method, "/", strings.NewReader("body")))
		g.get("/") // leaves an idle connection
		id := g.recorder.end() - 1
		hangsUp.Store(true)
		before := asked.Load()
		e, err := g.Replay(t.Context(), id, "a")
		if err != nil || e.Status != 502 || e.Method != method || asked.Load() != before+1 {
			t.Errorf("%s: asked %d times, %+v, %v", method, asked.Load()-before, e, err)
		}
	}
}

// A backend that is taken out of the configuration while a request for it alone waits
// leads it to nobody else.
func TestAReplayToOneBackendGoesToNoOther(t *testing.T) {
	a, sawA := echoing(t, "a", 200)
	b, sawB := echoing(t, "b", 200)
	g := gateway(t, Config{Keep: true, Static: t.TempDir()}, a, b)
	g.post("/", "x")
	g.SetState("b", State{Phase: Waiting})
	done := make(chan Exchange)
	go func() {
		e, _ := g.Replay(context.Background(), 1, "b")
		done <- e
	}()
	eventually(t, "it waits", func() bool { return g.requests.count() == 1 })
	g.reconfigure(func(c *Config) { c.Backends = c.Backends[:1] })
	if e := <-done; e.Status != 404 || e.Backend != "" || len(sawA()) != 1 || len(sawB()) != 0 {
		t.Errorf("%+v; a saw %d, b %d", e, len(sawA()), len(sawB()))
	}
}

// A replay ends with who asked for it, with the head of an event stream, with a
// backend that dies, and with the gateway.
func TestAReplayEnds(t *testing.T) {
	var mode atomic.Value
	mode.Store("")
	arrived := make(chan struct{}, 10)
	g := gateway(t, Config{Keep: true}, backend(t, "a", func(w http.ResponseWriter, r *http.Request) {
		switch mode.Load() {
		case "stream":
			w.Header().Set("Content-Type", "text/event-stream")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		case "slow":
			arrived <- struct{}{}
			<-r.Context().Done()
		case "endless":
			io.WriteString(w, "some")
			w.(http.Flusher).Flush()
			arrived <- struct{}{}
			<-r.Context().Done()
		case "dies":
			w.Header().Set("Content-Length", "10")
			io.WriteString(w, "some")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
	}))
	defer g.Look()()
	g.get("/")
	mode.Store("stream")
	if e, err := g.Replay(t.Context(), 1, ""); err != nil || e.Status != 200 {
		t.Errorf("a stream: %+v, %v", e, err)
	}
	mode.Store("dies")
	e, err := g.Replay(t.Context(), 1, "")
	if d := g.newest(e.ID); err != nil || e.Status != 200 || e.Cascade[0].Note != "cut off" || d.Answer.Whole || string(d.Answer.Body) != "some" || d.Answer.Size != 10 {
		t.Errorf("a backend that dies: %+v, %v", d, err)
	}
	mode.Store("slow")
	ctx, leave := context.WithCancel(t.Context())
	go func() { <-arrived; leave() }()
	if e, err := g.Replay(ctx, 1, ""); err != nil || e.Status != 0 || !strings.HasPrefix(e.Cascade[0].Note, "client left") {
		t.Errorf("who asked has left: %+v, %v", e, err)
	}
	mode.Store("endless")
	done := make(chan Exchange)
	go func() {
		e, _ := g.Replay(context.Background(), 1, "")
		done <- e
	}()
	<-arrived
	g.stop() // which fails the test when it has to wait for long
	if e := <-done; e.ReplayOf != 1 {
		t.Errorf("the gateway ends: %+v", e)
	}
	if g.recorder.allowance.Used() != 0 {
		t.Errorf("%d bytes are held", g.recorder.allowance.Used())
	}
}
