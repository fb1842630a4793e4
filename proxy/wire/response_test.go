package wire

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// answering returns a transport to a backend that answers with what say writes.
func answering(t *testing.T, say func(nc net.Conn)) (Transport, *Response) {
	t.Helper()
	tr := NewTransport(Origin{Address: server(t, "127.0.0.1:0", func(nc net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(nc)); err == nil {
			say(nc)
		}
	})}, new(sync.WaitGroup))
	t.Cleanup(tr.Forget)
	resp, err := tr.RoundTrip(t.Context(), get("/"), Try{})
	if err != nil {
		t.Fatal(err)
	}
	return tr, resp
}

// writing says one text and waits until the connection is closed.
func writing(text string) func(net.Conn) {
	return func(nc net.Conn) {
		io.WriteString(nc, text)
		io.Copy(io.Discard, nc)
	}
}

// G1: a body has its bytes, its trailers and its cut, whatever its framing, and
// whether its beginning was taken in before or not.
func TestBodies(t *testing.T) {
	long := payload(3 * PrefetchMax)
	for name, c := range map[string]struct {
		answer, body, trailer string
		cut, back             bool
	}{
		"length":         {"Content-Length: 5\r\n\r\nhello", "hello", "", false, true},
		"none":           {"Content-Length: 0\r\n\r\n", "", "", false, true},
		"long":           {fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(long), long), long, "", false, true},
		"chunked":        {"Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nSum: 1\r\n\r\n", "hello", "1", false, true},
		"until close":    {"\r\nhello", "hello", "", false, false},
		"short":          {"Content-Length: 9\r\n\r\nhello", "hello", "", true, false},
		"chunks cut":     {"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "hello", "", true, false},
		"says too much":  {"Content-Length: 5\r\n\r\nhello!", "hello", "", false, false},
		"will be closed": {"Connection: close\r\nContent-Length: 5\r\n\r\nhello", "hello", "", false, false},
	} {
		for _, ahead := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, taken in %t", name, ahead), func(t *testing.T) {
				tr, resp := answering(t, func(nc net.Conn) {
					io.WriteString(nc, "HTTP/1.1 200 OK\r\n"+c.answer)
					nc.(*net.TCPConn).CloseWrite()
					io.Copy(io.Discard, nc)
				})
				if ahead {
					resp.Body.Prefetch(time.Minute)
					if got := resp.Body.Prefetched(); !strings.HasPrefix(c.body, string(got)) || len(got) != min(len(c.body), PrefetchMax) {
						t.Errorf("%d bytes were taken in", len(got))
					}
				}
				var got bytes.Buffer
				err := resp.Body.Relay(&got, func() {})
				trailer, _ := resp.Body.Trailer()
				if got.String() != c.body || (err != nil) != c.cut || trailer.Get("Sum") != c.trailer {
					t.Errorf("%d bytes, %v, trailer %v", got.Len(), err, trailer)
				}
				resp.Body.Close()
				if back := len(tr.(*h1).pool.idle) == 1; back != c.back {
					t.Errorf("the connection came back: %t", back)
				}
			})
		}
	}
}

// G5: what a backend has said is flushed before it is waited for, and before
// its failure is told.
func TestRelayFlushes(t *testing.T) {
	more := make(chan string)
	end := sync.OnceFunc(func() { close(more) }) // also when the test fails: the backend waits for it
	defer end()
	_, resp := answering(t, func(nc net.Conn) {
		io.WriteString(nc, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
		for s := range more {
			fmt.Fprintf(nc, "%x\r\n%s\r\n", len(s), s)
		}
	})
	flushed := make(chan string, 100)
	var got bytes.Buffer
	done := make(chan error, 1)
	go func() { done <- resp.Body.Relay(&got, func() { flushed <- got.String() }) }()
	want := ""
	for _, s := range []string{"a", "b", "c"} {
		more <- s
		want += s
		for have := ""; have != want; {
			select {
			case have = <-flushed:
			case <-time.After(10 * time.Second):
				t.Fatalf("%q is not flushed", want)
			}
			if !strings.HasPrefix(want, have) {
				t.Fatalf("%q, want %q", have, want)
			}
		}
	}
	end()
	if err := <-done; err == nil {
		t.Error("a cut looks complete")
	}
}

// A body that never comes is broken off by Cut from another goroutine, and by
// Close while its beginning is taken in.
func TestBodiesAreBrokenOff(t *testing.T) {
	begin := writing("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")
	t.Run("cut", func(t *testing.T) {
		_, resp := answering(t, begin)
		done := make(chan error, 1)
		go func() { _, err := io.ReadAll(&resp.Body); done <- err }()
		resp.Body.Cut()
		if err := <-done; err == nil {
			t.Error("it is read to its end")
		}
		resp.Body.Close()
	})
	t.Run("close", func(t *testing.T) {
		_, resp := answering(t, begin)
		resp.Body.Prefetch(0)
		if resp.Body.Prefetched() != nil {
			t.Error("what is still being taken in is told")
		}
		resp.Body.Close()
		if _, err := io.ReadAll(&resp.Body); err == nil {
			t.Error("it is read to its end")
		}
	})
	t.Run("discard", func(t *testing.T) {
		tr, resp := answering(t, begin)
		if resp.Body.Discard(time.Millisecond); len(tr.(*h1).pool.idle) > 0 {
			t.Error("its connection is used again")
		}
	})
}

// G7: behind a switch of protocols the connection is the caller's, with what was
// said on it already; both directions then flow until both have ended.
func TestHijackAndTunnel(t *testing.T) {
	address := server(t, "127.0.0.1:0", func(nc net.Conn) {
		http.ReadRequest(bufio.NewReader(nc))
		io.WriteString(nc, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nearly ")
		io.Copy(nc, nc)
	})
	r := get("/")
	r.Upgrade = "x"
	resp, err := NewTransport(Origin{Address: address}, new(sync.WaitGroup)).RoundTrip(t.Context(), r, Try{})
	if err != nil || resp.Status != http.StatusSwitchingProtocols {
		t.Fatal(resp, err)
	}
	backend, said, ok := resp.Body.Hijack()
	if !ok {
		t.Fatal("the connection is lost")
	}
	mine := make(chan net.Conn, 1)
	here, err := net.Dial("tcp", server(t, "127.0.0.1:0", func(nc net.Conn) { mine <- nc; <-t.Context().Done() }))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	tunnel := &Tunnel{Client: <-mine, Backend: backend}
	tunnel.Start([]byte("one "), said, func() { close(done) })
	io.WriteString(here, "two")
	here.(*net.TCPConn).CloseWrite()
	if got, err := io.ReadAll(here); string(got) != "early one two" || err != nil {
		t.Errorf("%q %v", got, err)
	}
	<-done
	if _, _, ok := resp.Body.Hijack(); ok {
		t.Error("it is handed over twice")
	}
}
