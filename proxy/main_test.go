package proxy

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// testBackend is one server of a cascade under test, and what it has seen.
type testBackend struct {
	Backend
	probed bool         // SPA is left as it is
	open   atomic.Int64 // connections to a rawBackend

	mu   sync.Mutex
	seen []string // "METHOD target body"
}

func (b *testBackend) record(s string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seen = append(b.seen, s)
}

func (b *testBackend) requests() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.seen...)
}

// backend starts a net/http server as a backend that notes each request.
func backend(t testing.TB, name string, h http.HandlerFunc) *testBackend {
	t.Helper()
	b := &testBackend{Backend: Backend{Name: name}}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.record(r.Method + " " + r.RequestURI)
		h(w, r)
	}))
	t.Cleanup(srv.Close)
	b.Port = portOf(srv.URL)
	return b
}

// rawBackend starts a server that speaks for itself: serve gets each
// connection, which is closed after it.
func rawBackend(t testing.TB, name string, serve func(net.Conn, *bufio.Reader)) *testBackend {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &testBackend{Backend: Backend{Name: name, Port: l.Addr().(*net.TCPAddr).Port}}
	var conns sync.Map
	var running sync.WaitGroup
	running.Go(func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			conns.Store(nc, nil)
			b.open.Add(1)
			running.Go(func() {
				defer b.open.Add(-1)
				defer conns.Delete(nc)
				defer nc.Close()
				serve(nc, bufio.NewReader(nc))
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		conns.Range(func(nc, _ any) bool { nc.(net.Conn).Close(); return true })
		running.Wait()
	})
	return b
}

// says answers every request of a connection with the same bytes.
func says(answer string) func(net.Conn, *bufio.Reader) {
	return func(nc net.Conn, br *bufio.Reader) {
		for {
			r, err := http.ReadRequest(br)
			if err != nil {
				return
			}
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				return
			}
			if _, err := io.WriteString(nc, answer); err != nil || strings.Contains(answer, "Connection: close") {
				return
			}
		}
	}
}

func answers(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

func portOf(raw string) int {
	u, _ := url.Parse(raw)
	port := 0
	fmt.Sscan(u.Port(), &port)
	return port
}

// testGateway is a gateway that serves on a port of its own until the test
// ends, and then leaves nothing behind.
type testGateway struct {
	*Gateway
	t    testing.TB
	logs *logLines
	stop func()
}

type logLines struct {
	mu    sync.Mutex
	lines []string
}

func (l *logLines) logf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, fmt.Sprintf(format, args...))
}

func (l *logLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}

// gateway starts a gateway in front of backends that are all ready.
func gateway(t testing.TB, cfg Config, backends ...*testBackend) *testGateway {
	t.Helper()
	g := &testGateway{t: t, logs: new(logLines)}
	for _, b := range backends {
		if !b.probed {
			b.SPA = Off // so that what it has seen is what the test sent
		}
		cfg.Backends = append(cfg.Backends, b.Backend)
	}
	cfg.Logf = g.logs.logf
	g.Gateway = New(cfg)
	for _, b := range backends {
		g.SetState(b.Name, State{Phase: Ready})
	}
	if err := g.Listen("localhost", 0); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- g.Serve(ctx) }()
	g.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Serve: %v", err)
			}
		case <-time.After(10 * time.Second):
			t.Errorf("Serve does not end:\n%s", stacks())
		}
	})
	t.Cleanup(g.stop)
	return g
}

func stacks() string {
	b := make([]byte, 1<<20)
	return string(b[:runtime.Stack(b, true)])
}

// hang is after what time something counts as hanging: a busy machine may take long.
// What hangs on a mutation need not hang for long.
func hang() time.Duration {
	if os.Getenv(mutated) != "" {
		return 5 * time.Second
	}
	return time.Minute
}

// client is a net/http client that changes nothing: no redirects followed, no
// encoding asked for, no cookies.
func client(t testing.TB) *http.Client {
	tr := &http.Transport{DisableCompression: true}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: hang(), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// answer is what a client got.
type answer struct {
	status int
	header http.Header
	body   string
	err    error
}

func (g *testGateway) do(r *http.Request) answer {
	g.t.Helper()
	resp, err := client(g.t).Do(r)
	if err != nil {
		return answer{err: err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(body), err}
}

func (g *testGateway) request(method, target string, body io.Reader, header ...string) *http.Request {
	g.t.Helper()
	r, err := http.NewRequest(method, g.URL()+target, body)
	if err != nil {
		g.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
	}
	return r
}

func (g *testGateway) get(target string, header ...string) answer {
	g.t.Helper()
	return g.do(g.request("GET", target, nil, header...))
}

func (g *testGateway) post(target, body string, header ...string) answer {
	g.t.Helper()
	return g.do(g.request("POST", target, strings.NewReader(body), header...))
}

// dial opens a connection to the gateway.
func (g *testGateway) dial() net.Conn {
	g.t.Helper()
	nc, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", g.Port()))
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(hang()))
	return nc
}

// raw sends bytes on a fresh connection and returns all that comes back until
// the gateway closes it. The request should ask for that.
func (g *testGateway) raw(request string) string {
	g.t.Helper()
	nc := g.dial()
	io.WriteString(nc, request)
	var b bytes.Buffer
	io.Copy(&b, nc)
	return b.String()
}

// eventually polls until ok or fails the test.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		<-tick.C
	}
}

// count is how many are in the inflight.
func (c *inflight) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}
