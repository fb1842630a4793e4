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
	"testing"
	"time"
)

// earlyRefusal is how a backend of earlyBackend ends its answer: with what it read.
const earlyRefusal = "no such path, for a body of "

// beginsEarly answers with the head and half of a 404, reads the body, and only
// then ends its answer.
func beginsEarly(seen chan<- string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).EnableFullDuplex()
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, earlyRefusal)
		w.(http.Flusher).Flush()
		body, err := io.ReadAll(r.Body)
		got := fmt.Sprint(hash(string(body)), " ", err)
		io.WriteString(w, got)
		seen <- got
	}
}

// earlyBackend is one that begins its 404 before it has read the body, and what it
// read of each.
func earlyBackend(t testing.TB, name string) (*testBackend, <-chan string) {
	seen := make(chan string, 1000)
	return backend(t, name, beginsEarly(seen)), seen
}

// earlyBackendBy is one by either protocol.
func earlyBackendBy(t testing.TB, h2c bool, name string) (*testBackend, <-chan string) {
	if !h2c {
		return earlyBackend(t, name)
	}
	seen := make(chan string, 1000)
	srv := httptest.NewUnstartedServer(beginsEarly(seen))
	srv.Config.Protocols = new(http.Protocols)
	srv.Config.Protocols.SetUnencryptedHTTP2(true)
	srv.Start()
	t.Cleanup(srv.Close)
	return &testBackend{Backend: Backend{Name: name, Port: portOf(srv.URL), H2C: true}}, seen
}

// doBy is do by either protocol.
func (g *testGateway) doBy(h2c bool, r *http.Request) answer {
	tr := &http.Transport{DisableCompression: true, Protocols: new(http.Protocols)}
	defer tr.CloseIdleConnections()
	tr.Protocols.SetHTTP1(!h2c)
	tr.Protocols.SetUnencryptedHTTP2(h2c)
	resp, err := (&http.Client{Transport: tr, Timeout: time.Minute}).Do(r)
	if err != nil {
		return answer{err: err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(body), err}
}

// G2: a backend that begins its answer before it has read the body gets the body
// all the same, and its answer is whole when it is the one to be used.
func TestEarlyRefusals(t *testing.T) {
	for _, h2c := range []string{"", "client", "backends"} {
		for _, size := range []int{30_000, 300_000} {
			for _, chunked := range []bool{false, true} {
				t.Run(fmt.Sprintf("h2c: %s, %d bytes, chunked %t", h2c, size, chunked), func(t *testing.T) {
					t.Parallel()
					first, firstSaw := earlyBackendBy(t, h2c == "backends", "first")
					second, secondSaw := earlyBackendBy(t, h2c == "backends", "second")
					body := payload(size)
					want := hash(body) + " <nil>"
					send := func(g *testGateway) answer {
						r := g.request("POST", "/up", struct{ io.Reader }{strings.NewReader(body)})
						if !chunked {
							r.ContentLength = int64(size)
						}
						return g.doBy(h2c == "client", r)
					}
					all := gateway(t, Config{}, first, second)
					for range 10 {
						if got := send(all); got.status != 404 || got.body != earlyRefusal+want || got.err != nil {
							t.Fatalf("when all refuse: %d %.100q %v", got.status, got.body, got.err)
						}
						if a, b := <-firstSaw, <-secondSaw; a != want || b != want {
							t.Fatalf("%s and %s were read, want %s", a, b, want)
						}
					}
					third := gateway(t, Config{}, first, second, backend(t, "last", hashes(200)))
					for range 10 {
						if got := send(third); got.status != 200 || !strings.HasPrefix(got.body, hash(body)) || got.err != nil {
							t.Fatalf("when the last answers: %d %.100q %v", got.status, got.body, got.err)
						}
						if a, b := <-firstSaw, <-secondSaw; a != want || b != want {
							t.Fatalf("%s and %s were read, want %s", a, b, want)
						}
					}
				})
			}
		}
	}
}

// G2, G8: of several refusals that begin early the one that says most is whole,
// wherever it stands.
func TestAnEarlyRefusalThatIsUsedIsWhole(t *testing.T) {
	body := payload(300_000)
	for place := range 3 {
		var chain []*testBackend
		var early <-chan string
		for i := range 3 {
			b := backend(t, fmt.Sprint("other", i), answers(501, "no"))
			if i == place {
				b, early = earlyBackend(t, "early")
			}
			b.Fallthrough = []int{404, 501}
			chain = append(chain, b)
		}
		if got := gateway(t, Config{}, chain...).post("/", body); got.body != earlyRefusal+hash(body)+" <nil>" || got.err != nil {
			t.Errorf("in place %d: %d %q %v", place+1, got.status, got.body, got.err)
		}
		<-early
	}
}

// G2: who has refused takes nothing from the client that could not be kept for the
// next, so that its refusal makes no body too long.
func TestAnEarlyRefusalLeavesTheNextItsBody(t *testing.T) {
	body := payload(3 << 20)
	first, seen := earlyBackend(t, "first")
	asked := make(chan bool)
	g := gateway(t, Config{ReplayLimit: 1 << 20}, first, backend(t, "last", func(w http.ResponseWriter, r *http.Request) {
		close(asked)
		hashes(200)(w, r)
	}))
	sent := io.MultiReader(strings.NewReader(body[:1000]), onceClosed{asked}, strings.NewReader(body[1000:]))
	if got := g.do(g.request("POST", "/", sent)); got.status != 200 || !strings.HasPrefix(got.body, hash(body)) {
		t.Errorf("%+v", got)
	}
	if got := <-seen; got == hash(body)+" <nil>" || strings.HasSuffix(got, "<nil>") {
		t.Errorf("the first read %s, beyond the limit", got)
	}
	alone := gateway(t, Config{ReplayLimit: 1 << 20}, first)
	if got := alone.post("/", body); got.body != earlyRefusal+hash(body)+" <nil>" {
		t.Fatalf("alone: %+v", got) // who has not read it all says nothing
	}
	<-seen
}

// G2: with many clients at once no refusal is lost, and none takes another's body.
func TestEarlyRefusalsAtOnce(t *testing.T) {
	first, _ := earlyBackend(t, "first")
	second, _ := earlyBackend(t, "second")
	g := gateway(t, Config{}, first, second)
	var clients sync.WaitGroup
	for i := range 12 {
		clients.Go(func() {
			for n := range 20 {
				body := payload(1000*(i+1) + 15_000*n)
				if got := g.post("/", body); got.status != 404 || got.body != earlyRefusal+hash(body)+" <nil>" || got.err != nil {
					t.Errorf("client %d, %d bytes: %d %.100q %v", i, len(body), got.status, got.body, got.err)
				}
			}
		})
	}
	clients.Wait()
}

// onceClosed is an empty body that ends when something has happened.
type onceClosed struct{ happened <-chan bool }

func (r onceClosed) Read([]byte) (int, error) {
	<-r.happened
	return 0, io.EOF
}

// refusesEarly begins a refusal of known length before it reads the body.
func refusesEarly(nc net.Conn, br *bufio.Reader) {
	for {
		r, err := http.ReadRequest(br)
		if err != nil {
			return
		}
		io.WriteString(nc, "HTTP/1.1 404 Not Found\r\nContent-Length: 16\r\n\r\nnot ")
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		fmt.Fprintf(nc, "a%11.11s", hash(string(body)))
	}
}

// G2: an answer of known length that is interrupted by the reading, too.
func TestConformanceOfEarlyRefusals(t *testing.T) {
	var checks []check
	for _, size := range []int{1, 30_000, 300_000} {
		body := payload(size)
		want := fmt.Sprintf("HTTP/1.1 404 Not Found\r\nContent-Length: 16\r\n\r\nnot a%11.11s", hash(body))
		for name, request := range map[string]string{
			"with a length": fmt.Sprintf("POST /x HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s", size, body),
			"chunked":       "POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(body, 7000) + "\r\n",
		} {
			checks = append(checks, check{name: fmt.Sprintf("%d bytes, %s", size, name), serve: refusesEarly, run: func(r *trialRun) {
				if r.place < 2 {
					if got := r.g.raw(strings.Replace(request, "\r\n", "\r\nHost: localhost\r\nConnection: close\r\n", 1)); !strings.Contains(got, "X-Devgate-Backend: miss2\r\n") || !strings.HasSuffix(got, "X-Miss-Trailer: 1\r\n\r\n") {
						r.Errorf("%q", got)
					}
					return
				}
				line, rest, _ := strings.Cut(request, "\r\n")
				r.want("the answer", withoutOwn(r.g.raw(line+"\r\nHost: localhost\r\nConnection: close\r\n"+rest)), want)
			}})
		}
	}
	conform(t, checks)
}
