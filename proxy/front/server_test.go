package front

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"devgate/internal/oserr"
	"devgate/internal/testwine"
)

// started is a Server on a port of its own, which ends with the test.
func started(t *testing.T, s *Server) (dial func() *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var accepting sync.WaitGroup
	accepting.Go(func() { s.Serve(l) })
	t.Cleanup(func() {
		l.Close()
		accepting.Wait()
		s.Close()
	})
	return func() *net.TCPConn {
		nc, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { nc.Close() })
		nc.SetDeadline(time.Now().Add(time.Minute))
		return nc.(*net.TCPConn)
	}
}

const get = "GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n"

// exchange sends a request, and reads until the connection ends.
func exchange(t *testing.T, h http.HandlerFunc, request string) (out string, err error) {
	t.Helper()
	nc := started(t, &Server{Handler: h})()
	io.WriteString(nc, request)
	all, err := io.ReadAll(nc)
	return string(all), err
}

// G1: an answer has what the handler has set, and nothing is invented; how its end is
// told depends on what is known when it goes out.
func TestAnswers(t *testing.T) {
	const last = "GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
	old := strings.ReplaceAll(last, "HTTP/1.1", "HTTP/1.0")
	head := "HEAD" + last[len("GET"):]
	for name, c := range map[string]struct {
		request string
		answer  http.HandlerFunc
		want    string
	}{
		"nothing at all": {last, func(w http.ResponseWriter, r *http.Request) {}, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
		"a short body": {last, func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "a")
			io.WriteString(w, "b")
		}, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab"},
		"a length that is told": {last, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "2")
			io.WriteString(w, "ab")
		}, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab"},
		"an early flush": {last, func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "a")
			w.(http.Flusher).Flush()
			io.WriteString(w, "b")
		}, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n"},
		"chunks with a trailer": {last, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Trailer", "Sum")
			w.Header().Set("Transfer-Encoding", "chunked")
			io.WriteString(w, "a")
			w.Header().Set("Sum", "7")
			w.Header().Set(http.TrailerPrefix+"More", "8")
		}, "HTTP/1.1 200 OK\r\nTrailer: Sum\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n1\r\na\r\n0\r\nMore: 8\r\nSum: 7\r\n\r\n"},
		"a flush for HTTP/1.0": {old, func(w http.ResponseWriter, r *http.Request) {
			w.(http.Flusher).Flush()
			io.WriteString(w, "a")
		}, "HTTP/1.0 200 OK\r\n\r\na"},
		"HEAD": {head, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "2")
			io.WriteString(w, "ab")
		}, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n"},
		"no body": {last, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "a/b")
			w.WriteHeader(304)
			if _, err := io.WriteString(w, "a"); err != http.ErrBodyNotAllowed {
				t.Error(err)
			}
		}, "HTTP/1.1 304 Not Modified\r\nContent-Type: a/b\r\nConnection: close\r\n\r\n"},
		"an early answer": {last, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Link", "x")
			w.WriteHeader(103)
			w.Header().Del("Link")
		}, "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
		"an early answer for HTTP/1.0": {old, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(103) }, "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"},
		"a line end in a value": {last, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X", "a\r\nY: b")
		}, "HTTP/1.1 200 OK\r\nX: a  Y: b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
	} {
		out, err := exchange(t, c.answer, c.request)
		if lines(out) != lines(c.want) || err != nil {
			t.Errorf("%s: %v\n got %q\nwant %q", name, err, out, c.want)
		}
	}
}

// lines are those of a message, the fields of its head sorted.
func lines(message string) string {
	head, rest, _ := strings.Cut(message, "\r\n\r\n")
	all := strings.Split(head, "\r\n")
	if len(all) > 2 && strings.HasPrefix(all[1], "Content-Length") { // which is set last where nobody has set it
		all = append(append(all[:1:1], all[2:]...), all[1])
	}
	for i, line := range all {
		if i > 0 && strings.HasPrefix(line, "Content-Length") {
			all = append(append(all[:i:i], all[i+1:]...), line)
			break
		}
	}
	return strings.Join(all, "\n") + "\n\n" + rest
}

// G5: what breaks off is seen to be cut, however its end is told.
func TestBrokenAnswersAreCut(t *testing.T) {
	breaks := func(length string, body int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if length != "" {
				w.Header().Set("Content-Length", length)
			}
			w.(http.Flusher).Flush()
			io.WriteString(w, strings.Repeat("x", body))
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
	}
	short := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "5")
		io.WriteString(w, "abc")
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		minor  int
		reset  bool
	}{
		"by length": {breaks("9", 3), 1, false}, "in chunks": {breaks("", 3), 1, false},
		"until the end": {breaks("", 3), 0, true}, "too short": {short, 1, false},
	} {
		nc := started(t, &Server{Handler: c.answer})()
		fmt.Fprintf(nc, "GET /x HTTP/1.%d\r\nHost: localhost\r\n\r\n", c.minor)
		resp, err := http.ReadResponse(bufio.NewReader(nc), nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := io.ReadAll(resp.Body)
		if c.reset && err == nil && testwine.Resets.Differs() {
			continue
		}
		if len(got) > 3 || err == nil || c.reset != oserr.Reset.In(err) {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
}

// A client that sends what nobody reads gets its answer, and then a clean end: to close
// a connection on which something is unread is to reset it (RFC 9112, section 9.6).
func TestClientsGetTheLastAnswer(t *testing.T) {
	rest := strings.Repeat("x", 100<<10)
	s := &Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(413) }),
		Refuse:  func(r Refusal) []byte { return fmt.Appendf(nil, "HTTP/1.1 %d \r\n\r\n", r.Status) },
	}
	dial := started(t, s)
	for name, c := range map[string]struct{ request, want string }{
		"a body that is too long":   {"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n" + rest, "HTTP/1.1 413 Request Entity Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
		"a request that is refused": {"POST /x HTTP/1.1\r\nnonsense\r\n\r\n" + rest, "HTTP/1.1 400 \r\n\r\n"},
	} {
		nc := dial()
		io.WriteString(nc, c.request)
		if got, err := io.ReadAll(nc); string(got) != c.want || err != nil {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
}

// G5: an answer does not wait for a body that somebody is reading.
func TestAnswersGoOutWhileABodyIsRead(t *testing.T) {
	nc := started(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reads, over := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(over)
			r.Body.Read(make([]byte, 1))
			close(reads)
			r.Body.Read(make([]byte, 1))
		}()
		<-reads
		runtime.Gosched()
		w.(http.Flusher).Flush()
		<-over
	})})()
	io.WriteString(nc, "POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\na")
	if resp, err := http.ReadResponse(bufio.NewReader(nc), nil); err != nil || resp.StatusCode != 200 {
		t.Errorf("%v %v", resp, err)
	}
	io.WriteString(nc, "b")
}

// More than was told is refused, and what was told goes out whole.
func TestMoreThanTheLength(t *testing.T) {
	out, _ := exchange(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "2")
		io.WriteString(w, "ab")
		if _, err := io.WriteString(w, "c"); err != http.ErrContentLength {
			t.Error(err)
		}
	}, strings.Replace(get, "\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1))
	if !strings.HasSuffix(out, "\r\n\r\nab") {
		t.Errorf("%q", out)
	}
}
