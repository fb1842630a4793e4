package words

import (
	"strings"
	"testing"
	"time"

	"devgate/internal/control"
	"devgate/internal/logmux"
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

// Whoever asks why reads who was asked, what follows from it in a sentence, and what was
// printed meanwhile.
func TestAnExplanationInWords(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.Local)
	e := control.Explanation{
		Exchange: control.Exchange{
			Method: "GET", Path: "/users", Status: 404, Backend: "web", MS: 3,
			Attempts: []control.Attempt{{Backend: "api", Status: 404, MS: 1, Note: "falls through"}, {Backend: "web", Status: 404, MS: 1}},
		},
		Conclusion: "no backend has this route; closest seen: GET /api/users → api",
	}
	cascade := `GET /users
  1  api  404  1.0ms  falls through
  2  web  404  1.0ms  
answer: 404 from web in 3.0ms
so: no backend has this route; closest seen: GET /api/users → api
`
	var out strings.Builder
	if err := Explanation(&out, e); err != nil || out.String() != cascade {
		t.Errorf("got\n%s\nwant\n%s%v", out.String(), cascade, err)
	}
	e.Logs = []logmux.Line{{At: at, Service: "api", Stream: logmux.Stdout, Text: "GET /users"}, {At: at, Service: "api", Stream: logmux.Devgate, Text: "ready"}}
	e.LogsOmitted = 2
	out.Reset()
	Explanation(&out, e)
	want := cascade + `
meanwhile (2 lines before these are left out):
  03:04:05.006 api | GET /users
  03:04:05.006 api * ready
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
