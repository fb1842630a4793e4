package proxy

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"devgate/proxy/wire"
)

// payload is n bytes that are the same each time.
func payload(n int) string {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{}).Read(b)
	return string(b)
}

func hash(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:8])
}

// hashes answers with the hash of the body that it got, or notes an error.
func hashes(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		w.WriteHeader(status)
		fmt.Fprintf(w, "%s %d %q", hash(string(body)), r.ContentLength, r.TransferEncoding)
	}
}

// G2: every backend that is asked gets the whole body, however long, chunked
// or not.
func TestBodyReachesEveryBackend(t *testing.T) {
	for _, size := range []int{1, 1 << 10, wire.SpoolMemory, wire.SpoolMemory + 1, 10 << 20} {
		for _, chunked := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d bytes, chunked %t", size, chunked), func(t *testing.T) {
				body := payload(size)
				first := make(chan string, 3)
				reader := backend(t, "reads", func(w http.ResponseWriter, r *http.Request) {
					b, err := io.ReadAll(r.Body)
					first <- fmt.Sprint(hash(string(b)), err)
					w.WriteHeader(404)
				})
				hasty := backend(t, "hasty", answers(404, ""))
				part := backend(t, "part", func(w http.ResponseWriter, r *http.Request) {
					io.CopyN(io.Discard, r.Body, 100)
					w.WriteHeader(404)
				})
				g := gateway(t, Config{}, reader, hasty, part, backend(t, "last", hashes(200)))
				r := g.request("POST", "/up", struct{ io.Reader }{strings.NewReader(body)})
				want := hash(body) + ` -1 ["chunked"]`
				if !chunked {
					r.ContentLength = int64(size)
					want = fmt.Sprintf("%s %d []", hash(body), size)
				}
				if got := g.do(r); got.body != want {
					t.Errorf("%+v, want %s", got, want)
				}
				if got := <-first; got != hash(body)+"<nil>" {
					t.Errorf("the first backend got %s", got)
				}
			})
		}
	}
}

// G2: a backend that refuses without reading the body does not lose it.
func TestUnreadBodyIsNotLost(t *testing.T) {
	hasty := rawBackend(t, "hasty", func(nc net.Conn, br *bufio.Reader) {
		io.WriteString(nc, "HTTP/1.1 404 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	})
	g := gateway(t, Config{}, hasty, backend(t, "last", hashes(201)))
	body := payload(5 << 20)
	if got := g.post("/", body); !strings.HasPrefix(got.body, hash(body)) || got.status != 201 {
		t.Errorf("%+v", got)
	}
}

// G2: a body cut short by the client is never passed off as complete.
func TestShortBodyLooksCut(t *testing.T) {
	for name, request := range map[string]string{
		"with a length": "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhello",
		"chunked":       "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
		"broken chunks": "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			inPlaces(t, Config{}, func(t *testing.T) *testBackend {
				return backend(t, "b", func(w http.ResponseWriter, r *http.Request) {
					if b, err := io.ReadAll(r.Body); err == nil {
						t.Errorf("%q was passed off as complete", b)
					}
				})
			}, func(t *testing.T, g *testGateway) {
				nc := g.dial()
				io.WriteString(nc, request)
				nc.(*net.TCPConn).CloseWrite()
				out, _ := io.ReadAll(nc)
				if strings.HasPrefix(string(out), "HTTP/1.1 2") {
					t.Errorf("%q", out)
				}
			})
		})
	}
}

// G2: beyond replay_limit the next backend can not be asked, and the answer
// names the setting; a backend that takes the request is not concerned.
func TestReplayLimit(t *testing.T) {
	g := gateway(t, Config{ReplayLimit: 1 << 20}, backend(t, "a", func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		if r.URL.Path == "/next" {
			w.WriteHeader(404)
		}
		fmt.Fprint(w, n)
	}), backend(t, "b", hashes(200)))
	if got := g.post("/next", payload(2<<20)); got.status != 413 || !strings.Contains(got.body, "replay_limit") || got.header.Get("X-Devgate-Error") != "replay_limit" {
		t.Errorf("%+v", got)
	}
	if got := g.post("/mine", payload(2<<20)); got.status != 200 || got.body != fmt.Sprint(2<<20) {
		t.Errorf("%+v", got)
	}
	if got := g.post("/next", payload(1<<20)); got.status != 200 {
		t.Errorf("%+v", got)
	}
}

// G2: a disk that takes no file is said, and logged.
func TestSpoolFailure(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	for _, name := range []string{"TMPDIR", "TMP"} {
		t.Setenv(name, missing)
	}
	_, err := os.Create(filepath.Join(missing, "x"))
	var why *fs.PathError
	if !errors.As(err, &why) {
		t.Fatal(err)
	}
	g := gateway(t, Config{}, backend(t, "a", answers(404, "")), backend(t, "b", hashes(200)))
	got := g.post("/", payload(1<<20))
	if got.status != http.StatusInsufficientStorage || !strings.Contains(got.body, why.Err.Error()) {
		t.Errorf("%+v", got)
	}
	if !strings.Contains(g.logs.String(), "keep request body") {
		t.Errorf("log: %q", g.logs)
	}
}

// G2: no file is left, not even while a body is kept.
func TestSpoolFileHasNoName(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	look := func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if names, _ := os.ReadDir(dir); len(names) > 0 {
			t.Errorf("%v is there", names)
		}
	}
	miss := func(w http.ResponseWriter, r *http.Request) { look(w, r); w.WriteHeader(404) }
	g := gateway(t, Config{}, backend(t, "a", miss), backend(t, "b", look))
	if got := g.post("/", payload(3<<20)); got.status != 200 {
		t.Errorf("%+v", got)
	}
}

// G2: Expect: 100-continue gets exactly one 100.
func TestExpectContinue(t *testing.T) {
	t.Parallel()
	inPlaces(t, Config{}, func(t *testing.T) *testBackend { return backend(t, "b", hashes(200)) }, func(t *testing.T, g *testGateway) {
		nc := g.dial()
		io.WriteString(nc, "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
		br := bufio.NewReader(nc)
		line, err := br.ReadString('\n')
		if err != nil || line != "HTTP/1.1 100 Continue\r\n" {
			t.Fatalf("%q %v", line, err)
		}
		io.WriteString(nc, "hello")
		out, _ := io.ReadAll(br)
		if !strings.HasPrefix(string(out), "\r\nHTTP/1.1 200 OK\r\n") || !strings.Contains(string(out), hash("hello")) {
			t.Errorf("%q", out)
		}
	})
	t.Run("a backend that refuses at once spares the client the body", func(t *testing.T) {
		b := rawBackend(t, "b", func(nc net.Conn, br *bufio.Reader) {
			http.ReadRequest(br)
			io.WriteString(nc, "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n")
			br.ReadByte()
		})
		out := gateway(t, Config{}, b).raw("POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
		if !strings.HasPrefix(out, "HTTP/1.1 401 ") || !strings.Contains(out, "Connection: close") {
			t.Errorf("%q", out)
		}
	})
}

// G2, G5: a backend may answer while the body is still being sent, and goes on
// getting it.
func TestAnswerBeforeTheBodyEnds(t *testing.T) {
	b := backend(t, "b", func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).EnableFullDuplex()
		w.WriteHeader(200)
		for buf := make([]byte, 10); ; {
			w.(http.Flusher).Flush()
			n, err := r.Body.Read(buf)
			w.Write(buf[:n])
			if err != nil {
				return
			}
		}
	})
	nc := gateway(t, Config{}, b).dial()
	io.WriteString(nc, "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(nc), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"one", "two", "three"} {
		fmt.Fprintf(nc, "%x\r\n%s\r\n", len(word), word)
		got := make([]byte, len(word))
		if _, err := io.ReadFull(resp.Body, got); err != nil || string(got) != word {
			t.Fatalf("%q %v", got, err)
		}
	}
	io.WriteString(nc, "0\r\n\r\n")
	if rest, err := io.ReadAll(resp.Body); err != nil || len(rest) > 0 {
		t.Errorf("%q %v", rest, err)
	}
}

// G2: a body waits in the client while its backend starts.
func TestHeldBodyIsNotRead(t *testing.T) {
	var read atomic.Int64
	g := gateway(t, Config{}, backend(t, "b", hashes(200)))
	g.SetState("b", State{Phase: Waiting})
	body := payload(4 << 20)
	r := g.request("POST", "/", io.TeeReader(strings.NewReader(body), countWriter{&read}))
	done := make(chan answer, 1)
	go func() { done <- g.do(r.WithContext(context.Background())) }()
	eventually(t, "the client sends", func() bool { return read.Load() > 0 })
	g.SetState("b", State{Phase: Ready})
	if got := <-done; !strings.HasPrefix(got.body, hash(body)) {
		t.Errorf("%+v", got)
	}
}

type countWriter struct{ n *atomic.Int64 }

func (w countWriter) Write(p []byte) (int, error) {
	w.n.Add(int64(len(p)))
	return len(p), nil
}
