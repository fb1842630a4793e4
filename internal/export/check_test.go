package export

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"devgate/internal/routes"
)

// answerer is a server that answers every connection with one text, and keeps the
// request lines as they came.
type answerer struct {
	net.Listener
	mu    sync.Mutex
	lines []string
}

func newAnswerer(t *testing.T, answer string) *answerer {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a := &answerer{Listener: l}
	var all sync.WaitGroup
	t.Cleanup(func() { l.Close(); all.Wait() })
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			line, _ := bufio.NewReader(c).ReadString('\n')
			a.mu.Lock()
			a.lines = append(a.lines, strings.TrimSuffix(line, "\r\n"))
			a.mu.Unlock()
			io.WriteString(c, answer)
			c.Close()
		}
	})
	return a
}

// checked are the verdicts of Check.
func checked(t *testing.T, base string, seen []routes.Observation) (all []Finding) {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	if err := Check(t.Context(), u, seen, func(f Finding) error { all = append(all, f); return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestCheckAsksForPathsAsTheyWereSent(t *testing.T) {
	paths := []string{"/", "//api/x", "//evil.example/x", "///", "/a%2Fb", "/a%20b", "/%zz", "//%zz|x", "/a|b^c", `/a"b`, "/\xc3\xbc", "//\xff", "/%2e%2e/x", "/a/../b", "/a;b=c", "/a#b", "/%61pi", "/a:b", "/*"}
	var seen []routes.Observation
	var want []string
	for i, p := range paths {
		o := routes.Observation{Method: []string{"GET", "HEAD"}[i%2], Path: p, Backend: "api", Strong: true, Status: 200}
		seen = append(seen, o, o) // no path is asked for twice
		want = append(want, o.Method+" "+p+" HTTP/1.1")
	}
	a := newAnswerer(t, "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
	for _, f := range checked(t, "http://"+a.Addr().String(), seen) {
		if f.Verdict != "same" {
			t.Errorf("%s: %s %s", f.Path, f.Verdict, f.Why)
		}
	}
	if !slices.Equal(a.lines, want) {
		t.Errorf("asked\n%q, want\n%q", a.lines, want)
	}
}

// Only what is safe to ask, and what says something of a path.
func TestCheckAsksNothingThatChangesAnything(t *testing.T) {
	a := newAnswerer(t, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	seen := []routes.Observation{
		{Method: "POST", Path: "/a", Backend: "api", Strong: true}, {Method: "DELETE", Path: "/b", Backend: "api", Strong: true},
		{Method: routes.Upgrade, Path: "/c", Backend: "api", Strong: true}, {Method: "GET", Path: "/d", Backend: "web", Page: true},
		{Method: "GET", Path: "/@vite/client", Backend: "web", Strong: true}, {Method: "OPTIONS", Path: "/e", Backend: "api", Strong: true},
	}
	for i := range checkedMax + 10 {
		seen = append(seen, routes.Observation{Method: "GET", Path: fmt.Sprint("/x/", i), Backend: "api", Strong: true})
	}
	if n := len(checked(t, "http://"+a.Addr().String(), seen)); n != checkedMax {
		t.Errorf("%d were asked, want %d", n, checkedMax)
	}
	for _, line := range a.lines {
		if !strings.HasPrefix(line, "GET /x/") {
			t.Errorf("asked %q", line)
		}
	}
}

func TestCheckByTLS(t *testing.T) {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // it tells of the handshake
	s.StartTLS()
	defer s.Close()
	u, _ := url.Parse(s.URL)
	err := Check(t.Context(), u, []routes.Observation{{Method: "GET", Path: "/", Backend: "api", Strong: true}}, nil)
	if err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate of nobody: %v", err)
	}
}

// A server that says nothing is not waited for any longer than whoever asked.
func TestCheckEndsWithItsContext(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		if c, err := l.Accept(); err == nil {
			defer c.Close()
			bufio.NewReader(c).ReadString('\n')
			cancel()
			io.Copy(io.Discard, c) // until it is closed
		}
	}()
	u, _ := url.Parse("http://" + l.Addr().String())
	err = Check(ctx, u, []routes.Observation{{Method: "GET", Path: "/", Backend: "api", Strong: true}}, nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}

func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		was         int
		method      string
		kind        string
		now         int
		by, media   string
		verdict, to string
	}{
		{200, "GET", "json", 200, "", "application/json; charset=utf-8", "same", ""},
		{200, "GET", "json", 200, "", "application/problem+json", "same", ""},
		{200, "GET", "json", 200, "", "text/html", "differs", "a page, and not JSON of api"},
		{200, "GET", "", 200, "", "text/html", "differs", "a page, and not something else than a page or JSON of api"},
		{200, "HEAD", "json", 200, "", "", "same", ""},
		{200, "GET", "json", 404, "", "", "differs", "404, and not 200 of api"},
		{302, "GET", "", 502, "", "", "differs", "502, and not 302 of api"},
		{200, "GET", "json", 401, "", "", "unclear", "401, and not 200: it may want a login, a query or a cookie"},
		{401, "GET", "json", 404, "", "", "unclear", "404, and not 401: it may want a login, a query or a cookie"},
		{206, "GET", "html", 200, "", "text/html", "same", ""},
		{304, "GET", "", 200, "", "text/html", "same", ""},
		{301, "GET", "", 308, "", "", "same", ""},
		{302, "GET", "", 307, "", "", "same", ""},
		{200, "GET", "html", 200, "web", "text/html", "differs", "web answered, and not api"},
		{200, "GET", "html", 200, "api", "text/html", "same", ""},
	} {
		h := http.Header{"Content-Type": {c.media}, "X-Devgate-Backend": {c.by}}
		verdict, why := judgeAnswer(&routes.Observation{Method: c.method, Backend: "api", Status: c.was, Type: c.kind}, &http.Response{StatusCode: c.now, Header: h})
		if verdict != c.verdict || why != c.to {
			t.Errorf("%s %d %q, now %d %q of %q: %s %q", c.method, c.was, c.kind, c.now, c.media, c.by, verdict, why)
		}
	}
}
