package proxy

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// The conformance suite asks what a chain of backends behind any gateway should
// give, over real sockets, with clients and servers that are written by hand
// where net/http's are too polite. Each check is run with the answering backend
// in the first, second and third place.

// check is one thing to be right.
type check struct {
	name  string
	reply replier // of the answering backend; nil: 200 "ok"
	run   func(*trialRun)
	serve func(net.Conn, *bufio.Reader) // the answering backend, where reply is not enough
}

// trialRun is a check in one place.
type trialRun struct {
	*testing.T
	g     *testGateway
	hit   *origin
	place int // 0, 1, 2
}

// sighting is a request as an origin saw it.
type sighting struct {
	head    string // byte for byte
	body    string
	trailer http.Header
	err     error // of reading the body
}

// replier answers one request and reports whether the connection goes on.
type replier func(nc net.Conn, s sighting) bool

// origin is a backend that notes requests byte for byte.
type origin struct {
	*testBackend
	seen  chan sighting
	conns atomic.Int64
	gone  atomic.Int64 // connections that have ended
}

func newOrigin(t testing.TB, name string, reply replier) *origin {
	o := &origin{seen: make(chan sighting, 1000)}
	o.testBackend = rawBackend(t, name, func(nc net.Conn, br *bufio.Reader) {
		o.conns.Add(1)
		defer o.gone.Add(1)
		for {
			s, ok := readSighting(nc, br)
			if !ok {
				return
			}
			o.seen <- s
			if s.err != nil || !reply(nc, s) {
				return
			}
		}
	})
	return o
}

// readSighting reads a head as it comes, and the body as the head says.
func readSighting(nc net.Conn, br *bufio.Reader) (sighting, bool) {
	raw, err := readBlock(br)
	if err != nil {
		return sighting{}, false
	}
	s := sighting{head: string(raw)}
	method, rest, _ := strings.Cut(s.head, " ")
	_, rest, _ = strings.Cut(rest, " ") // net/http reads fewer targets than there are
	r, err := http.ReadRequest(bufio.NewReader(io.MultiReader(strings.NewReader(method+" / "+rest), br)))
	if err != nil {
		s.err = err
		return s, true
	}
	if r.Header.Get("Expect") != "" {
		io.WriteString(nc, "HTTP/1.1 100 Continue\r\n\r\n")
	}
	body, err := io.ReadAll(r.Body)
	s.body, s.trailer, s.err = string(body), r.Trailer, err
	return s, true
}

// replies answers every request with the same bytes; unless they announce the
// end of the connection, it goes on.
func replies(answer string) replier {
	return func(nc net.Conn, s sighting) bool {
		_, err := io.WriteString(nc, answer)
		return err == nil && !strings.Contains(answer, "Connection: close")
	}
}

const (
	okAnswer   = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	missAnswer = "HTTP/1.1 103 Early Hints\r\nLink: </miss.css>\r\n\r\n" +
		"HTTP/1.1 404 Not Found\r\nSet-Cookie: miss=1\r\nX-Miss: 1\r\nTransfer-Encoding: chunked\r\nTrailer: X-Miss-Trailer\r\n\r\n9\r\nnot found\r\n0\r\nX-Miss-Trailer: 1\r\n\r\n"
)

// conform runs checks in all places.
func conform(t *testing.T, checks []check) {
	for _, c := range checks {
		for place := range 3 {
			t.Run(fmt.Sprintf("%s, in place %d", c.name, place+1), func(t *testing.T) {
				t.Parallel()
				reply := c.reply
				if reply == nil {
					reply = replies(okAnswer)
				}
				var chain []*testBackend
				for i := range 3 {
					if i != place {
						chain = append(chain, newOrigin(t, fmt.Sprint("miss", i), replies(missAnswer)).testBackend)
						continue
					}
					chain = append(chain, nil)
				}
				hit := newOrigin(t, "hit", reply)
				if c.serve != nil {
					hit.testBackend = rawBackend(t, "hit", c.serve)
				}
				chain[place] = hit.testBackend
				c.run(&trialRun{t, gateway(t, Config{Speculate: true}, chain...), hit, place})
			})
		}
	}
}

// raw sends a request and returns the whole answer, without the gateway's own
// headers. The request gets a Host, and asks for the end of the connection.
func (r *trialRun) raw(request string) string {
	r.Helper()
	line, rest, _ := strings.Cut(request, "\r\n")
	out := withoutOwn(r.g.raw(line + "\r\nHost: localhost\r\nConnection: close\r\n" + rest))
	if strings.Contains(strings.ToLower(out), "miss") {
		r.Errorf("something of a discarded answer: %q", out)
	}
	return out
}

// get is raw for a GET without headers.
func (r *trialRun) get() string {
	r.Helper()
	return r.raw("GET /x HTTP/1.1\r\n\r\n")
}

// withoutOwn drops the headers by which the gateway speaks of itself, and those
// of the connection to it.
func withoutOwn(out string) string {
	var kept []string
	for line := range strings.SplitSeq(out, "\r\n") {
		name, _, _ := strings.Cut(line, ":")
		switch {
		case strings.HasPrefix(name, "X-Devgate-"), name == "Server-Timing", name == "Connection":
		default:
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\r\n")
}

// saw returns the next request that the answering backend saw.
func (r *trialRun) saw() sighting {
	r.Helper()
	select {
	case s := <-r.hit.seen:
		return s
	case <-time.After(10 * time.Second):
		r.Fatal("the backend saw nothing")
		return sighting{}
	}
}

// header returns the values of a header in a raw head.
func (s sighting) header(name string) []string {
	var values []string
	for line := range strings.SplitSeq(s.head, "\r\n") {
		if n, v, ok := strings.Cut(line, ": "); ok && strings.EqualFold(n, name) {
			values = append(values, v)
		}
	}
	return values
}

// want compares.
func (r *trialRun) want(what, got, want string) {
	r.Helper()
	if got != want {
		r.Errorf("%s\n got %.600q\nwant %.600q", what, got, want)
	}
}

// readBlock reads lines up to and including an empty one.
func readBlock(br *bufio.Reader) (block []byte, err error) {
	for {
		line, err := br.ReadBytes('\n')
		block = append(block, line...)
		if err != nil || len(bytes.TrimRight(line, "\r\n")) == 0 {
			return block, err
		}
	}
}
