package proxy

import (
	"encoding/json"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
)

// ambiguousRequest is one that two readers may take for different ones, behind so
// many that are in order.
type ambiguousRequest struct {
	Request string
	Before  int
}

// ambiguous reads them, by name.
func ambiguous(t testing.TB) (all map[string]ambiguousRequest) {
	text, err := os.ReadFile("testdata/ambiguous.json")
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// G13: each of them gets 400 and the end of its connection, in whatever pieces
// it comes, and reaches no backend.
func TestAmbiguousRequestsAreRefused(t *testing.T) {
	b := backend(t, "b", answers(200, "ok"))
	g := gateway(t, Config{}, b)
	for name, c := range ambiguous(t) {
		t.Run(name, func(t *testing.T) {
			request, before := c.Request, c.Before
			for _, size := range []int{1, len(request)} {
				seen := len(b.requests())
				nc := g.dial()
				for piece := range slices.Chunk([]byte(request), size) {
					nc.Write(piece)
				}
				out, _ := io.ReadAll(nc)
				if n := strings.Count(string(out), "HTTP/1.1 400"); n != 1 || strings.Count(string(out), "HTTP/1.1 200") != before {
					t.Errorf("in pieces of %d: %q", size, out)
				}
				if len(b.requests()) != seen+before {
					t.Errorf("the backend saw %q", b.requests()[seen:])
				}
			}
		})
	}
}
