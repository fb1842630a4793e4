package proxy

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// script is what a backend does with requests for one path.
type script struct {
	Status int
	Reads  string // "none", "part", "all" of the body, before it answers
	Dies   string // "", "head", "body"
	Early  bool   // sends a 103 first
	Slow   bool
}

var (
	pathWords = []string{"/a", "/b", "/a/b", "/a%2Fb", "//", "/a/b;c?d='{}'"}
	methods   = []string{"GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"}
)

// actor is a backend that plays scripts and notes what it saw.
type actor struct {
	*testBackend
	mu      sync.Mutex
	scripts map[string]script
	log     []string
}

func (a *actor) serve(nc net.Conn, br *bufio.Reader) {
	for {
		r, err := http.ReadRequest(br)
		if err != nil || !a.play(nc, r) {
			return
		}
	}
}

// play answers one request and reports whether the connection may go on.
func (a *actor) play(nc net.Conn, r *http.Request) bool {
	a.mu.Lock()
	s := a.scripts[r.RequestURI]
	a.log = append(a.log, r.Method+" "+r.RequestURI)
	seen := len(a.log) - 1
	a.mu.Unlock()
	whole := r.ContentLength == 0
	switch s.Reads {
	case "part":
		io.CopyN(io.Discard, r.Body, 100)
	case "all":
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return false
		}
		whole = true
		a.mu.Lock()
		a.log[seen] += " " + hash(string(body))
		a.mu.Unlock()
	}
	if s.Slow {
		<-time.After(time.Millisecond)
	}
	io.WriteString(nc, s.answer(a.Name, r))
	return whole && s.Dies == ""
}

// text is the body of a script's answer.
func (s script) text(name string) string { return fmt.Sprintf("%s says %d", name, s.Status) }

func (s script) answer(name string, r *http.Request) string {
	var b strings.Builder
	if s.Early {
		fmt.Fprintf(&b, "HTTP/1.1 103 Early\r\nLink: <%s>\r\n\r\n", name)
	}
	if s.Dies == "head" {
		return b.String() + "HTTP/1.1 2"
	}
	fmt.Fprintf(&b, "HTTP/1.1 %d Status\r\nSet-Cookie: who=%s\r\nX-Which: %s\r\n", s.Status, name, name)
	text := s.text(name)
	if bodyAllowed(s.Status) {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(text))
	}
	b.WriteString("\r\n")
	switch {
	case r.Method == "HEAD" || !bodyAllowed(s.Status):
	case s.Dies == "body":
		b.WriteString(text[:3])
	default:
		b.WriteString(text)
	}
	return b.String()
}

// transcript is what the client sees of an answer.
type transcript struct {
	status int
	early  string
	cookie string
	body   string
	cut    bool
}

// expected is reference semantics R, in memory: what the client sees, and what
// each backend does.
func expected(chain []*actor, method, target string, body []byte) (transcript, [][]string) {
	logs := make([][]string, len(chain))
	best, bestRank := transcript{}, -1
	for i, a := range chain {
		if !slices.ContainsFunc(a.Paths, func(p string) bool { return compilePattern(p).match(rawPath(target)) }) && a.Paths != nil {
			continue
		}
		s := a.scripts[target]
		logs[i] = []string{method + " " + target}
		if s.Reads == "all" {
			logs[i][0] += " " + hash(string(body))
		}
		if s.Dies == "head" {
			return transcript{status: 502}, logs
		}
		got := s.seen(a.Name, method)
		if a.Final || !slices.Contains(a.Fallthrough, s.Status) {
			return got, logs
		}
		if rank := map[int]int{404: 1, 405: 2}[s.Status]; rank >= bestRank {
			best, bestRank = got, rank
		}
		if a.Final {
			break
		}
	}
	if bestRank < 0 {
		best = transcript{status: 404}
	}
	return best, logs
}

// seen is what the client sees when this script's answer is used.
func (s script) seen(name, method string) transcript {
	t := transcript{status: s.Status, cookie: "who=" + name}
	if s.Early {
		t.early = "<" + name + ">"
	}
	switch {
	case method == "HEAD" || !bodyAllowed(s.Status):
	case s.Dies == "body":
		t.body, t.cut = s.text(name)[:3], true
	default:
		t.body = s.text(name)
	}
	return t
}

// observe reads a whole connection's worth of answers.
func observe(t *rapid.T, method string, nc net.Conn) transcript {
	br := bufio.NewReader(nc)
	early := ""
	for {
		resp, err := http.ReadResponse(br, &http.Request{Method: method})
		if err != nil {
			t.Fatalf("read answer: %v", err)
		}
		if resp.StatusCode < 200 {
			early += resp.Header.Get("Link")
			continue
		}
		body, err := io.ReadAll(resp.Body)
		got := transcript{resp.StatusCode, early, strings.Join(resp.Header["Set-Cookie"], ";"), string(body), err != nil}
		if resp.Header.Get("X-Devgate-Error") != "" {
			got.body = ""
		}
		return got
	}
}

func drawScript(t *rapid.T) script {
	s := script{
		Status: rapid.SampledFrom([]int{200, 204, 304, 302, 404, 404, 404, 404, 405, 413, 500}).Draw(t, "status"),
		Reads:  rapid.SampledFrom([]string{"none", "part", "all"}).Draw(t, "reads"),
		Early:  rapid.Bool().Draw(t, "early"),
		Slow:   rapid.IntRange(0, 9).Draw(t, "slow") == 0,
	}
	switch rapid.IntRange(0, 11).Draw(t, "dies") {
	case 0:
		s.Dies = "head"
	case 1:
		s.Dies = "body"
	}
	return s
}

// drawChain gives the actors new roles.
func drawChain(t *rapid.T, chain []*actor) Config {
	var cfg Config
	for _, a := range chain {
		a.mu.Lock()
		a.scripts, a.log = make(map[string]script), nil
		for _, p := range pathWords {
			a.scripts[p] = drawScript(t)
		}
		a.mu.Unlock()
		a.Paths = rapid.SampledFrom([][]string{nil, nil, nil, {"/a*"}, {"/a/*", "/b"}}).Draw(t, "paths")
		a.SPA = Off
		a.Final = rapid.IntRange(0, 5).Draw(t, "final") == 0
		a.Fallthrough = rapid.SampledFrom([][]int{{404}, {404, 405}, {404, 413, 500}}).Draw(t, "fallthrough")
		cfg.Backends = append(cfg.Backends, a.Backend)
	}
	return cfg
}

// I1-I5: for random chains and histories the client sees what R says, no
// backend sees what R would not send, and every body read to its end is whole.
func TestGatewayIsReference(t *testing.T) {
	var chain []*actor
	for i := range 3 {
		a := &actor{}
		a.testBackend = rawBackend(t, string(rune('a'+i)), a.serve)
		chain = append(chain, a)
	}
	g := gateway(t, Config{})
	g.notice = 0
	sizes := map[int][]byte{}
	for _, n := range []int{0, 1, 1000, 70 << 10, 300 << 10, 1 << 20} {
		sizes[n] = []byte(payload(n))
	}
	rapid.Check(t, func(t *rapid.T) {
		if err := g.Reconfigure(drawChain(t, chain)); err != nil {
			t.Fatal(err)
		}
		for _, a := range chain {
			g.SetState(a.Name, State{Phase: Ready})
		}
		for range rapid.IntRange(1, 8).Draw(t, "requests") {
			method := rapid.SampledFrom(methods).Draw(t, "method")
			target := rapid.SampledFrom(pathWords).Draw(t, "target")
			n := rapid.SampledFrom([]int{0, 0, 0, 1, 1000, 70 << 10, 300 << 10, 1 << 20}).Draw(t, "size")
			chunked := rapid.Bool().Draw(t, "chunked")
			if method == "HEAD" || method == "GET" {
				n, chunked = 0, false
			}
			want, logs := expected(chain, method, target, sizes[n])
			nc := g.dial()
			go nc.Write(rawRequest(method, target, sizes[n], chunked))
			if got := observe(t, method, nc); got != want {
				t.Fatalf("%s %s\n got %+v\nwant %+v", method, target, got, want)
			}
			nc.Close()
			for i, a := range chain {
				if got := a.flush(); !slices.Equal(got, logs[i]) {
					t.Fatalf("%s %s: backend %s saw %q, want %q", method, target, a.Name, got, logs[i])
				}
			}
		}
	})
}

// flush returns what the actor saw since the last flush.
func (a *actor) flush() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	log := a.log
	a.log = nil
	return log
}

func rawRequest(method, target string, body []byte, chunked bool) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", method, target)
	if !chunked {
		if len(body) > 0 {
			fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
		}
		b.WriteString("\r\n")
		b.Write(body)
		return b.Bytes()
	}
	b.WriteString("Transfer-Encoding: chunked\r\n\r\n")
	for piece := range slices.Chunk(body, 50_000) {
		fmt.Fprintf(&b, "%x\r\n%s\r\n", len(piece), piece)
	}
	b.WriteString("0\r\n\r\n")
	return b.Bytes()
}
