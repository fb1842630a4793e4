package words

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"devgate/internal/control"
	"devgate/internal/logmux"
)

func zipped(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(text))
	w.Close()
	return b.Bytes()
}

// One request reads as it went over the wire, and as who was asked.
func TestOneRequestInWords(t *testing.T) {
	d := control.Detail{
		Exchange: control.Exchange{
			ID: 12, ReplayOf: 3, At: time.Date(2026, 1, 2, 3, 4, 5, 0, time.Local), Method: "POST", Path: "/users?a=b", Status: 201, Backend: "api", MS: 3.5,
			Attempts: []control.Attempt{{Backend: "web", Status: 404, MS: 1, Note: "falls through"}, {Backend: "db", Note: "down"}, {Backend: "api", Status: 201, MS: 2}},
		},
		Host:    "localhost:3000",
		Request: control.Message{Header: http.Header{"X-B": {"2", "3"}, "Cookie": {"session=•••"}}, Body: []byte("{\"name\":1}"), Size: 10, Kept: true, Trailer: http.Header{"X-Sum": {"4"}}},
		Answer:  control.Message{Header: http.Header{"Content-Encoding": {"gzip"}}, Body: zipped("made\n"), Size: 29, Kept: true},
		Answers: []control.Message{
			{Header: http.Header{"Content-Type": {"image/png"}}, Body: []byte{0x89, 'P', 0}, Size: 70_000}, {},
			{Header: http.Header{"Content-Encoding": {"gzip"}}, Body: zipped("made\n"), Size: 29, Kept: true},
		},
	}
	want := `request 12 at 03:04:05.000  (3 again)
POST /users?a=b
  1  web  404  1.0ms  falls through
  2  db   -    -      down
  3  api  201  2.0ms  
answer: 201 from api in 3.5ms

> POST /users?a=b
> Host: localhost:3000
> Cookie: session=•••
> X-B: 2
> X-B: 3

{"name":1}
> (behind the body)
> X-Sum: 4

< 201 Created
< Content-Encoding: gzip

made

web said, and it was not used:
< 404 Not Found
< Content-Type: image/png

(image/png, 70000 bytes)
(the first 3 bytes were kept: 70000 bytes)
`
	var out strings.Builder
	if err := Detail(&out, d); err != nil || out.String() != want {
		t.Errorf("got\n%s\nwant\n%s%v", out.String(), want, err)
	}
}

// What is not there is said not to be.
func TestWhatOfARequestIsNotKeptIsSaid(t *testing.T) {
	var begun bytes.Buffer // gzip whose rest is not there
	w := gzip.NewWriter(&begun)
	io.WriteString(w, "hello")
	w.Flush()
	for _, c := range []struct {
		m    control.Message
		want string
	}{
		{control.Message{Size: -1}, "< (the headers were not kept)\n\n(the body was not kept: its size is not known)\n"},
		{control.Message{Header: http.Header{}, Size: 0, Kept: true}, ""},
		{control.Message{Header: http.Header{}, Size: 1}, "\n(the body was not kept: 1 byte)\n"},
		{control.Message{Header: http.Header{}, Size: -1, Body: []byte("half")}, "\nhalf\n(the first 4 bytes were kept: its size is not known)\n"},
		{control.Message{Header: http.Header{}, Size: 9, Body: []byte("ha\xe2\x82")}, "\nha\n(the first 4 bytes were kept: 9 bytes)\n"},
		{control.Message{Header: http.Header{}, Size: 4, Kept: true, Body: []byte("ha\xe2\x82")}, "\n(no text, 4 bytes)\n"},
		{control.Message{Header: http.Header{"Content-Encoding": {"br"}}, Size: 2, Kept: true, Body: []byte("ab")}, "< Content-Encoding: br\n\n(no text in br, 2 bytes)\n"},
		{control.Message{Header: http.Header{"Content-Encoding": {"gzip"}}, Size: 2, Kept: true, Body: []byte("ab")}, "< Content-Encoding: gzip\n\n(no text in gzip, 2 bytes)\n"},
		{control.Message{Header: http.Header{"Content-Encoding": {"gzip"}}, Size: 9999, Body: begun.Bytes()}, fmt.Sprintf("< Content-Encoding: gzip\n\nhello\n(the first %d bytes were kept: 9999 bytes)\n", begun.Len())},
	} {
		var b bytes.Buffer
		message(&b, "< ", c.m)
		if got := b.String(); got != c.want {
			t.Errorf("%+v: got %q, want %q", c.m, got, c.want)
		}
	}
}

// C4: nothing of what was sent is obeyed by a terminal.
func TestNothingOfARequestIsObeyedByATerminal(t *testing.T) {
	evil := "a\x1b[2Jb\x07c\u202ed\u009be\r\nf"
	d := control.Detail{
		Exchange: control.Exchange{Method: "GET", Path: "/" + evil, Status: 200, Backend: evil, Attempts: []control.Attempt{{Backend: evil, Status: 404, Note: evil}}},
		Host:     evil, Request: control.Message{Header: http.Header{evil: {evil}}, Body: []byte(evil), Kept: true, Size: 1},
		Answers: []control.Message{{Header: http.Header{"A": {evil}}, Body: []byte(evil)}},
	}
	var out strings.Builder
	Detail(&out, d)
	Request(&out, d.Exchange)
	Explanation(&out, control.Explanation{Exchange: d.Exchange, Conclusion: evil, Logs: []logmux.Line{{Service: evil, Text: evil}}})
	for _, bad := range []string{"\x1b", "\x07", "\u202e", "\u009b", "\r"} {
		if strings.Contains(out.String(), bad) {
			t.Errorf("%q is in %q", bad, out.String())
		}
	}
	if !strings.Contains(out.String(), `a\x1b[2Jb\x07c\x202ed\x9be`) {
		t.Errorf("it cannot be read: %q", out.String())
	}
}
