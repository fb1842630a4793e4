//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// request is what a client sends; only method and path are needed.
type request struct {
	method, path string
	header       http.Header
	body         []byte
	chunked      bool // the length is not told
}

// answer is what it gets, its body untouched.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// newClient follows no redirects and unpacks nothing, as curl does.
func newClient() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 16},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// send is for goroutines: it reports and does not end the test.
func (p *project) send(ctx context.Context, client *http.Client, r request) (answer, error) {
	var body io.Reader = bytes.NewReader(r.body)
	if r.chunked {
		body = struct{ io.Reader }{body} // hides the length from net/http
	}
	if r.body == nil {
		body = nil
	}
	req, err := http.NewRequestWithContext(ctx, r.method, p.url(r.path), body)
	if err != nil {
		return answer{}, err
	}
	if r.header != nil {
		req.Header = r.header
	}
	got, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer got.Body.Close()
	all, err := io.ReadAll(got.Body)
	return answer{got.StatusCode, got.Header, all}, err
}

// ask sends a request on a connection of its own and returns the answer.
func (p *project) ask(t *testing.T, r request) answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	client := newClient()
	defer client.CloseIdleConnections()
	got, err := p.send(ctx, client, r)
	if err != nil {
		t.Fatalf("%s %s: %v", r.method, r.path, err)
	}
	return got
}

// get is ask for a GET with a status and who was asked (G9).
func (p *project) get(t *testing.T, path string, status int, tried string) answer {
	t.Helper()
	got := p.ask(t, request{method: "GET", path: path})
	got.check(t, "GET "+path, status, tried)
	return got
}

// check compares the status and who was asked. Whether an answer came by
// speculation depends on how busy the machine is.
func (a answer) check(t *testing.T, what string, status int, tried string) {
	t.Helper()
	if got := strings.ReplaceAll(a.header.Get("X-Devgate-Tried"), ";learned", ""); a.status != status || got != tried {
		t.Errorf("%s: %d, tried %q; want %d, tried %q\n%.2000s", what, a.status, got, status, tried, a.body)
	}
}

// contains checks a text of the body.
func (a answer) contains(t *testing.T, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(string(a.body), w) {
			t.Errorf("no %q in the answer:\n%.4000s", w, a.body)
		}
	}
}

// said is the JSON that the servers of testdata/express answer with.
type said struct {
	Role, Version, SHA256, Type, Error string
	Bytes                              int
}

func (a answer) said(t *testing.T) (s said) {
	t.Helper()
	if err := json.Unmarshal(a.body, &s); err != nil {
		t.Fatalf("%d %v: %v\n%.2000s", a.status, a.header, err, a.body)
	}
	return s
}

func headers(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return h
}
