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
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"devgate/proxy/wire"
)

// G5: a client that leaves cancels the request at the backend, before the head
// and in the middle of the body.
func TestClientLeaves(t *testing.T) {
	for _, path := range []string{"/before", "/amid"} {
		t.Run(path, func(t *testing.T) {
			left := make(chan time.Time, 1)
			var asked *testBackend
			inPlaces(t, Config{}, func(t *testing.T) *testBackend {
				asked = backend(t, "b", func(w http.ResponseWriter, r *http.Request) {
					io.Copy(io.Discard, r.Body)
					if r.URL.Path == "/amid" {
						io.WriteString(w, "x")
						w.(http.Flusher).Flush()
					}
					<-r.Context().Done()
					left <- time.Now()
				})
				return asked
			}, func(t *testing.T, g *testGateway) {
				last := g.chain.Load().candidates[len(g.chain.Load().candidates)-1]
				for _, body := range []string{"", "hello"} {
					atBest(t, 50*time.Millisecond, func() time.Duration {
						before := len(asked.requests())
						nc := g.dial()
						fmt.Fprintf(nc, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s", path, len(body), body)
						eventually(t, "it is asked", func() bool { return len(asked.requests()) > before })
						if path == "/amid" {
							bufio.NewReader(nc).ReadString('x')
						}
						nc.Close()
						gone := time.Now()
						took := (<-left).Sub(gone)
						eventually(t, "it ends", func() bool { return last.up.leases() == 0 })
						return took
					})
				}
			})
		})
	}
}

// atBest fails unless one of many runs takes no longer than limit: whatever else
// the machine does only adds to some of them.
func atBest(t *testing.T, limit time.Duration, run func() time.Duration) {
	t.Helper()
	const runs = 50
	least := run()
	for i := 1; i < runs && least > limit; i++ {
		least = min(least, run())
	}
	if least > limit {
		t.Errorf("%s at best in %d runs, want %s", least, runs, limit)
	}
}

// leases counts those that Drain would wait for, wherever they are.
func (u *upstream) leases() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	n := 0
	for _, p := range append(slices.Clone(u.former), u.at) {
		if p != nil {
			n += p.busy
		}
	}
	return n
}

// Nothing is left of requests and tunnels that were broken off, however many: no
// goroutine, no file descriptor, no file.
func TestNothingIsLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	spools := t.TempDir()
	t.Setenv("TMPDIR", spools)
	t.Run("aborted", func(t *testing.T) {
		a := backend(t, "a", answers(404, "no"))
		b := backend(t, "b", func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, io.LimitReader(r.Body, 10))
			if r.URL.Path == "/hang" {
				<-r.Context().Done()
			}
		})
		ws := rawBackend(t, "ws", switcher("hello\n"))
		ws.Paths = []string{"/ws"}
		g := gateway(t, Config{}, ws, a, b)
		files := openFiles(t)
		var clients sync.WaitGroup
		for worker := range 8 {
			clients.Go(func() {
				for i := worker; i < abortions; i += 8 {
					abort(t, g, i)
				}
			})
		}
		clients.Wait()
		eventually(t, "all requests and tunnels end", func() bool {
			return g.requests.count() == 0 && g.clients.count() == 0 && g.tunnels.count() == 0
		})
		for _, c := range g.chain.Load().candidates {
			c.up.endpoint().transport.Forget()
		}
		eventually(t, "all files are closed", func() bool { return openFiles(t) <= files })
		if left, err := os.ReadDir(spools); len(left) > 0 || err != nil {
			t.Errorf("%v, %v", left, err)
		}
	})
	eventually(t, "all goroutines end", func() bool { return runtime.NumGoroutine() <= before })
}

// abort plays a client that breaks off: before an answer, in its body, short or
// too long for memory, in an upgrade, or in a tunnel.
func abort(t *testing.T, g *testGateway, i int) {
	nc, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", g.Port()))
	if err != nil {
		t.Error(err)
		return
	}
	defer nc.Close()
	if i%2 == 0 {
		nc.(*net.TCPConn).SetLinger(0) // it ends with a reset
	}
	switch i % 5 {
	case 0:
		io.WriteString(nc, "GET /hang HTTP/1.1\r\nHost: localhost\r\n\r\n")
	case 1:
		io.WriteString(nc, "POST /hang HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nhello")
		if i%100 == 1 {
			io.WriteString(nc, strings.Repeat("x", wire.SpoolMemory+1000))
		}
	case 2:
		io.WriteString(nc, "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
	case 3:
		io.WriteString(nc, "GET /hang HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	case 4:
		fmt.Fprintf(nc, upgradeHead, "/ws", "")
		if i%20 == 4 {
			bufio.NewReader(nc).ReadString('o') // of its greeting, or of a header
		}
	}
}

// Serve ends although a backend never answers and a client never reads.
func TestServeEnds(t *testing.T) {
	t.Parallel()
	b := rawBackend(t, "b", func(nc net.Conn, br *bufio.Reader) { io.Copy(io.Discard, br) })
	stuck := rawBackend(t, "stuck", func(nc net.Conn, br *bufio.Reader) { http.ReadRequest(br); br.Peek(1 << 20) })
	g := gateway(t, Config{}, b, stuck)
	nc := g.dial()
	io.WriteString(nc, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	nc2 := g.dial()
	io.WriteString(nc2, "POST / HTTP/1.1\r\nHost: stuck.localhost\r\nContent-Length: 100000000\r\n\r\n")
	go io.Copy(nc2, strings.NewReader(strings.Repeat("x", 50<<20)))
	eventually(t, "both are here", func() bool { return g.requests.count() == 2 })
	g.stop() // it fails when Serve does not end
}

// G4: at the end a running request has a second, an event stream has not.
func TestServeEndsGracefully(t *testing.T) {
	release := make(chan struct{})
	b := backend(t, "b", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/events" {
			w.Header().Set("Content-Type", "text/event-stream")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			close(release)
			return
		}
		<-release
		io.WriteString(w, "done")
	})
	g := gateway(t, Config{}, b)
	nc := g.dial()
	io.WriteString(nc, "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
	http.ReadResponse(bufio.NewReader(nc), nil)
	done := make(chan answer)
	go func() { done <- g.get("/slow") }()
	eventually(t, "both are asked", func() bool { return len(b.requests()) == 2 })
	g.stop()
	if got := <-done; got.body != "done" {
		t.Errorf("%+v", got)
	}
}

// G4: the same by HTTP/2, where nobody speaks HTTP/1.
func TestServeEndsGracefullyByHTTP2(t *testing.T) {
	var g *testGateway
	g = gateway(t, Config{}, backend(t, "b", func(w http.ResponseWriter, r *http.Request) {
		for !g.isStopping() {
			runtime.Gosched()
		}
		io.WriteString(w, "done")
	}))
	tr := &http.Transport{Protocols: new(http.Protocols)}
	tr.Protocols.SetUnencryptedHTTP2(true)
	defer tr.CloseIdleConnections()
	done := make(chan string)
	go func() {
		resp, err := (&http.Client{Transport: tr}).Do(g.request("GET", "/slow", nil))
		if err != nil {
			done <- err.Error()
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		done <- string(body)
	}()
	eventually(t, "it is asked", func() bool { return g.requests.count() == 1 })
	g.stop()
	if got := <-done; got != "done" {
		t.Errorf("%q", got)
	}
}

func TestContextOfHandlerAlone(t *testing.T) {
	g := New(Config{Backends: []Backend{{Name: "a", Port: 1}}})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(ctx, "GET", "/", nil)
	r.Host = "localhost"
	defer func() {
		if p := recover(); p != http.ErrAbortHandler || w.Body.Len() > 0 { // there is nobody to answer
			t.Errorf("%v, %s", p, w.Body)
		}
	}()
	g.ServeHTTP(w, r) // ends although the backend is Waiting
}
