package proxy

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"devgate/proxy/wire"
)

// inPlaces runs a check with the answering backend in first, second and third
// place, behind backends that say 404.
func inPlaces(t *testing.T, cfg Config, start func(t *testing.T) *testBackend, check func(t *testing.T, g *testGateway)) {
	t.Helper()
	for place := range 3 {
		t.Run(fmt.Sprintf("in place %d", place+1), func(t *testing.T) {
			var chain []*testBackend
			for i := range place {
				chain = append(chain, backend(t, fmt.Sprintf("miss%d", i), answers(404, "no")))
			}
			chain = append(chain, start(t))
			check(t, gateway(t, cfg, chain...))
		})
	}
}

// G1: the request target arrives byte for byte.
func TestTargetIsByteEqual(t *testing.T) {
	targets := []string{
		"/", "//", "//x//y", "/a/../b", "/a/./b", "/%2e%2e/x", "/a%2Fb", "/a;b=c", "/it's", "/{id}", "/a|b^c`d\"e<f>",
		"/\xc2\xa6\xff", "/?", "/x?", "/x?a=b;c&d=%zz", "/x?q='{}'", "/%7Euser/%E2%82%AC", "/a?b?c#d",
	}
	inPlaces(t, Config{}, func(t *testing.T) *testBackend {
		return rawBackend(t, "echo", func(nc net.Conn, br *bufio.Reader) {
			for {
				line, err := br.ReadString('\n')
				if err != nil {
					return
				}
				for l := line; l != "\r\n"; {
					if l, err = br.ReadString('\n'); err != nil {
						return
					}
				}
				target := strings.TrimSuffix(line[strings.Index(line, " ")+1:], " HTTP/1.1\r\n")
				fmt.Fprintf(nc, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(target), target)
			}
		})
	}, func(t *testing.T, g *testGateway) {
		for _, target := range targets {
			out := g.raw("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
			_, body, _ := strings.Cut(out, "\r\n\r\n")
			if body != target {
				t.Errorf("%q arrived as %q", target, body)
			}
		}
	})
}

// G1: also the one target that is no path.
func TestServerWideOptions(t *testing.T) {
	b, heads := rawHeads(t, "HTTP/1.1 204 No Content\r\n\r\n")
	gateway(t, Config{}, b).raw("OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
	if head := <-heads; !strings.HasPrefix(head, "OPTIONS * HTTP/1.1\r\n") {
		t.Errorf("%q", head)
	}
}

// rawHeads starts a backend that hands over each request head as it came.
func rawHeads(t testing.TB, answer string) (*testBackend, <-chan string) {
	heads := make(chan string, 100)
	return rawBackend(t, "raw", func(nc net.Conn, br *bufio.Reader) {
		for {
			var b bytes.Buffer
			r, err := http.ReadRequest(bufio.NewReader(io.TeeReader(br, &b)))
			if err != nil {
				return
			}
			io.Copy(io.Discard, r.Body)
			head, _, _ := strings.Cut(b.String(), "\r\n\r\n")
			heads <- head
			io.WriteString(nc, answer)
		}
	}), heads
}

// G1: the client's headers, the client's Host and X-Forwarded-* once; nothing
// that belongs to a connection, and nothing invented.
func TestRequestHeaders(t *testing.T) {
	b, heads := rawHeads(t, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	g := gateway(t, Config{}, backend(t, "a", answers(404, "")), b)
	g.raw("GET / HTTP/1.1\r\nHost: shop.localhost:3000\r\nX-Two: 1\r\nX-Two: 2\r\nCookie: a=b\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: gopher\r\n" +
		"Connection: close, X-Hop\r\nX-Hop: secret\r\nKeep-Alive: 5\r\nTE: trailers, deflate\r\nProxy-Authorization: x\r\n\r\n")
	token := g.token
	want := "GET / HTTP/1.1\r\nHost: shop.localhost:3000\r\nX-Two: 1\r\nX-Two: 2\r\nCookie: a=b\r\nX-Forwarded-For: 127.0.0.1\r\n" +
		"X-Forwarded-Host: shop.localhost:3000\r\nX-Forwarded-Proto: http\r\nX-Devgate-Loop: " + token + "\r\nTE: trailers"
	if got := <-heads; got != want {
		t.Errorf("the backend got\n%s\nwant\n%s", got, want)
	}
}

// G1: a url backend gets its own Host, over TLS too.
func TestRemoteBackendGetsItsHost(t *testing.T) {
	for _, scheme := range []string{"http", "https"} {
		t.Run(scheme, func(t *testing.T) {
			h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Host) })
			srv := httptest.NewUnstartedServer(h)
			if scheme == "https" {
				srv.StartTLS()
			} else {
				srv.Start()
			}
			t.Cleanup(srv.Close)
			u, _ := url.Parse(srv.URL)
			g := New(Config{Backends: []Backend{{Name: "far", URL: u, Remote: true}}})
			at := g.chain.Load().candidates[0].up.endpoint()
			if scheme == "https" {
				o := g.chain.Load().candidates[0].origin()
				o.Roots = srv.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
				at.transport = wire.NewTransport(o, new(sync.WaitGroup))
			}
			w := httptest.NewRecorder()
			r := httptest.NewRequest("GET", "/", nil)
			r.Host = "localhost"
			g.ServeHTTP(w, r)
			if w.Code != 200 || w.Body.String() != u.Host {
				t.Errorf("%d %q, want %q", w.Code, w.Body, u.Host)
			}
			at.transport.Forget()
		})
	}
}

// G1: status, headers and body of the answer, with nothing added but the
// gateway's own headers.
func TestAnswerIsUntouched(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	io.WriteString(z, "hello")
	z.Close()
	cases := map[string]struct {
		answer string
		header []string // sorted, without the gateway's own
		body   string
	}{
		"nothing is invented": {
			"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n<p>", []string{"Content-Length: 3"}, "<p>"},
		"three cookies": {
			"HTTP/1.1 418 I'm a teapot\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nSet-Cookie: c=3\r\nContent-Length: 0\r\n\r\n",
			[]string{"Content-Length: 0", "Set-Cookie: a=1", "Set-Cookie: b=2", "Set-Cookie: c=3"}, ""},
		"gzip nobody asked for": {
			fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", zipped.Len(), zipped.String()),
			[]string{"Content-Encoding: gzip", fmt.Sprintf("Content-Length: %d", zipped.Len())}, zipped.String()},
		"a redirect": {
			"HTTP/1.1 302 Found\r\nLocation: http://localhost/next\r\nContent-Length: 0\r\n\r\n",
			[]string{"Content-Length: 0", "Location: http://localhost/next"}, ""},
		"204": {"HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n", []string{"X-A: b"}, ""},
		"304 with the headers of the page": {
			"HTTP/1.1 304 Not Modified\r\nContent-Type: text/css\r\nContent-Length: 7\r\nEtag: \"x\"\r\n\r\n",
			[]string{"Content-Length: 7", "Content-Type: text/css", "Etag: \"x\""}, ""},
		"chunked": {
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
			[]string{"Transfer-Encoding: chunked"}, "abc"},
		"an empty chunked one": {
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", []string{"Transfer-Encoding: chunked"}, ""},
		"until the connection closes": {
			"HTTP/1.0 200 OK\r\nConnection: close\r\n\r\nabc", []string{"Transfer-Encoding: chunked"}, "abc"},
		"Pragma alone": {
			"HTTP/1.1 200 OK\r\nPragma: no-cache\r\nContent-Length: 0\r\n\r\n", []string{"Content-Length: 0", "Pragma: no-cache"}, ""},
		"hop-by-hop headers": {
			"HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nContent-Length: 0\r\n\r\n", []string{"Content-Length: 0"}, ""},
		"400": {"HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno", []string{"Content-Length: 2"}, "no"},
		"500": {"HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\noh", []string{"Content-Length: 2"}, "oh"},
		"426 says to what": {"HTTP/1.1 426 Upgrade Required\r\nConnection: Upgrade\r\nUpgrade: TLS/1.0\r\nContent-Length: 0\r\n\r\n",
			[]string{"Content-Length: 0", "Upgrade: TLS/1.0"}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			inPlaces(t, Config{}, func(t *testing.T) *testBackend { return rawBackend(t, "b", says(c.answer)) }, func(t *testing.T, g *testGateway) {
				out := g.raw("GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
				r, err := http.ReadResponse(bufio.NewReader(strings.NewReader(out)), nil)
				if err != nil {
					t.Fatalf("%v in %q", err, out)
				}
				body, err := io.ReadAll(r.Body)
				if err != nil || string(body) != c.body {
					t.Errorf("body %q, %v", body, err)
				}
				if got := endHeaders(out); !slices.Equal(got, c.header) {
					t.Errorf("headers %q, want %q", got, c.header)
				}
				if want := c.answer[9:12]; out[9:12] != want {
					t.Errorf("status %s, want %s", out[9:12], want)
				}
			})
		})
	}
}

// endHeaders are the header lines of a raw answer, canonical and sorted,
// without those of the connection and the gateway's own.
func endHeaders(out string) []string {
	head, _, _ := strings.Cut(out, "\r\n\r\n")
	var lines []string
	for _, l := range strings.Split(head, "\r\n")[1:] {
		name, value, _ := strings.Cut(l, ": ")
		name = textproto.CanonicalMIMEHeaderKey(name)
		if name != "Connection" && name != "Server-Timing" && !strings.HasPrefix(name, "X-Devgate-") {
			lines = append(lines, name+": "+value)
		}
	}
	slices.Sort(lines)
	return lines
}

// G13: a request that comes back is a loop.
func TestLoop(t *testing.T) {
	var g *testGateway
	b := backend(t, "b", func(w http.ResponseWriter, r *http.Request) {
		r2, _ := http.NewRequest("GET", g.URL()+"/again", nil)
		r2.Header[wire.LoopHeader] = r.Header[wire.LoopHeader]
		got := g.do(r2)
		w.WriteHeader(got.status)
		io.WriteString(w, got.header.Get("X-Devgate-Error"))
	})
	g = gateway(t, Config{}, b)
	if got := g.get("/"); got.status != http.StatusLoopDetected || got.body != "loop" {
		t.Errorf("%d %q", got.status, got.body)
	}
}
