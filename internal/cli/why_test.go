package cli

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"devgate/proxy"
)

// C5, G7: a line of `devgate requests` says of every backend what it said, or
// why it said nothing.
func TestPrintRequest(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.Local)
	line, err := json.Marshal(proxy.Exchange{
		At: at, Method: "GET", Path: "/socket", Status: 404, Learned: true, Duration: 2003 * time.Millisecond,
		Cascade: []proxy.Attempt{
			{Backend: "web", Duration: 2001 * time.Millisecond, Note: "silent"},
			{Backend: "db", Note: "down"},
			{Backend: "docs", Duration: time.Second, Note: "crashed; held 1s: restarting"},
			{Backend: "api", Status: 404, Duration: 1500 * time.Microsecond, Note: "falls through"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := printRequest(&out, line); err != nil {
		t.Fatal(err)
	}
	want := "03:04:05.000  GET /socket  404  2003.0ms  web silent 2001.0ms → db down - → docs crashed 1000.0ms → api 404 1.5ms  (learned)\n"
	if out.String() != want {
		t.Errorf("%q\nwant %q", out.String(), want)
	}
}
