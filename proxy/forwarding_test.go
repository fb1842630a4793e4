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
	g := gateway(t, Config{Hosts: []string{"shop.test"}}, backend(t, "a", answers(404, "")), b)
	g.raw("GET / HTTP/1.1\r\nHost: shop.test:3000\r\nX-Two: 1\r\nX-Two: 2\r\nCookie: a=b\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: gopher\r\n" +
		"Connection: close, X-Hop\r\nX-Hop: secret\r\nKeep-Alive: 5\r\nTE: trailers, deflate\r\nProxy-Authorization: x\r\n\r\n")
	token := g.token
	want := "GET / HTTP/1.1\r\nHost: shop.test:3000\r\nCookie: a=b\r\nX-Two: 1\r\nX-Two: 2\r\nX-Forwarded-For: 127.0.0.1\r\n" +
		"X-Forwarded-Host: shop.test:3000\r\nX-Forwarded-Proto: http\r\nX-Devgate-Loop: " + token + "\r\nTe: trailers"
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

// G1, G2: trailers both ways, announced or not.
func TestTrailers(t *testing.T) {
	inPlaces(t, Config{}, func(t *testing.T) *testBackend {
		return backend(t, "b", func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			w.Header().Set("Trailer", "X-Sum")
			w.Header().Set(http.TrailerPrefix+"X-Late", "late")
			io.WriteString(w, "body")
			w.Header().Set("X-Sum", "got "+r.Trailer.Get("X-Check"))
		})
	}, func(t *testing.T, g *testGateway) {
		out := g.raw("POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTrailer: X-Check\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Check: 42\r\n\r\n")
		r, err := http.ReadResponse(bufio.NewReader(strings.NewReader(out)), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := r.Trailer["X-Sum"]; !ok {
			t.Errorf("the trailer was not announced: %q", out)
		}
		io.Copy(io.Discard, r.Body)
		if r.Trailer.Get("X-Sum") != "got 42" || r.Trailer.Get("X-Late") != "late" {
			t.Errorf("trailers %q in %q", r.Trailer, out)
		}
	})
}

// G2, G4: the trailers of a request that waits, whose body has ended by then, are
// those of one that does not; over HTTP/2 too. (What was wrong here is seen by
// the race detector.)
func TestTrailersOfAHeldRequest(t *testing.T) {
	for _, over2 := range []bool{false, true} {
		t.Run(fmt.Sprintf("HTTP/2 %t", over2), func(t *testing.T) {
			srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				fmt.Fprintf(w, "%s %s", body, r.Trailer.Get("X-Check"))
			}))
			srv.Config.Protocols = new(http.Protocols)
			srv.Config.Protocols.SetHTTP1(!over2)
			srv.Config.Protocols.SetUnencryptedHTTP2(over2)
			srv.Start()
			defer srv.Close()
			g := gateway(t, Config{}, &testBackend{Backend: Backend{Name: "b", Port: portOf(srv.URL), H2C: over2}})
			for range 20 {
				g.SetState("b", State{Phase: Waiting})
				done := make(chan string, 1)
				go func() {
					done <- g.raw("POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTrailer: X-Check\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Check: 42\r\n\r\n")
				}()
				eventually(t, "it is held", func() bool { return g.requests.count() == 1 })
				g.SetState("b", State{Phase: Ready})
				if out := <-done; !strings.Contains(out, "hi 42") {
					t.Fatalf("%q", out)
				}
			}
		})
	}
}

// G1, G5: a 103 is held until its answer is known to be used.
func TestInformationalAnswers(t *testing.T) {
	early := "HTTP/1.1 103 Early Hints\r\nLink: <%s>\r\n\r\n"
	t.Run("of a discarded answer does not leak", func(t *testing.T) {
		a := rawBackend(t, "a", says(fmt.Sprintf(early, "a")+"HTTP/1.1 404 No\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"))
		b := rawBackend(t, "b", says(fmt.Sprintf(early, "b")+"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
		out := gateway(t, Config{}, a, b).raw("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
		if strings.Contains(out, "<a>") || strings.Contains(out, "a=b") {
			t.Errorf("leaked: %q", out)
		}
		if !strings.HasPrefix(out, "HTTP/1.1 103 Early Hints\r\nLink: <b>\r\n\r\nHTTP/1.1 200 OK\r\n") {
			t.Errorf("not forwarded: %q", out)
		}
		if strings.Count(out, "Link") != 1 {
			t.Errorf("the hint is in the answer too: %q", out)
		}
	})
	t.Run("HTTP/1.0 gets none", func(t *testing.T) {
		b := rawBackend(t, "b", says(fmt.Sprintf(early, "b")+"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
		if out := gateway(t, Config{}, b).raw("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n"); !strings.HasPrefix(out, "HTTP/1.0 200 OK\r\n") {
			t.Errorf("%q", out)
		}
	})
}

// G12, G13: HTTP/1.0, HTTP/2, pipelining, malformed requests.
func TestProtocols(t *testing.T) {
	echo := func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.RequestURI) }
	g := gateway(t, Config{}, backend(t, "a", answers(404, "")), backend(t, "b", echo))
	t.Run("pipelined requests are answered in order", func(t *testing.T) {
		out := g.raw("GET /1 HTTP/1.1\r\nHost: localhost\r\n\r\nGET /2 HTTP/1.1\r\nHost: localhost\r\n\r\nGET /3 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
		if i, j, k := strings.Index(out, "\r\n\r\n/1"), strings.Index(out, "\r\n\r\n/2"), strings.Index(out, "\r\n\r\n/3"); i < 0 || j < i || k < j {
			t.Errorf("%q", out)
		}
	})
	t.Run("HTTP/1.0 without a Host", func(t *testing.T) {
		if out := g.raw("GET /old HTTP/1.0\r\n\r\n"); !strings.HasPrefix(out, "HTTP/1.0 200 OK") || !strings.HasSuffix(out, "\r\n\r\n/old") {
			t.Errorf("%q", out)
		}
	})
	t.Run("HTTP/2 with prior knowledge", func(t *testing.T) {
		tr := &http.Transport{Protocols: new(http.Protocols)}
		tr.Protocols.SetUnencryptedHTTP2(true)
		defer tr.CloseIdleConnections()
		resp, err := tr.RoundTrip(g.request("POST", "/two", strings.NewReader("hello")))
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.ProtoMajor != 2 || string(body) != "/two" || resp.Header.Get("X-Devgate-Tried") != "a=404, b=200" {
			t.Errorf("%s %q %v", resp.Proto, body, resp.Header)
		}
	})
	for name, request := range map[string]string{
		"no version":                 "GET /some/path\r\n\r\n",
		"two lengths":                "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
		"an unknown coding":          "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
		"a space before the colon":   "GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
		"no Host":                    "GET / HTTP/1.1\r\n\r\n",
		"CONNECT":                    "CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
		"a target without a slash":   "GET x HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"a control byte in a header": "GET / HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n",
	} {
		t.Run("malformed: "+name, func(t *testing.T) {
			if out := g.raw(request); !strings.HasPrefix(out, "HTTP/1.1 400 ") && !strings.HasPrefix(out, "HTTP/1.1 501 ") {
				t.Errorf("%q", out)
			}
		})
	}
	t.Run("an absolute target chooses no upstream", func(t *testing.T) {
		out := g.raw("GET http://localhost/abs?x HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n")
		if !strings.HasSuffix(out, "\r\n\r\n/abs?x") {
			t.Errorf("%q", out)
		}
		if out := g.raw("GET http://evil.test/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"); !strings.HasPrefix(out, "HTTP/1.1 403 ") {
			t.Errorf("%q", out)
		}
	})
}

// G12: HTTP/2 out, and gRPC's way of saying 404.
func TestHTTP2Backend(t *testing.T) {
	start := func(name string, h http.HandlerFunc) *testBackend {
		srv := httptest.NewUnstartedServer(h)
		srv.Config.Protocols = new(http.Protocols)
		srv.Config.Protocols.SetUnencryptedHTTP2(true)
		srv.Start()
		t.Cleanup(srv.Close)
		return &testBackend{Backend: Backend{Name: name, Port: portOf(srv.URL), H2C: true}}
	}
	unknown := start("unknown", func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/grpc")
		w.Header().Set("Grpc-Status", "12")
	})
	known := start("known", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/grpc")
		fmt.Fprintf(w, "%s %s %s %q", r.Proto, r.RequestURI, body, r.Header["User-Agent"])
		w.Header().Set(http.TrailerPrefix+"Grpc-Status", "0")
	})
	g := gateway(t, Config{}, unknown, known)
	tr := &http.Transport{Protocols: new(http.Protocols)}
	tr.Protocols.SetUnencryptedHTTP2(true)
	defer tr.CloseIdleConnections()
	r := g.request("POST", "/pkg.Svc/Do?a;b='", strings.NewReader("message"), "Te", "trailers", "User-Agent", "")
	resp, err := tr.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	if want := `HTTP/2.0 /pkg.Svc/Do?a;b=' message []`; string(body) != want || resp.Trailer.Get("Grpc-Status") != "0" {
		t.Errorf("%q, trailer %q, want %q", body, resp.Trailer, want)
	}
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
