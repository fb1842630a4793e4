package proxy

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"devgate/proxy/wire"
)

// newest is what is kept of request number id, once it is recorded.
func (g *testGateway) newest(id uint64) Detail {
	g.t.Helper()
	eventually(g.t, fmt.Sprintf("request %d is recorded", id), func() bool { return g.recorder.end() >= id })
	d, ok := g.Detail(id)
	if !ok {
		g.t.Fatalf("request %d is not kept", id)
	}
	return d
}

// What an event stream says is kept when it has ended; until then its head is, and
// nothing is taken for its body.
func TestAnEventStreamIsKeptWhenItHasEnded(t *testing.T) {
	end := make(chan struct{})
	g := gateway(t, Config{Keep: true}, backend(t, "a", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, "data: 1\n\n")
		w.(http.Flusher).Flush()
		<-end
		io.WriteString(w, "data: 2\n\n")
	}))
	defer g.Look()()
	done := make(chan answer)
	go func() { done <- g.get("/") }()
	d := g.newest(1)
	for _, m := range []Message{d.Answer, d.Answers[0]} {
		if m.Header.Get("Content-Type") != "text/event-stream" || m.Size != -1 || m.Whole || m.Body != nil {
			t.Errorf("while it goes on: %+v", m)
		}
	}
	close(end)
	<-done
	eventually(t, "it is kept", func() bool { d = g.newest(1); return d.Answer.Whole })
	if string(d.Answer.Body) != "data: 1\n\ndata: 2\n\n" || d.Answer.Size != 18 || g.recorder.end() != 1 || d.Duration <= 0 {
		t.Errorf("at its end: %+v", d)
	}
	eventually(t, "nothing is held any more", func() bool { return g.recorder.allowance.Used() == 0 })
}

// Of an upgrade the heads are kept, and what follows is not taken for a body.
func TestOfAnUpgradeTheHeadsAreKept(t *testing.T) {
	g := gateway(t, Config{Keep: true}, backend(t, "no", answers(426, "no socket")), rawBackend(t, "ws", switcher("early")))
	defer g.Look()()
	g.upgrade("/", "Sec-WebSocket-Protocol: chat\r\n", "")
	d := g.newest(1)
	if d.Request.Header.Get("Upgrade") != "websocket" || d.Request.Header.Get("Sec-WebSocket-Protocol") != "chat" {
		t.Errorf("request %+v", d.Request)
	}
	for _, m := range []Message{d.Answer, d.Answers[1]} {
		if m.Header.Get("Sec-WebSocket-Accept") != "x" || m.Header.Get("Upgrade") != "websocket" || m.Size != -1 || m.Whole || m.Body != nil {
			t.Errorf("answer %+v", m)
		}
	}
	if d.Answer.Header.Get("X-Devgate-Backend") != "ws" || string(d.Answers[0].Body) != "no socket" {
		t.Errorf("kept are %+v and %+v", d.Answer, d.Answers[0])
	}
}

// An answer of the gateway's own is kept, and the request, whether it could be read
// or not.
func TestTheGatewaysOwnAnswersAreKept(t *testing.T) {
	g := gateway(t, Config{Keep: true}, backend(t, "a", answers(200, "")))
	own := func(what string, id uint64, got answer) {
		t.Helper()
		d := g.newest(id)
		delete(got.header, "Connection")
		delete(d.Answer.Header, "Connection")
		if string(d.Answer.Body) != got.body || !d.Answer.Whole || !reflect.DeepEqual(d.Answer.Header, got.header) {
			t.Errorf("%s: kept is %q %q, the client got %q %q", what, d.Answer.Header, d.Answer.Body, got.header, got.body)
		}
	}
	own("a refused host", 1, g.get("/", "Host", "evil.test"))
	if d := g.newest(1); d.Request.Header == nil || d.Host != "evil.test" || !d.Request.Whole {
		t.Errorf("the request: %+v", d.Request)
	}
	g.SetState("a", State{Phase: Down, Reason: "exit status 3"})
	own("a crash", 2, g.post("/", "form"))
	own("for a browser", 3, g.get("/", "Accept", "text/html"))
	out := g.raw("GET /a b HTTP/1.1\r\nHost: x\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(out)), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	own("a request that cannot be read", 4, answer{header: resp.Header, body: string(body)})
	if d := g.newest(4); d.Request.Header != nil || d.Request.Size != -1 || d.Target != "" || d.Method != "GET" {
		t.Errorf("the request: %+v", d)
	}
	// A client that has left gets no answer, and none is kept.
	g.SetState("a", State{Phase: Waiting})
	nc := g.dial()
	io.WriteString(nc, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	eventually(t, "it waits", func() bool { return g.requests.count() == 1 })
	nc.Close()
	if d := g.newest(5); !reflect.DeepEqual(d.Answer, Message{}) || !reflect.DeepEqual(d.Answers, []Message{{}}) {
		t.Errorf("who has left: %+v", d)
	}
}

// Files of the static folder are kept like any answer, and not read for it while
// nobody looks.
func TestFilesAreKept(t *testing.T) {
	dir := t.TempDir()
	long := strings.Repeat("0123456789", 20_000)
	for name, text := range map[string]string{"a.txt": "short", "long.txt": long, "empty.txt": "", "sub/index.html": "<p>"} {
		path := filepath.Join(dir, name)
		os.MkdirAll(filepath.Dir(path), 0o755)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	g := gateway(t, Config{Keep: true, Static: dir}, backend(t, "a", answers(404, "no")))
	id := uint64(0)
	check := func(looks bool, method, target string, header ...string) {
		t.Helper()
		got := g.do(g.request(method, target, nil, header...))
		id++
		d := g.newest(id)
		delete(got.header, "Connection")
		if d.Answer.Header["Content-Length"] == nil {
			delete(got.header, "Content-Length") // net/http has counted
		}
		want := Message{Header: got.header, Size: int64(len(got.body))}
		if keeps := looks || got.status >= 400; keeps || len(got.body) == 0 {
			if len(got.body) > 0 {
				want.Body = []byte(got.body)[:min(len(got.body), MessageMax)]
			}
			want.Whole = len(got.body) <= MessageMax
		}
		if !reflect.DeepEqual(d.Answer, want) {
			t.Errorf("%s %s: kept is %+v, the client got %+v", method, target, d.Answer, want)
		}
		if last := d.Answers[len(d.Answers)-1]; d.Cascade[len(d.Answers)-1].Backend == staticName && last.Size != want.Size {
			t.Errorf("%s %s: the folder's is %+v", method, target, last)
		}
	}
	for _, looks := range []bool{false, true} {
		if looks {
			defer g.Look()()
		}
		for _, target := range []string{"/a.txt", "/long.txt", "/empty.txt", "/sub", "/sub/"} {
			check(looks, "GET", target)
			check(looks, "HEAD", target)
		}
		check(looks, "GET", "/long.txt", "Range", "bytes=10-90000")
		check(looks, "GET", "/a.txt", "Range", "bytes=0-1,3-4")
		check(looks, "GET", "/a.txt", "Range", "bytes=900-")
		check(looks, "GET", "/a.txt", "If-None-Match", "*")
		check(looks, "GET", "/nowhere")
	}
}

// A page that is held, and one that is used after all, are kept.
func TestAHeldPageIsKept(t *testing.T) {
	page := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<p>page")
	}
	web := backend(t, "web", page)
	web.probed, web.SPA = true, On
	g := gateway(t, Config{Keep: true}, web, backend(t, "api", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api" {
			io.WriteString(w, "hello")
			return
		}
		w.WriteHeader(404)
		io.WriteString(w, "none")
	}))
	defer g.Look()()
	g.get("/api")
	d := g.newest(1)
	// Its body may not have come: then that is said.
	if held := d.Answers[0]; held.Header.Get("Content-Type") != "text/html" || held.Size != 7 || held.Whole != (string(held.Body) == "<p>page") {
		t.Errorf("held: %+v", held)
	}
	if string(d.Answer.Body) != "hello" || string(d.Answers[1].Body) != "hello" {
		t.Errorf("used: %+v", d.Answer)
	}
	g.get("/about")
	d = g.newest(2)
	if string(d.Answer.Body) != "<p>page" || string(d.Answers[0].Body) != "<p>page" || string(d.Answers[1].Body) != "none" {
		t.Errorf("used after all: %+v", d)
	}
}

// By HTTP/2, with trailers, both ways.
func TestHTTP2IsKept(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Trailer", "Grpc-Status")
		w.Header().Set("Content-Type", "application/grpc")
		io.WriteString(w, "message")
		w.Header().Set("Grpc-Status", "0")
	}))
	srv.Config.Protocols = new(http.Protocols)
	srv.Config.Protocols.SetUnencryptedHTTP2(true)
	srv.Start()
	defer srv.Close()
	g := gateway(t, Config{Keep: true}, &testBackend{Backend: Backend{Name: "b", Port: portOf(srv.URL), H2C: true}})
	defer g.Look()()
	r := g.request("POST", "/x.Y/Z", io.MultiReader(strings.NewReader("question")), "Te", "trailers", "Content-Type", "application/grpc")
	r.Trailer = http.Header{"X-Check": {"42"}}
	if got := g.doBy(true, r); got.body != "message" {
		t.Fatalf("%+v", got)
	}
	d := g.newest(1)
	if string(d.Request.Body) != "question" || !d.Request.Whole || d.Request.Trailer.Get("X-Check") != "42" || d.Request.Header.Get("Content-Type") != "application/grpc" {
		t.Errorf("request %+v", d.Request)
	}
	for _, m := range []Message{d.Answer, d.Answers[0]} {
		if string(m.Body) != "message" || !m.Whole || m.Trailer.Get("Grpc-Status") != "0" || m.Header.Get("Grpc-Status") != "" {
			t.Errorf("answer %+v", m)
		}
	}
}

// A switch that is lost to another backend, and who was asked ahead, are told as they
// are: an answer that nobody has judged is not kept.
func TestWhatWasAskedAheadIsKept(t *testing.T) {
	g := gateway(t, Config{Keep: true, Speculate: true}, backend(t, "a", answers(404, "no")), backend(t, "b", answers(200, "yes")))
	g.worth = -1
	defer g.Look()()
	for range 3 {
		g.get("/")
	}
	d := g.newest(3)
	if !d.Learned || string(d.Answers[0].Body) != "no" || string(d.Answers[1].Body) != "yes" || string(d.Answer.Body) != "yes" {
		t.Errorf("%+v", d)
	}
}

// dashboard = false: nothing is kept but the record, also of what was kept before.
func TestNothingIsKeptWhereThatIsOff(t *testing.T) {
	a := backend(t, "a", answers(404, "no"))
	g := gateway(t, Config{Keep: true}, a)
	defer g.Look()()
	g.post("/x", "body")
	g.newest(1)
	g.reconfigure(func(c *Config) { c.Keep = false })
	g.post("/x", "body")
	for id := range uint64(2) {
		d := g.newest(id + 1)
		unknown := Message{Size: -1}
		if d.Target != "" || d.Path != "/x" || !reflect.DeepEqual(d.Request, unknown) || !reflect.DeepEqual(d.Answer, unknown) || !reflect.DeepEqual(d.Answers, []Message{unknown}) {
			t.Errorf("%+v", d)
		}
	}
	if g.recorder.details.size != 0 || g.recorder.allowance.Used() != 0 {
		t.Errorf("%d bytes are kept, %d held", g.recorder.details.size, g.recorder.allowance.Used())
	}
	if _, ok := g.Detail(3); ok {
		t.Error("there is a third")
	}
	if _, ok := g.Detail(0); ok {
		t.Error("there is one with no number")
	}
}

// What `devgate why` has asked is kept, as far as it was read.
func TestWhatWasExplainedIsKept(t *testing.T) {
	g := gateway(t, Config{Keep: true}, backend(t, "a", answers(404, "no")), backend(t, "b", answers(200, "yes")))
	e, err := g.Explain(context.Background(), "POST", "/x", http.Header{"X-A": {"1"}}, strings.NewReader("body"))
	if err != nil || e.ID != 1 {
		t.Fatalf("%+v, %v", e, err)
	}
	d := g.newest(1)
	if string(d.Request.Body) != "body" || d.Request.Header.Get("X-A") != "1" || string(d.Answers[0].Body) != "no" || d.Answer.Header.Get("X-Devgate-Backend") != "b" {
		t.Errorf("%+v", d)
	}
}

// G5: a client that reads nothing is given what it is given without a copy being
// waited for: the long rest of a body still goes from socket to socket.
func TestALongBodyIsStillSpliced(t *testing.T) {
	const size = 8 << 20
	g := gateway(t, Config{Keep: true}, rawBackend(t, "a", func(nc net.Conn, br *bufio.Reader) {
		http.ReadRequest(br)
		fmt.Fprintf(nc, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", size)
		io.CopyN(nc, endlessText{}, size)
	}))
	defer g.Look()()
	if got := g.get("/"); len(got.body) != size {
		t.Fatalf("%d bytes, %v", len(got.body), got.err)
	}
	d := g.newest(1)
	if d.Answer.Size != size || len(d.Answer.Body) != MessageMax || d.Answer.Whole {
		t.Errorf("%d of %d bytes, whole %v", len(d.Answer.Body), d.Answer.Size, d.Answer.Whole)
	}
	// Only what the kernel has moved is counted without being seen.
	s := wire.NewSample(10, -1, &g.recorder.allowance)
	s.Add([]byte("0123456789ab"))
	s.Skip(5)
	if s.Size != 17 || s.Wants() != 0 {
		t.Errorf("%+v", s)
	}
	g.recorder.allowance.Give(s.Cost())
}

type endlessText struct{}

func (endlessText) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}
