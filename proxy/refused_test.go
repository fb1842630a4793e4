package proxy

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// G9: what no backend may see is refused in the form of all that the gateway says,
// and is remembered, whoever has noticed it.
func TestRefusedRequests(t *testing.T) {
	b := backend(t, "b", answers(200, "ok"))
	g := gateway(t, Config{}, b)
	for name, c := range map[string]struct {
		request string
		status  int
		path    string
	}{
		"no host":                {"GET /nohost HTTP/1.1\r\n\r\n", 400, "/nohost"},
		"two hosts":              {"GET /two HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "/two"},
		"a folded header":        {"GET /fold HTTP/1.1\r\nHost: localhost\r\nA: b\r\n c\r\n\r\n", 400, "/fold"},
		"an unknown expectation": {"GET /expect HTTP/1.1\r\nHost: localhost\r\nExpect: 200-ok\r\n\r\n", 417, "/expect"},
		"an unknown coding":      {"POST /coding HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "/coding"},
		"another version":        {"GET /version HTTP/3.7\r\nHost: localhost\r\n\r\n", 505, "/version"},
		"too many headers":       {"GET /long HTTP/1.1\r\nHost: localhost\r\n" + strings.Repeat(head60k, 20) + "\r\n", 431, "/long"},
		"CONNECT":                {"CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 400, "localhost:1"},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(g.Requests())
			nc := g.dial()
			go io.WriteString(nc, c.request)
			raw, _ := io.ReadAll(nc)
			head, body, _ := strings.Cut(string(raw), "\r\n\r\n")
			for _, want := range []string{fmt.Sprintf("HTTP/1.1 %d ", c.status), "X-Devgate-Error: request", "Cache-Control: no-store", "Content-Type: application/problem+json"} {
				if !strings.Contains(head, want) {
					t.Errorf("no %q in %q", want, head)
				}
			}
			var p problem
			if err := json.Unmarshal([]byte(body), &p); err != nil || p.Status != c.status || p.Type != "urn:devgate:request" || p.Title == "" {
				t.Errorf("%q %v", body, err)
			}
			eventually(t, "it is remembered", func() bool { return len(g.Requests()) == before+1 })
			if e := g.Requests()[before]; e.Status != c.status || e.Path != c.path || e.At.IsZero() {
				t.Errorf("%+v", e)
			}
		})
	}
	if len(b.requests()) > 0 {
		t.Errorf("the backend saw %q", b.requests())
	}
}

// G1, G9: requests that were sent ahead keep their targets apart, in whatever pieces
// they come.
func TestLonePercentSigns(t *testing.T) {
	b := newOrigin(t, "b", replies(okAnswer))
	g := gateway(t, Config{}, b.testBackend)
	targets := []string{"/a%", "/plain", "/\xff", "/b%\xff%20%", "/c?%", "/%d"}
	var all strings.Builder
	for _, target := range targets {
		fmt.Fprintf(&all, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", target)
	}
	for _, size := range []int{1, 7, all.Len()} {
		nc := g.dial()
		for rest := all.String(); rest != ""; rest = rest[min(size, len(rest)):] {
			io.WriteString(nc, rest[:min(size, len(rest))])
		}
		for _, target := range targets {
			if got := (<-b.seen).lineOf(); got != "GET "+target+" HTTP/1.1" {
				t.Errorf("in pieces of %d: %q, want %q", size, got, target)
			}
		}
		nc.Close()
	}
	e, err := g.Explain(t.Context(), "GET", "/sale-50%", nil, nil)
	if err != nil || e.Status != 200 || e.Path != "/sale-50%" {
		t.Errorf("%+v %v", e, err)
	}
}

// G12: what ends in a percent sign and is no target is not waited behind.
func TestABodyThatEndsInAPercentSign(t *testing.T) {
	g := gateway(t, Config{}, backend(t, "b", hashes(200)))
	nc := g.dial()
	br := bufio.NewReader(nc)
	for _, body := range []string{"100%", "%", "%2", "x%2"} {
		fmt.Fprintf(nc, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		resp, err := http.ReadResponse(br, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(resp.Body); !strings.HasPrefix(string(got), hash(body)) || err != nil {
			t.Errorf("%q: %q %v", body, got, err)
		}
	}
}

// G5: a client that has closed its side, and waits, gets the answer; it is asked first
// whether it is still there.
func TestAHalfClosedClient(t *testing.T) {
	release := make(chan struct{})
	g := gateway(t, Config{}, backend(t, "b", func(w http.ResponseWriter, r *http.Request) {
		<-release
		io.WriteString(w, "late")
	}))
	nc := g.dial()
	io.WriteString(nc, "GET /half HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
	eventually(t, "it is asked", func() bool { return g.requests.count() == 1 })
	nc.(*net.TCPConn).CloseWrite()
	asked := make([]byte, len("HTTP/1.1 100 Continue\r\n\r\n"))
	if _, err := io.ReadFull(nc, asked); err != nil || !strings.HasPrefix(string(asked), "HTTP/1.1 100 ") {
		t.Errorf("%q %v", asked, err)
	}
	close(release)
	if got, _ := io.ReadAll(nc); !strings.HasPrefix(string(got), "HTTP/1.1 200 OK\r\n") || !strings.HasSuffix(string(got), "\r\n\r\nlate") {
		t.Errorf("%q", got)
	}
}

// G5: one that speaks HTTP/1.0 cannot be asked, and is taken for one that has left.
func TestAHalfClosedClientOfHTTP10(t *testing.T) {
	g := gateway(t, Config{}, rawBackend(t, "b", mute(new(atomic.Int64))))
	nc := g.dial()
	io.WriteString(nc, "GET /half HTTP/1.0\r\n\r\n")
	eventually(t, "it is asked", func() bool { return g.requests.count() == 1 })
	nc.(*net.TCPConn).CloseWrite()
	if got, _ := io.ReadAll(nc); len(got) > 0 {
		t.Errorf("%q", got)
	}
}

// G5, G9: a client that leaves gets no answer of the gateway's own; it is remembered
// that it left.
func TestAClientThatLeaves(t *testing.T) {
	g := gateway(t, Config{}, rawBackend(t, "b", mute(new(atomic.Int64))))
	nc := g.dial()
	io.WriteString(nc, "GET /half HTTP/1.1\r\nHost: localhost\r\n\r\n")
	eventually(t, "it is asked", func() bool { return g.requests.count() == 1 })
	nc.Close()
	eventually(t, "it is remembered", func() bool { return len(g.Requests()) == 1 })
	if e := g.Requests()[0]; e.Status != 0 || e.Cascade[0].Note != "client left" {
		t.Errorf("%+v", e)
	}
}
