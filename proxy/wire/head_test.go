package wire

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// headers makes a header section of "Name: value" lines.
func headers(lines ...string) http.Header {
	h := make(http.Header)
	for _, l := range lines {
		name, value, _ := strings.Cut(l, ": ")
		h.Add(name, value)
	}
	return h
}

// G1: which request headers are passed on.
func TestEndToEnd(t *testing.T) {
	h := headers("B: 1", "A: 1", "Connection: x-hop, close", "X-Hop: 1", "Keep-Alive: 1", "Te: trailers", "Upgrade: x",
		"Proxy-Authorization: x", "Transfer-Encoding: chunked", "Content-Length: 3", "X-Forwarded-For: x", "X-Devgate-Loop: x",
		"Authorization: x", "Cookie: a=b", "X-Forwarded-Port: 1", "Forwarded: for=x")
	want := []string{"A", "Authorization", "B", "Cookie"}
	if got := (&Request{Header: h}).EndToEnd(nil); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	want = append(want, "Forwarded", "X-Forwarded-For", "X-Forwarded-Port")
	if got := (&Request{Header: h, Forwarded: true}).EndToEnd(nil); !slices.Equal(got, want) {
		t.Errorf("of a tunnel: %q", got)
	}
}

// RFC 9112 section 4, 5, 6: heads of answers, strictly where two readers could
// differ.
func TestParseHead(t *testing.T) {
	for _, c := range []struct {
		raw, want string // "status header" or "" for a refusal
	}{
		{"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "200 map[A:[b]]"},
		{"HTTP/1.1 200\r\n\r\n", "200 map[]"},
		{"HTTP/1.0 404 Not Found\nA:b\n\n", "404 map[A:[b]]"},
		{"HTTP/1.1 200 OK\r\na-b:  c  \r\nA-B: d\r\n\r\n", "200 map[A-B:[c d]]"},
		{"HTTP/1.1 200 OK\r\nA: b\r\n  c\r\n\td\r\n\r\n", "200 map[A:[b c d]]"},
		{"HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "200 map[A:[b]]"},
		{"HTTP/1.1 200 OK\r\nA:\r\n\r\n", "200 map[A:[]]"},
		{"HTTP/1.1 200 \xe4\r\nA: \xe4\r\n\r\n", "200 map[A:[\xe4]]"},
		{"HTTP/1.1 99 X\r\n\r\n", ""}, {"HTTP/1.1 099 X\r\n\r\n", ""}, {"HTTP/1.1 2000 X\r\n\r\n", ""}, {"HTTP/1.1 +20 X\r\n\r\n", ""},
		{"HTTP/2 200 OK\r\n\r\n", ""}, {"HTTP/1.x 200 OK\r\n\r\n", ""}, {"HTTP/1.1  200 OK\r\n\r\n", ""}, {"", ""}, {"200 OK\r\n\r\n", ""},
		{"HTTP/1.1 200 OK\r\nA b: c\r\n\r\n", ""}, {"HTTP/1.1 200 OK\r\n: c\r\n\r\n", ""}, {"HTTP/1.1 200 OK\r\nA\r\n\r\n", ""},
		{"HTTP/1.1 200 OK\r\n a: b\r\n\r\n", ""}, {"HTTP/1.1 200 OK\r\nA: \x00\r\n\r\n", ""}, {"HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n", ""},
	} {
		got := ""
		if h, err := parseHead(c.raw); err == nil {
			got = fmt.Sprint(h.status, " ", h.header)
		}
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.raw, got, c.want)
		}
	}
}

// RFC 9112 section 6.3: where the body of an answer ends.
func TestFraming(t *testing.T) {
	length := func(n int64, closes bool) framing { return framing{length: n, closes: closes} }
	for _, c := range []struct {
		method, head string
		want         framing
		bad          bool
	}{
		{"GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", length(5, false), false},
		{"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", length(0, false), false},
		{"GET", "HTTP/1.1 204 OK\r\n", length(0, false), false},
		{"GET", "HTTP/1.1 304 OK\r\nContent-Length: 5\r\n", length(0, false), false},
		{"GET", "HTTP/1.1 200 OK\r\n", length(-1, true), false},
		{"GET", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n", length(5, true), false},
		{"GET", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n", length(5, false), false},
		{"GET", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n", length(5, true), false},
		{"GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n", length(5, false), false},
		{"GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nContent-Length: 5\r\n", framing{length: -1, chunked: true}, false},
		{"GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n", framing{}, true},
		{"GET", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n", framing{}, true},
		{"GET", "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n", framing{}, true},
		{"GET", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n", framing{}, true},
		{"GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n", framing{}, true},
		{"GET", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n", framing{}, true},
	} {
		h, err := parseHead(c.head)
		if err != nil {
			t.Fatal(err)
		}
		got, err := framingOf(c.method, h)
		if (err != nil) != c.bad || !c.bad && got != c.want {
			t.Errorf("%s %q: %+v %v", c.method, c.head, got, err)
		}
	}
}
