package proxy

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// R: the first answer that is not refused is the client's, and nobody after it
// is asked.
func TestFirstAnswerWins(t *testing.T) {
	for place := range 3 {
		t.Run(fmt.Sprintf("the backend in place %d answers", place+1), func(t *testing.T) {
			var chain []*testBackend
			for i := range 3 {
				status := http.StatusNotFound
				if i >= place {
					status = http.StatusOK
				}
				chain = append(chain, backend(t, string(rune('a'+i)), answers(status, fmt.Sprint("body of ", i))))
			}
			g := gateway(t, Config{}, chain...)
			for _, method := range []string{"GET", "POST", "DELETE", "OPTIONS"} {
				got := g.do(g.request(method, "/x", nil))
				if got.status != 200 || got.body != fmt.Sprint("body of ", place) {
					t.Errorf("%s: %d %q", method, got.status, got.body)
				}
				if b := got.header.Get("X-Devgate-Backend"); b != chain[place].Name {
					t.Errorf("X-Devgate-Backend = %q", b)
				}
			}
			for i, b := range chain {
				want := 4
				if i > place {
					want = 0
				}
				if n := len(b.requests()); n != want {
					t.Errorf("backend %d saw %d requests, want %d", i, n, want)
				}
			}
		})
	}
}

// G9: the headers say who was asked, what each said, and how long it took.
func TestHeadersTellTheCascade(t *testing.T) {
	a := backend(t, "a", answers(404, ""))
	b := backend(t, "b", func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Server-Timing", "db;dur=5") })
	got := gateway(t, Config{}, a, b).get("/")
	if tried := got.header.Get("X-Devgate-Tried"); tried != "a=404, b=200" {
		t.Errorf("X-Devgate-Tried = %q", tried)
	}
	timing := got.header["Server-Timing"]
	if len(timing) != 2 || timing[0] != "db;dur=5" || !strings.HasPrefix(timing[1], "a;dur=") || !strings.Contains(timing[1], `;desc="404", b;dur=`) {
		t.Errorf("Server-Timing = %q", timing)
	}
}
