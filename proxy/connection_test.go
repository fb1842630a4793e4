package proxy

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"devgate/proxy/message"
)

// countingBackend counts the connections it is opened.
func countingBackend(t testing.TB, name string, h http.HandlerFunc) (*testBackend, *atomic.Int64) {
	var n atomic.Int64
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			n.Add(1)
		}
	}
	srv.Start()
	t.Cleanup(srv.Close)
	return &testBackend{Backend: Backend{Name: name, Port: portOf(srv.URL)}}, &n
}

// G11: a 404's body is drained, so that 200 fall-throughs need two connections
// at most.
func TestFallThroughKeepsConnections(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"a short body": answers(404, "Cannot GET /x"),
		"a chunked body": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(404)
			w.(http.Flusher).Flush()
			io.WriteString(w, strings.Repeat("x", 60<<10))
		},
		"a 60 KB body": answers(404, strings.Repeat("x", 60<<10)),
		"no body":      answers(404, ""),
	} {
		t.Run(name, func(t *testing.T) {
			a, na := countingBackend(t, "a", h)
			b, nb := countingBackend(t, "b", answers(200, "ok"))
			g := gateway(t, Config{}, a, b)
			g.draining = 10 * time.Second // however busy the machine is
			c := client(t)
			for range 200 {
				resp, err := c.Do(g.request("GET", "/", nil))
				if err != nil {
					t.Fatal(err)
				}
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
			if na.Load() > 2 || nb.Load() > 2 {
				t.Errorf("%d and %d connections", na.Load(), nb.Load())
			}
		})
	}
}

// G11: a 404 whose body does not end neither delays the next backend nor is
// read without limit.
func TestEndlessRefusal(t *testing.T) {
	a := rawBackend(t, "a", func(nc net.Conn, br *bufio.Reader) {
		http.ReadRequest(br)
		io.WriteString(nc, "HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
		br.ReadByte()
	})
	b := backend(t, "b", answers(200, "ok"))
	g := gateway(t, Config{}, a, b)
	if got := g.get("/"); got.body != "ok" { // who waits for the end waits for ever
		t.Errorf("%+v", got)
	}
}

// G3, G11: a connection that the backend closes after each answer without
// saying so costs no request, safe or not.
func TestBackendThatClosesIdleConnections(t *testing.T) {
	var seen sync.Map
	quit := func(status string) func(nc net.Conn, br *bufio.Reader) {
		return func(nc net.Conn, br *bufio.Reader) {
			r, err := http.ReadRequest(br)
			if err != nil {
				return
			}
			io.Copy(io.Discard, r.Body)
			if _, twice := seen.LoadOrStore(status+r.Header.Get("X-Id"), true); twice {
				t.Errorf("%s was sent twice", r.Header.Get("X-Id"))
			}
			io.WriteString(nc, "HTTP/1.1 "+status+"\r\nContent-Length: 0\r\n\r\n")
		}
	}
	g := gateway(t, Config{}, rawBackend(t, "a", quit("404 No")), rawBackend(t, "b", quit("200 OK")))
	for i := range 60 {
		method := []string{"GET", "POST", "PUT"}[i%3]
		got := g.do(g.request(method, "/", strings.NewReader("x"), "X-Id", fmt.Sprint(i)))
		if got.status != 200 {
			t.Fatalf("%s %d: %+v", method, i, got)
		}
	}
}

// G3: an unsafe request gets a connection of its own, which then serves safe
// ones.
func TestUnsafeRequestsUseFreshConnections(t *testing.T) {
	b, n := countingBackend(t, "b", answers(200, ""))
	g := gateway(t, Config{}, b)
	for i, want := range []int64{1, 1, 2, 3, 3} {
		method := []string{"GET", "GET", "POST", "POST", "GET"}[i]
		if got := g.do(g.request(method, "/", nil)); got.status != 200 || n.Load() != want {
			t.Errorf("request %d: %+v, %d connections, want %d", i, got, n.Load(), want)
		}
	}
}

// G11: a backend may listen on either family, and either may change.
func TestBothFamilies(t *testing.T) {
	for _, addr := range []string{"127.0.0.1:0", "[::1]:0"} {
		t.Run(addr, func(t *testing.T) {
			l := listenAlone(t, addr)
			srv := &http.Server{Handler: answers(200, addr)}
			go srv.Serve(l)
			defer srv.Close()
			b := &testBackend{Backend: Backend{Name: "b", Port: l.Addr().(*net.TCPAddr).Port}}
			g := gateway(t, Config{}, b)
			for range 2 {
				if got := g.post("/", ""); got.body != addr {
					t.Errorf("%+v", got)
				}
			}
		})
	}
}

// listenAlone listens on a port on which nobody does on the other family: other
// programs of this machine take ports, too.
func listenAlone(t *testing.T, addr string) net.Listener {
	for range 20 {
		l, err := net.Listen("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		other := map[string]string{"127.0.0.1:0": "::1", "[::1]:0": "127.0.0.1"}[addr]
		nc, err := net.Dial("tcp", net.JoinHostPort(other, fmt.Sprint(l.Addr().(*net.TCPAddr).Port)))
		if err != nil {
			return l
		}
		nc.Close()
		l.Close()
	}
	t.Fatal("no port is free on both families")
	return nil
}

// G1, G5: what breaks in an answer looks broken.
func TestBrokenAnswers(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		answer string
		status string // of the client's answer
		cut    string // what arrives of the body before the cut; "whole" for an answer of the gateway's
	}{
		"dies in the body, length known":  {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nabc", "200", "abc"},
		"dies in the body, chunked":       {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n", "200", "abc"},
		"dies before the body":            {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\n", "200", ""},
		"dies in the head":                {"HTTP/1.1 200 OK\r\nContent-Le", "502", "whole"},
		"is not HTTP":                     {"SSH-2.0-OpenSSH_9.2 Connection: close\r\n\r\n", "502", "whole"},
		"two lengths":                     {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab", "502", "whole"},
		"a header without a colon":        {"HTTP/1.1 200 OK\r\nnonsense\r\nConnection: close\r\n\r\n", "502", "whole"},
		"an unknown transfer-encoding":    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\nConnection: close\r\n\r\n", "502", "whole"},
		"switches protocols unasked":      {"HTTP/1.1 101 Switching\r\nConnection: close\r\n\r\n", "502", "whole"},
		"a head of more than 1 MiB":       {"HTTP/1.1 200 OK\r\nConnection: close\r\nX: " + strings.Repeat("x", message.MaxHead) + "\r\n\r\n", "502", "whole"},
		"a broken chunk":                  {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\nzz\r\n", "200", "abc"},
		"dies where trailers should come": {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n", "200", "abc"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := func(t *testing.T) *testBackend {
				return rawBackend(t, "b", func(nc net.Conn, br *bufio.Reader) {
					http.ReadRequest(br)
					io.WriteString(nc, c.answer)
				})
			}
			inPlaces(t, Config{}, b, func(t *testing.T, g *testGateway) {
				out := g.raw("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
				resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(out)), nil)
				if err != nil {
					t.Fatalf("%v in %q", err, out)
				}
				body, err := io.ReadAll(resp.Body)
				if fmt.Sprint(resp.StatusCode) != c.status {
					t.Errorf("status %d", resp.StatusCode)
				}
				if whole := err == nil; whole != (c.cut == "whole") {
					t.Errorf("whole: %t, %q %v", whole, body, err)
				}
				if c.cut != "whole" && string(body) != c.cut {
					t.Errorf("%q", body)
				}
			})
		})
	}
}

// G1: large heads pass both ways.
func TestLargeHeads(t *testing.T) {
	big := strings.Repeat("x", 60<<10)
	inPlaces(t, Config{}, func(t *testing.T) *testBackend {
		return backend(t, "b", func(w http.ResponseWriter, r *http.Request) { w.Header().Set("X-Big", r.Header.Get("X-Big")) })
	}, func(t *testing.T, g *testGateway) {
		if got := g.get("/", "X-Big", big); got.header.Get("X-Big") != big {
			t.Errorf("%d %v %v", got.status, len(got.header.Get("X-Big")), got.err)
		}
	})
}

// G5: events and chunks arrive at once.
func TestStreaming(t *testing.T) {
	for name, head := range map[string]string{
		"events":     "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
		"chunks":     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
		"until eof":  "HTTP/1.1 200 OK\r\n\r\n",
		"by length":  "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n",
		"big length": "HTTP/1.1 200 OK\r\nContent-Length: 500000000\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			more := make(chan string)
			inPlaces(t, Config{}, func(t *testing.T) *testBackend {
				return rawBackend(t, "b", func(nc net.Conn, br *bufio.Reader) {
					http.ReadRequest(br)
					io.WriteString(nc, head)
					for s := range more {
						if s == "" {
							return
						}
						if strings.Contains(head, "chunked") {
							s = fmt.Sprintf("%x\r\n%s\r\n", len(s), s)
						}
						if _, err := io.WriteString(nc, s); err != nil {
							return
						}
					}
				})
			}, func(t *testing.T, g *testGateway) {
				nc := g.dial()
				defer nc.Close()
				io.WriteString(nc, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
				resp, err := http.ReadResponse(bufio.NewReader(nc), nil)
				if err != nil {
					t.Fatal(err)
				}
				for i := range 20 {
					word := fmt.Sprintf("data: %d\n\n", i)
					more <- word
					got := make([]byte, len(word))
					if _, err := io.ReadFull(resp.Body, got); err != nil || string(got) != word {
						t.Fatalf("%q %v", got, err)
					}
				}
				more <- ""
			})
		})
	}
}
