package probe

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func listen(t *testing.T, addr string) int {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().(*net.TCPAddr).Port
}

func TestTCPFindsAListenerOnEitherFamily(t *testing.T) {
	for _, addr := range []string{"127.0.0.1:0", "[::1]:0", ":0"} {
		if err := TCP(listen(t, addr))(t.Context()); err != nil {
			t.Errorf("%s: %v", addr, err)
		}
	}
}

func TestTCPSaysThatNothingListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	want := "nothing listens on localhost:" + strconv.Itoa(port)
	if err := TCP(port)(t.Context()); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if err := HTTP(port, "/healthz", 0, HTTP1)(t.Context()); err == nil || err.Error() != "GET /healthz: "+want {
		t.Errorf("got %v", err)
	}
}

func TestHTTPAsksForTheStatus(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, _ := strconv.Atoi(strings.Trim(r.URL.Path, "/"))
		w.Header().Set("Location", "/500")
		w.WriteHeader(status)
	}))
	defer server.Close()
	port := server.Listener.Addr().(*net.TCPAddr).Port
	for _, c := range []struct {
		path   string
		status int
		want   string
	}{
		{"/200", 0, ""}, {"/302", 0, ""}, {"/204", 204, ""}, {"/404", 404, ""},
		{"/404", 0, "GET /404 answers 404, not 2xx or 3xx"}, {"/200", 204, "GET /200 answers 200, not 204"},
	} {
		err := HTTP(port, c.path, c.status, HTTP1)(t.Context())
		if got := text(err); got != c.want {
			t.Errorf("%s %d: got %q, want %q", c.path, c.status, got, c.want)
		}
	}
}

// G12: a service is asked in its own protocol; one that speaks another is not
// ready, and is told of.
func TestHTTPSpeaksTheProtocolOfTheService(t *testing.T) {
	for _, c := range []struct{ server, asked Protocol }{{HTTP1, HTTP1}, {H2C, H2C}, {HTTP1, H2C}, {H2C, HTTP1}} {
		var open atomic.Int64 // connections
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(200 + r.ProtoMajor)
		}))
		server.Config.Protocols = c.server.protocols()
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
			switch s {
			case http.StateNew:
				open.Add(1)
			case http.StateClosed:
				open.Add(-1)
			}
		}
		server.Start()
		port := server.Listener.Addr().(*net.TCPAddr).Port
		err := HTTP(port, "/", 201+int(c.asked), c.asked)(t.Context())
		if (err == nil) != (c.server == c.asked) {
			t.Errorf("a server of %d asked by %d: %v", c.server, c.asked, err)
		}
		if c.server == HTTP1 && c.asked == H2C && !strings.HasPrefix(text(err), "GET / by h2c: ") {
			t.Errorf("got %v", err)
		}
		for open.Load() > 0 { // no attempt leaves a connection behind
			runtime.Gosched()
		}
		server.Close()
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestUntilLooksQuicklyAtFirstAndTellsWhatIsMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var at []time.Duration
		var told []string
		err := Until(t.Context(), 20*time.Millisecond, func(context.Context) error {
			at = append(at, time.Since(began)/time.Millisecond)
			if len(at) < 5 {
				return errors.New("not yet")
			}
			return nil
		}, func(err error) { told = append(told, err.Error()) })
		if err != nil || len(told) != 4 {
			t.Errorf("err %v, told %q", err, told)
		}
		for i, want := range []time.Duration{0, 5, 15, 35, 55} {
			if at[i] != want {
				t.Errorf("attempt %d after %d ms, want %d", i, at[i], want)
			}
		}
	})
}

func TestUntilEndsWithItsContextAndLimitsEachAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		attempts := 0
		err := Until(ctx, 0, func(ctx context.Context) error {
			if attempts++; attempts == 2 {
				cancel(errors.New("stopped"))
			}
			<-ctx.Done()
			return ctx.Err()
		}, func(error) {})
		if text(err) != "stopped" || attempts != 2 {
			t.Errorf("got %v after %d attempts", err, attempts)
		}
	})
}
