package proxy

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"devgate/proxy/message"
	"devgate/proxy/wire"
)

// script is what an actor does with requests for one target of one user.
type script struct {
	Status  int
	Upgrade int    // the status when a switch of protocols is asked for, or hangUp
	Reads   string // "none", "part", "all" of the body, before it answers; "late": all, but it has begun to answer
	Dies    string // "", "head", "body"
	Early   bool   // sends a 103 first
	Trailer bool   // sends one behind a chunked body
	Slow    bool
	Creates bool // an unsafe request makes the status 200 from then on
	Chatty  bool // goes on after an answer that can have no body
}

// hangUp stands for a status where there is no answer.
const hangUp = 0

// actor is a backend that plays scripts and notes what it saw. It has two ports,
// as if there were a process behind each.
type actor struct {
	*testBackend
	ports   [2]int
	mu      sync.Mutex
	alone   bool                // it serves one connection at a time
	turn    sync.Mutex          // of the connection that is served
	scripts map[string]script   // by target and user
	log     map[string][]string // by the request's number: what it saw of it
	late    map[string]bool     // by the same: it began to answer before it read the body
}

// actors starts n of them, named a, b, c...
func actors(t testing.TB, n int) []*actor {
	var chain []*actor
	for i := range n {
		a := &actor{log: make(map[string][]string), late: make(map[string]bool)}
		a.testBackend = rawBackend(t, string(rune('a'+i)), a.serve)
		a.ports = [2]int{a.Port, rawBackend(t, a.Name, a.serve).Port}
		chain = append(chain, a)
	}
	return chain
}

// assign gives the actor a new role.
func (a *actor) assign(r role) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.scripts, a.log, a.late, a.alone = maps.Clone(r.Scripts), make(map[string][]string), make(map[string]bool), r.Alone
	a.cast(r)
}

// cast is what the configuration says of the actor in a role.
func (a *actor) cast(r role) {
	a.SPA, a.Paths, a.Final, a.Fallthrough = Off, r.Paths, r.Final, r.Fallthrough
}

// isAlone reports whether it serves one connection at a time.
func (a *actor) isAlone() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.alone
}

func (a *actor) script(target, user string) script {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.scripts[target+" "+user]
}

func (a *actor) rewrite(target, user string, s script) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.scripts[target+" "+user] = s
}

// seen returns what the actor saw of request number id. A safe one may be sent again
// to an actor that goes on after its answers: what it says then is no answer.
func (a *actor) seen(id string) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	lines := slices.Clone(a.log[id])
	if len(lines) > 1 && a.chatty() && wire.IsSafe(strings.Fields(lines[0])[0]) {
		// The one that was lost may not have been read to its end.
		whole := slices.MaxFunc(lines, func(a, b string) int { return len(a) - len(b) })
		lines = slices.DeleteFunc(lines, func(line string) bool { return strings.HasPrefix(whole, line) })
		lines = append(lines, whole)
	}
	return lines
}

// chatty reports whether it goes on after answers. The caller holds a.mu.
func (a *actor) chatty() bool {
	for _, s := range a.scripts {
		if s.Chatty {
			return true
		}
	}
	return false
}

func (a *actor) serve(nc net.Conn, br *bufio.Reader) {
	if a.isAlone() {
		a.turn.Lock()
		defer a.turn.Unlock()
	}
	for {
		r, err := http.ReadRequest(br)
		if err != nil || !a.play(nc, r) {
			return
		}
	}
}

func userOf(r *http.Request) string { return strings.TrimPrefix(r.Header.Get("Cookie"), "user=") }

// play answers one request and reports whether the connection may go on.
func (a *actor) play(nc net.Conn, r *http.Request) bool {
	s, id := a.script(r.RequestURI, userOf(r)), r.Header.Get("Traceparent")
	a.mu.Lock()
	a.log[id] = append(a.log[id], r.Method+" "+r.RequestURI+forwardedTwice(r))
	a.mu.Unlock()
	if r.Header.Get("Upgrade") != "" {
		if s.Upgrade != hangUp {
			io.WriteString(nc, s.switchAnswer(a.Name))
		}
		return false
	}
	whole := r.ContentLength == 0
	head, rest := s.answer(a.Name, r.Method)
	if s.Reads == "late" && rest != "" {
		a.mu.Lock()
		a.late[id] = true
		a.mu.Unlock()
		io.WriteString(nc, head)
		head = ""
	}
	switch s.Reads {
	case "part":
		io.CopyN(io.Discard, r.Body, 100)
	case "all", "late":
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return false
		}
		whole = true
		a.mu.Lock()
		if len(a.log[id]) == 0 { // the next history has begun
			a.mu.Unlock()
			return false
		}
		a.log[id][len(a.log[id])-1] += " " + hash(string(body)) + r.Trailer.Get("Check")
		a.mu.Unlock()
	}
	if s.Slow {
		<-time.After(time.Millisecond)
	}
	if s.Creates && !wire.IsSafe(r.Method) {
		created := s
		created.Status = 200
		a.rewrite(r.RequestURI, userOf(r), created)
	}
	io.WriteString(nc, head+rest)
	if s.Chatty && (r.Method == "HEAD" || !message.BodyAllowed(s.Status)) {
		io.WriteString(nc, "<p>what nobody may say here</p>\n")
	}
	return whole && s.Dies == ""
}

// forwardedTwice is what is wrong with the headers of which each should be there
// once (I6), "" for nothing.
func forwardedTwice(r *http.Request) string {
	for name, want := range map[string]string{"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Host": "localhost", "X-Forwarded-Proto": "http"} {
		if got := r.Header[name]; len(got) != 1 || got[0] != want {
			return fmt.Sprintf(" %s: %q", name, got)
		}
	}
	return ""
}

func (s script) switchAnswer(name string) string {
	if s.Upgrade == http.StatusSwitchingProtocols {
		return "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSet-Cookie: who=" + name + "\r\n\r\n"
	}
	return fmt.Sprintf("HTTP/1.1 %d Status\r\nSet-Cookie: who=%s\r\nContent-Length: 2\r\n\r\nno", s.Upgrade, name)
}

// text is the body of a script's answer.
func (s script) text(name string) string { return fmt.Sprintf("%s says %d", name, s.Status) }

// answer is the head of an answer, all that comes before it included, and the rest.
func (s script) answer(name, method string) (head, rest string) {
	var b strings.Builder
	if s.Early {
		fmt.Fprintf(&b, "HTTP/1.1 103 Early\r\nLink: <%s>\r\n\r\n", name)
	}
	if s.Dies == "head" {
		return b.String() + "HTTP/1.1 2", ""
	}
	fmt.Fprintf(&b, "HTTP/1.1 %d Status\r\nSet-Cookie: who=%s\r\nX-Which: %s\r\n", s.Status, name, name)
	text := s.text(name)
	switch {
	case message.BodyAllowed(s.Status) && s.Trailer:
		b.WriteString("Transfer-Encoding: chunked\r\n")
	case message.BodyAllowed(s.Status):
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(text))
	}
	b.WriteString("\r\n")
	switch {
	case method == "HEAD" || !message.BodyAllowed(s.Status):
	case s.Trailer && s.Dies == "body":
		rest = fmt.Sprintf("3\r\n%s\r\n", text[:3])
	case s.Trailer:
		rest = fmt.Sprintf("%x\r\n%s\r\n0\r\nSum: %s\r\n\r\n", len(text), text, name)
	case s.Dies == "body":
		rest = text[:3]
	default:
		rest = text
	}
	return b.String(), rest
}

// transcript is what the client sees of an answer.
type transcript struct {
	status int
	early  string
	cookie string
	which  string // all X-Which
	body   string
	cut    bool
	sum    string // the trailer
}

// reading is what the client sees when this script's answer is used.
func (s script) reading(name, method string) transcript {
	t := transcript{status: s.Status, cookie: "who=" + name, which: name}
	if s.Early {
		t.early = "<" + name + ">"
	}
	switch {
	case method == "HEAD" || !message.BodyAllowed(s.Status):
	case s.Dies == "body":
		t.body, t.cut = s.text(name)[:3], true
	default:
		t.body = s.text(name)
		if s.Trailer {
			t.sum = name
		}
	}
	return t
}

// observe reads one final answer and all informational ones before it.
func observe(method string, nc net.Conn) (transcript, error) {
	br := bufio.NewReader(nc)
	early := ""
	for {
		resp, err := http.ReadResponse(br, &http.Request{Method: method})
		if err != nil {
			return transcript{}, fmt.Errorf("read answer: %w", err)
		}
		if resp.StatusCode < 200 && resp.StatusCode != http.StatusSwitchingProtocols {
			early += resp.Header.Get("Link")
			continue
		}
		got := transcript{
			status: resp.StatusCode, early: early, cookie: strings.Join(resp.Header["Set-Cookie"], ";"),
			which: strings.Join(resp.Header["X-Which"], ";"),
		}
		if resp.StatusCode == http.StatusSwitchingProtocols {
			got.body = "no"
			return got, nil
		}
		body, err := io.ReadAll(resp.Body)
		got.body, got.cut, got.sum = string(body), err != nil, resp.Trailer.Get("Sum")
		if resp.Header.Get("X-Devgate-Error") != "" {
			got.body = ""
		}
		return got, nil
	}
}

// raw is the step's request as bytes. Its number travels in a header that says
// nothing about who answers.
func (st step) raw(id string, body []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: localhost\r\nTraceparent: %s\r\n", st.Method, st.Target, id)
	if st.User != "" {
		fmt.Fprintf(&b, "Cookie: user=%s\r\n", st.User)
	}
	if st.Reload {
		b.WriteString("Cache-Control: no-cache\r\n")
	}
	if st.Upgrade {
		b.WriteString("Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
		return b.Bytes()
	}
	b.WriteString("Connection: close\r\n")
	if !st.Chunked {
		if len(body) > 0 {
			fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
		}
		b.WriteString("\r\n")
		b.Write(body)
		return b.Bytes()
	}
	b.WriteString("Trailer: Check\r\nTransfer-Encoding: chunked\r\n\r\n")
	for piece := range slices.Chunk(body, 50_000) {
		fmt.Fprintf(&b, "%x\r\n%s\r\n", len(piece), piece)
	}
	fmt.Fprintf(&b, "0\r\nCheck: %s\r\n\r\n", st.Method)
	return b.Bytes()
}
