package probe

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// serve has every connection to a port handled, and returns the port.
func serve(t *testing.T, handle func(net.Conn)) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer conn.Close(); handle(conn) }()
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

// silent reads until the other end closes.
func silent(conn net.Conn) { io.Copy(io.Discard, conn) }

// says answers the first line that it gets; more is what it gets after that.
func says(text string, more chan<- string) func(net.Conn) {
	return func(conn net.Conn) {
		in := bufio.NewReader(conn)
		in.ReadString('\n')
		io.WriteString(conn, text)
		rest, _ := io.ReadAll(in)
		more <- string(rest)
	}
}

func TestOnlyAnAnswerInHTTPIsOne(t *testing.T) {
	more := make(chan string, 10)
	for name, c := range map[string]struct {
		handle func(net.Conn)
		want   string
		other  bool // another protocol
	}{
		"redis":                {says("-ERR wrong number of arguments for 'get' command\r\n", more), "localhost:PORT: it does not speak HTTP", true},
		"a greeting":           {func(conn net.Conn) { io.WriteString(conn, "SSH-2.0-OpenSSH_9.6\r\n"); silent(conn) }, "localhost:PORT: it does not speak HTTP", true},
		"almost":               {func(conn net.Conn) { io.WriteString(conn, "HTTQ"); silent(conn) }, "localhost:PORT: it does not speak HTTP", true},
		"closed":               {func(conn net.Conn) { bufio.NewReader(conn).ReadString('\n') }, "localhost:PORT accepts a connection and closes it without an answer", false},
		"closed in the middle": {func(conn net.Conn) { bufio.NewReader(conn).ReadString('\n'); io.WriteString(conn, "HT") }, "localhost:PORT accepts a connection and closes it without an answer", false},
		"in pieces": {func(conn net.Conn) {
			http.ReadRequest(bufio.NewReader(conn))
			for _, c := range "HTTP/1.0 500 No\r\n\r\n" {
				io.WriteString(conn, string(c))
			}
		}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			port := serve(t, c.handle)
			err := AnswersHTTP(port)(t.Context())
			if got := text(err); got != strings.ReplaceAll(c.want, "PORT", strconv.Itoa(port)) || errors.Is(err, ErrNotHTTP) != c.other {
				t.Errorf("got %q, %v", got, errors.Is(err, ErrNotHTTP))
			}
		})
	}
	if rest := <-more; rest != "" {
		t.Errorf("who answers the first line gets more: %q", rest)
	}
}

func TestASilentListenerIsAskedUntilTheEnd(t *testing.T) {
	port := serve(t, silent)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if got, want := text(AnswersHTTP(port)(ctx)), "localhost:"+strconv.Itoa(port)+" accepts a connection, and no answer has come yet"; got != want {
		t.Errorf("got %q", got)
	}
}

// A server gets one whole request, for a path that it does not know, and may answer
// late, with any status.
func TestAServerIsAskedOnce(t *testing.T) {
	seen := make(chan *http.Request, 10)
	port := serve(t, func(conn net.Conn) {
		r, err := http.ReadRequest(bufio.NewReader(conn))
		if err != nil {
			return
		}
		seen <- r
		<-time.After(100 * time.Millisecond)
		io.WriteString(conn, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	})
	if err := AnswersHTTP(port)(t.Context()); err != nil {
		t.Error(err)
	}
	r := <-seen
	if r.URL.Path != "/__devgate_probe" || r.Host != "localhost:"+strconv.Itoa(port) || r.UserAgent() != "devgate" || !r.Close || len(seen) > 0 {
		t.Errorf("got %+v, and %d more", r, len(seen))
	}
}
