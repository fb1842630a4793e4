package words

import (
	"strings"
	"testing"
	"time"

	"devgate/internal/control"
)

// C5, G7: a line of `devgate requests` says of every backend what it said, or
// why it said nothing.
func TestRequestOnALine(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.Local)
	e := control.Exchange{
		ID: 12, ReplayOf: 3, At: at, Method: "GET", Path: "/socket", Status: 404, Learned: true, MS: 2003,
		Attempts: []control.Attempt{
			{Backend: "web", MS: 2001, Note: "silent"},
			{Backend: "db", Note: "down"},
			{Backend: "docs", MS: 1000, Note: "crashed; held 1s: restarting"},
			{Backend: "api", Status: 404, MS: 1.5, Note: "falls through"},
		},
	}
	var out strings.Builder
	if err := Request(&out, e); err != nil {
		t.Fatal(err)
	}
	want := "  12  03:04:05.000  GET /socket  404  2003.0ms  web silent 2001.0ms → db down - → docs crashed 1000.0ms → api 404 1.5ms  (learned)  (3 again)\n"
	if out.String() != want {
		t.Errorf("%q\nwant %q", out.String(), want)
	}
}
