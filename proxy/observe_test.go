package proxy

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// sightings are what a gateway has observed, as lines.
type sightings struct {
	mu  sync.Mutex
	all []string
}

func (s *sightings) take(o *Observation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kind := "weak"
	if o.Strong {
		kind = "strong"
	}
	if o.Page {
		kind = "page"
	}
	if o.Upgrade {
		kind += " upgrade"
	}
	s.all = append(s.all, fmt.Sprintf("%s %s %d %s %s %s passed %v", o.Method, o.Path, o.Status, o.Type, o.Backend, kind, o.Passed))
}

func (s *sightings) lines() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.all)
}

func known(body, kind string, paths ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(paths, r.URL.Path) {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", kind)
		io.WriteString(w, body)
	}
}

// The gateway tells who answered and who passed it on, strong where the backend had
// something of its own to say, and neither query, header nor body.
func TestWhatWasDecidedIsObserved(t *testing.T) {
	var seen sightings
	web := backend(t, "web", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<p>page</p>")
	})
	api := backend(t, "api", known("{}", "application/json", "/api/items"))
	last := backend(t, "last", known("ok", "text/html; charset=utf-8", "/cart"))
	web.SPA, api.SPA = On, Off
	web.probed, last.probed = true, true
	g := gateway(t, Config{Observe: seen.take}, web, api, last)
	for _, target := range []string{"/api/items?token=secret", "/", "/nobody", "/cart", "/__devgate/state"} {
		resp, err := http.Get(g.URL() + target)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	resp, err := http.Post(g.URL()+"/api/items?x=secret", "text/plain", strings.NewReader("secret"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	want := []string{
		"GET /api/items 200 json api strong passed [web]",
		"GET / 200 html web strong passed []",
		"GET /nobody 200 html web page passed [api last]",
		"GET /cart 200 html last page passed [web api]", // nobody has looked whether it knows its paths
		"POST /api/items 200 html web strong passed []",
	}
	if got := seen.lines(); !slices.Equal(got, want) {
		t.Errorf("observed\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Somebody who was left out as he was down might have answered; and one that is asked by its name
// has not been chosen.
func TestWhatSaysNothingOfAPathIsNotObserved(t *testing.T) {
	var seen sightings
	off := backend(t, "off", known("x", "text/plain", "/x"))
	off.Optional = true
	web := backend(t, "web", known("x", "text/plain", "/x"))
	g := gateway(t, Config{Observe: seen.take}, off, web)
	g.SetState("off", State{Phase: Down})
	for _, host := range []string{"localhost", "web.localhost"} {
		req, _ := http.NewRequest("GET", g.URL()+"/x", nil)
		req.Host = host
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	if got := seen.lines(); len(got) > 0 {
		t.Errorf("observed %q", got)
	}
}
