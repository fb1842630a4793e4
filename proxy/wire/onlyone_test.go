package wire

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// oneAtATime serves one connection until it ends, and only then the next.
func oneAtATime(serve func(net.Conn)) func(net.Conn) {
	var turn sync.Mutex
	return func(nc net.Conn) {
		turn.Lock()
		defer turn.Unlock()
		serve(nc)
	}
}

// G11: requests at once to a server that serves one connection at a time are not
// held up by a connection that is idle; the first time it takes a moment to notice.
func TestAServerOfOneConnection(t *testing.T) {
	tr := NewTransport(Origin{Address: server(t, "127.0.0.1:0", oneAtATime(says(okAnswer)))}, new(sync.WaitGroup)).(*h1)
	defer tr.Forget()
	for round := range 5 {
		began := time.Now()
		var six sync.WaitGroup
		for range 6 {
			six.Go(func() {
				if _, body := ask(t, tr, get("/")); body != "ok" {
					t.Errorf("%q", body)
				}
			})
		}
		six.Wait()
		for range 3 {
			if _, body := ask(t, tr, post("/", "x")); body != "ok" {
				t.Errorf("%q", body)
			}
		}
		if took := time.Since(began); took > idleLimit-time.Second { // who waits for the idle one to expire takes longer
			t.Fatalf("round %d took %s", round, took)
		}
	}
	if tr.pool.mu.Lock(); !tr.pool.queue.oneAtATime || tr.pool.queue.waiting != 0 || tr.pool.queue.starving != 0 {
		t.Errorf("%+v", tr.pool.queue)
	}
	tr.pool.mu.Unlock()
}

// G11: that a server was once taken for one of one connection costs its requests in
// a row nothing.
func TestAServerTakenForOneOfOneConnection(t *testing.T) {
	serve, ever, _ := counted(says(okAnswer))
	tr := NewTransport(Origin{Address: server(t, "127.0.0.1:0", serve)}, new(sync.WaitGroup)).(*h1)
	defer tr.Forget()
	tr.pool.queue.oneAtATime = true
	for range 200 {
		ask(t, tr, get("/"))
	}
	if ever.Load() > 2 {
		t.Errorf("%d connections", ever.Load())
	}
}

// G11: a body behind HEAD, 204 or 304, or more than a length, costs no request, and
// after it has been caught no connection either.
func TestAServerThatSaysTooMuch(t *testing.T) {
	for name, c := range map[string]struct {
		method, answer string
		late           bool
	}{
		"a body behind HEAD":             {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstray", false},
		"a body behind 204":              {"GET", "HTTP/1.1 204 No Content\r\n\r\n<p>stray</p>\r\n\r\nmore", false},
		"a body behind 304":              {"GET", "HTTP/1.1 304 Not Modified\r\n\r\nstray", false},
		"more than its length":           {"GET", okAnswer + "stray", false},
		"a body behind HEAD, when asked": {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true},
		"more than its length, likewise": {"GET", okAnswer, true},
	} {
		t.Run(name, func(t *testing.T) {
			var answered atomic.Int64
			tr := NewTransport(Origin{Address: server(t, "127.0.0.1:0", func(nc net.Conn) {
				br := bufio.NewReader(nc)
				for n := 0; ; n++ {
					r, err := http.ReadRequest(br)
					if err != nil {
						return
					}
					if c.late && n > 0 { // as if it had been on its way before
						io.WriteString(nc, "stray")
					}
					if r.URL.Path == "/odd" {
						io.WriteString(nc, c.answer)
						continue
					}
					answered.Add(1)
					fmt.Fprintf(nc, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
				}
			})}, new(sync.WaitGroup))
			defer tr.Forget()
			for i := range 50 {
				odd := get("/odd")
				odd.Method = c.method
				ask(t, tr, odd)
				if _, body := ask(t, tr, get("/")); body != "ok" {
					t.Fatalf("request %d: %q", i, body)
				}
			}
		})
	}
}
