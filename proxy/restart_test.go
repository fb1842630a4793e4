package proxy

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"devgate/internal/oserr"
	"devgate/internal/testport"
)

// restartable is a backend whose process can be replaced on the same port.
type restartable struct {
	addr string
	mu   sync.Mutex
	srv  *http.Server
	h    http.HandlerFunc
}

func (r *restartable) start(t testing.TB) {
	l, err := net.Listen("tcp", r.addr)
	if err != nil {
		t.Error(err)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.addr = l.Addr().String()
	r.srv = &http.Server{Handler: r.h}
	go r.srv.Serve(l)
}

// kill ends it as a signal would: every connection is cut.
func (r *restartable) kill() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.srv.Close()
}

// G3, G4: a restart under load loses no request: safe or not, short or long.
func TestRestartUnderLoad(t *testing.T) {
	var posts sync.Map
	b := &restartable{addr: "127.0.0.1:0", h: func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		if r.URL.Path == "/slow" {
			<-r.Context().Done() // the process ends before this is answered
			return
		}
		if id := r.Header.Get("X-Id"); id != "" {
			if _, twice := posts.LoadOrStore(id, true); twice {
				t.Errorf("request %s was sent twice", id)
			}
		}
		io.WriteString(w, hash(string(body)))
	}}
	b.start(t)
	defer b.kill()
	_, port, _ := net.SplitHostPort(b.addr)
	be := &testBackend{}
	be.Name = "b"
	fmt.Sscan(port, &be.Port)
	g := gateway(t, Config{}, backend(t, "a", answers(404, "")), be, backend(t, "c", answers(200, "wrong")))
	ctx, cancel := context.WithCancel(context.Background())
	var clients sync.WaitGroup
	var count atomic.Int64
	c := client(t)
	c.Transport.(*http.Transport).MaxIdleConnsPerHost = 10
	for i := range 6 {
		clients.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				body := payload(1 + i*1000)
				r := g.request("POST", "/", strings.NewReader(body), "X-Id", fmt.Sprint(i, "-", n))
				if i%2 == 0 {
					body = ""
					r = g.request("GET", "/", nil)
				}
				resp, err := c.Do(r)
				if err != nil {
					t.Error(err)
					return
				}
				got, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if resp.StatusCode != 200 || string(got) != hash(body) || err != nil {
					t.Errorf("%d %q %v", resp.StatusCode, got, err)
				}
				count.Add(1)
			}
		})
	}
	for range 20 {
		before := count.Load()
		eventually(t, "requests flow", func() bool { return count.Load() > before+20 })
		g.SetState("b", State{Phase: Waiting, Reason: "restarting"})
		drain, done := context.WithTimeout(ctx, time.Second)
		g.Drain(drain, "b")
		done()
		g.Interrupt("b")
		b.kill()
		b.start(t)
		g.SetState("b", State{Phase: Ready})
	}
	cancel()
	clients.Wait()
}

// G4: a safe request that a restart interrupts is asked again of the new
// process; an unsafe one is not, and says so.
func TestInterruptedRequests(t *testing.T) {
	for _, method := range []string{"GET", "POST"} {
		t.Run(method, func(t *testing.T) {
			var asked atomic.Int64
			b := &restartable{addr: "127.0.0.1:0", h: func(w http.ResponseWriter, r *http.Request) {
				if asked.Add(1) == 1 {
					io.Copy(io.Discard, r.Body)
					<-r.Context().Done()
				}
			}}
			b.start(t)
			defer func() { b.kill() }()
			be := &testBackend{}
			be.Name = "b"
			_, port, _ := net.SplitHostPort(b.addr)
			fmt.Sscan(port, &be.Port)
			g := gateway(t, Config{}, be)
			done := make(chan answer)
			go func() { done <- g.do(g.request(method, "/", strings.NewReader("x"))) }()
			eventually(t, "it is asked", func() bool { return asked.Load() == 1 })
			g.SetState("b", State{Phase: Waiting, Reason: "restarting"})
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			g.Drain(ctx, "b")
			g.Interrupt("b")
			b.kill()
			b.start(t)
			if method == "POST" {
				if got := <-done; got.status != 502 || asked.Load() != 1 || !strings.Contains(got.body, "restarting") {
					t.Errorf("%+v, asked %d times", got, asked.Load())
				}
				return
			}
			g.SetState("b", State{Phase: Ready})
			if got := <-done; got.status != 200 || asked.Load() != 2 {
				t.Errorf("%+v, asked %d times", got, asked.Load())
			}
		})
	}
}

// G4: Drain waits for running requests, not for event streams.
func TestDrain(t *testing.T) {
	release := make(chan struct{})
	b := backend(t, "b", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/events" {
			w.Header().Set("Content-Type", "text/event-stream")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			return
		}
		<-release
	})
	g := gateway(t, Config{}, b)
	nc := g.dial()
	io.WriteString(nc, "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
	if _, err := http.ReadResponse(bufio.NewReader(nc), nil); err != nil {
		t.Fatal(err)
	}
	done := make(chan answer)
	go func() { done <- g.get("/slow") }()
	eventually(t, "both are asked", func() bool { return len(b.requests()) == 2 })
	g.SetState("b", State{Phase: Waiting})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	g.Drain(ctx, "b")
	if ctx.Err() == nil {
		t.Error("Drain did not wait for a running request")
	}
	close(release)
	g.Drain(context.Background(), "b")
	<-done
}

// G4: a crash loses only what was being answered, and says so.
func TestCrash(t *testing.T) {
	t.Parallel()
	var conns atomic.Int64
	b := rawBackend(t, "b", func(nc net.Conn, br *bufio.Reader) {
		conns.Add(1)
		http.ReadRequest(br)
	})
	g := gateway(t, Config{}, b, backend(t, "c", answers(200, "wrong")))
	for _, method := range []string{"GET", "POST"} {
		conns.Store(0)
		got := g.do(g.request(method, "/", nil))
		if got.status != 502 || conns.Load() != 1 {
			t.Errorf("%s: %+v after %d connections", method, got, conns.Load())
		}
	}
}

// G4: a server that waits for its clients to leave is not kept by those that
// never would; those of the next process are left alone.
func TestInterruptEndsWhatLasts(t *testing.T) {
	t.Parallel()
	b := rawBackend(t, "b", func(nc net.Conn, br *bufio.Reader) {
		r, err := http.ReadRequest(br)
		switch {
		case err != nil:
			return
		case r.URL.Path == "/socket":
			io.WriteString(nc, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
		default:
			io.WriteString(nc, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: up\n\n")
		}
		io.Copy(io.Discard, br) // it waits for its client to leave
	})
	g := gateway(t, Config{}, b)
	stream := func() *bufio.Reader {
		nc := g.dial()
		io.WriteString(nc, "GET /events HTTP/1.0\r\nHost: localhost\r\n\r\n")
		br := bufio.NewReader(nc)
		readTo(t, br, "data: up\n")
		return br
	}
	old := stream()
	_, tunnel, head := g.upgrade("/socket", "", "")
	if !strings.Contains(head, "101") {
		t.Fatalf("no tunnel: %q", head)
	}
	began := time.Now()
	g.SetState("b", State{Phase: Waiting})
	g.Interrupt("b")
	g.SetState("b", State{Phase: Ready})
	fresh := stream()
	for name, br := range map[string]*bufio.Reader{"stream": old, "tunnel": tunnel} {
		if _, err := io.Copy(io.Discard, br); err != nil && !isReset(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if took := time.Since(began); took < goodbye {
		t.Errorf("cut after %s, before anybody could say goodbye", took)
	}
	if g.chain.Load().find("b").up.endpoint().lasting.members() != 1 {
		t.Error("the stream of the next process was cut too")
	}
	_ = fresh
}

func readTo(t *testing.T, br *bufio.Reader, line string) {
	t.Helper()
	for {
		got, err := br.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if got == line {
			return
		}
	}
}

func isReset(err error) bool { return oserr.Reset.In(err) }

// G4: a server that restarts itself on a save refuses connections for a while,
// and nobody says so.
func TestAServerThatRestartsItselfLosesNothing(t *testing.T) {
	t.Parallel()
	r := &restartable{addr: fmt.Sprintf("127.0.0.1:%d", testport.One(t)), h: hashes(200)}
	r.start(t)
	_, port, _ := net.SplitHostPort(r.addr)
	n, _ := strconv.Atoi(port)
	g := gateway(t, Config{}, &testBackend{Backend: Backend{Name: "a", Port: n}}, backend(t, "b", answers(200, "wrong")))
	g.get("/")
	r.kill()
	done := make(chan answer, 2)
	go func() { done <- g.get("/") }()
	go func() { done <- g.post("/", "hello") }()
	eventually(t, "both are here", func() bool { return g.requests.count() == 2 })
	select {
	case got := <-done:
		t.Fatalf("answered while nobody listened: %+v", got)
	case <-time.After(2 * noticeDelay):
	}
	r.start(t)
	defer r.kill()
	for range 2 {
		if got := <-done; got.status != 200 || got.body == "wrong" {
			t.Errorf("%+v", got)
		}
	}
}
