package proxy

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

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
