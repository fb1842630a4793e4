package proxy

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
)

// owner answers its own path, with its name and the body's hash, and refuses
// all others.
func owner(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		if r.URL.Path != "/"+name {
			w.WriteHeader(404)
		}
		fmt.Fprintf(w, "%s %s", name, hash(string(body)))
	}
}

// traffic is clients that ask for the paths of owners, GET and POST, until
// stop; every answer is judged by check.
type traffic struct {
	g     *testGateway
	count atomic.Int64
	stop  func()
}

func newTraffic(g *testGateway, names []string, check func(name string, got answer, body string) bool) *traffic {
	tr := &traffic{g: g}
	ctx, cancel := context.WithCancel(context.Background())
	var clients sync.WaitGroup
	c := client(g.t)
	c.Transport.(*http.Transport).MaxIdleConnsPerHost = 10
	for i := range 6 {
		clients.Go(func() {
			for n := i; ctx.Err() == nil; n++ {
				name, body := names[n%len(names)], ""
				r := g.request("GET", "/"+name, nil)
				if i%2 == 0 {
					body = payload(1 + n%3*1000)
					r = g.request("POST", "/"+name, strings.NewReader(body))
				}
				var got answer
				resp, err := c.Do(r)
				if got.err = err; err == nil {
					b, err := io.ReadAll(resp.Body)
					resp.Body.Close()
					got = answer{resp.StatusCode, resp.Header, string(b), err}
				}
				if !check(name, got, body) {
					g.t.Errorf("%s /%s: %d %q %v %v", r.Method, name, got.status, got.body, got.header, got.err)
					return
				}
				tr.count.Add(1)
			}
		})
	}
	tr.stop = func() { cancel(); clients.Wait() }
	return tr
}

// flow waits until some more requests have been answered.
func (tr *traffic) flow() {
	tr.g.t.Helper()
	before := tr.count.Load()
	eventually(tr.g.t, "requests flow", func() bool { return tr.count.Load() > before+12 || tr.g.t.Failed() })
}

func serverURL(port int) *url.URL {
	return &url.URL{Scheme: "http", Host: fmt.Sprintf("127.0.0.1:%d", port)}
}
