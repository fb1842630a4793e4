package proxy

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// alone serves one connection at a time.
func alone(serve func(net.Conn, *bufio.Reader)) func(net.Conn, *bufio.Reader) {
	var turn sync.Mutex
	return func(nc net.Conn, br *bufio.Reader) {
		turn.Lock()
		defer turn.Unlock()
		serve(nc, br)
	}
}

// goesOn answers HEAD, and GET of /empty, with a body that nobody may send.
func goesOn(nc net.Conn, br *bufio.Reader) {
	for {
		r, err := http.ReadRequest(br)
		if err != nil {
			return
		}
		answer := okAnswer // to HEAD, too
		if r.URL.Path == "/empty" {
			answer = "HTTP/1.1 204 No Content\r\n\r\nstray"
		}
		io.WriteString(nc, answer)
	}
}

// G11: servers that serve one connection at a time, and servers that go on after
// their answer, hold up and lose nothing.
func TestConformanceOfOddConnections(t *testing.T) {
	conform(t, []check{
		{name: "six at once of a server of one connection", serve: alone(says(okAnswer)), run: func(r *trialRun) {
			r.get()
			began := time.Now()
			var six sync.WaitGroup
			for range 6 {
				six.Go(func() {
					if got := r.g.get("/x"); got.body != "ok" {
						r.Errorf("%+v", got)
					}
				})
			}
			six.Wait()
			for range 3 {
				if got := r.g.post("/x", "body"); got.body != "ok" {
					r.Errorf("%+v", got)
				}
			}
			if took := time.Since(began); took > 3*time.Second { // an idle connection lives longer
				r.Errorf("they took %s", took)
			}
		}},
		{name: "a server that goes on after its answer", serve: goesOn, run: func(r *trialRun) {
			for i := range 30 {
				for _, method := range []string{"HEAD", "GET"} {
					if got := r.g.do(r.g.request(method, "/x", nil)); got.status != 200 || method == "GET" && got.body != "ok" {
						r.Fatalf("%s %d: %+v", method, i, got)
					}
				}
				if got := r.g.get("/empty"); got.status != 204 {
					r.Fatalf("%d: %+v", i, got)
				}
			}
		}},
		{name: "an upgrade that others hang up on", serve: switcher("hello"), run: func(r *trialRun) {
			for _, b := range r.g.chain.Load().candidates {
				if b.Name == "hit" {
					continue
				}
				other := rawBackend(r, b.Name, hangsUp("", false))
				r.g.reconfigure(func(c *Config) {
					for i := range c.Backends {
						if c.Backends[i].Name == b.Name {
							c.Backends[i].Port = other.Port
						}
					}
				})
				r.g.SetState(b.Name, State{Phase: Ready})
			}
			r.g.notice = time.Millisecond
			if _, _, head := r.g.upgrade("/", "", ""); !strings.HasPrefix(head, "HTTP/1.1 101 ") || !strings.Contains(head, "X-Devgate-Backend: hit") {
				r.Errorf("%q", head)
			}
		}},
	})
}
