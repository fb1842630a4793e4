package front

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"

	"devgate/proxy/message"
)

// G2: what is left of a body when the handler has returned is the server's. Who reads
// late gets an error, neither bytes nor an end, which he would take for that of the whole.
func TestABodyIsOverWithItsHandler(t *testing.T) {
	for name, c := range map[string]struct {
		fields, sent string
		wants        int
		goesOn       bool // to the next request
	}{
		"much too long":      {"Content-Length: 99999999", "abc", 0, false},
		"longer than it was": {"Content-Length: 99999999", "abc", 3, false},
		"the rest is taken":  {"Content-Length: 3", "abc", 1, true},
		"the rest in chunks": {"Transfer-Encoding: chunked", "3\r\nabc\r\n0\r\nSum: 7\r\n\r\n", 1, true},
		"nobody consents":    {"Content-Length: 3\r\nExpect: 100-continue", "", 0, false},
	} {
		bodies := make(chan io.Reader, 2)
		nc := started(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.CopyN(io.Discard, r.Body, int64(c.wants))
			bodies <- r.Body
		})})()
		io.WriteString(nc, "POST /x HTTP/1.1\r\nHost: localhost\r\n"+c.fields+"\r\n\r\n"+c.sent)
		answers := bufio.NewReader(nc)
		if resp, err := http.ReadResponse(answers, nil); err != nil || resp.StatusCode != 200 {
			t.Errorf("%s: %v %v", name, resp, err)
		}
		if c.goesOn {
			io.WriteString(nc, get)
			if _, err := http.ReadResponse(answers, nil); err != nil {
				t.Errorf("%s: the next request: %v", name, err)
			}
		} else {
			nc.CloseWrite()
			if rest, err := io.ReadAll(answers); len(rest) > 0 || err != nil {
				t.Errorf("%s: %q %v", name, rest, err)
			}
		}
		if n, err := (<-bodies).Read(make([]byte, 9)); n != 0 || err != http.ErrBodyReadAfterClose {
			t.Errorf("%s: %d bytes, %v", name, n, err)
		}
	}
}

// A server that waits for a client to stop sending is the only one who reads.
func TestALateReaderIsNotInTheWay(t *testing.T) {
	bodies := make(chan io.Reader, 1)
	nc := started(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { bodies <- r.Body })})()
	io.WriteString(nc, "POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n")
	if _, err := http.ReadResponse(bufio.NewReader(nc), nil); err != nil {
		t.Fatal(err)
	}
	late := make(chan error)
	body := <-bodies
	go func() {
		_, err := io.Copy(io.Discard, body)
		late <- err
	}()
	io.WriteString(nc, strings.Repeat("x", lastMax/2))
	if err := <-late; err != http.ErrBodyReadAfterClose {
		t.Error(err)
	}
}

// The fields behind a body are those of its request, also when the connection has gone
// on to the next.
func TestWhatIsBehindABodyStaysItsOwn(t *testing.T) {
	behind := make(chan func() []message.Field, 3)
	nc := started(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		behind <- w.(*Client).Behind()
	})})()
	for i, sent := range []string{"1\r\na\r\n0\r\nA: 1\r\nB: 2\r\n\r\n", "0\r\nC: 3\r\n\r\n", "0\r\n\r\n"} {
		io.WriteString(nc, "POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"+sent)
		if _, err := http.ReadResponse(bufio.NewReader(nc), nil); err != nil {
			t.Fatal(i, err)
		}
	}
	for _, want := range []int{2, 1, 0} {
		if got := (<-behind)(); len(got) != want {
			t.Errorf("%v, want %d", got, want)
		}
	}
}
