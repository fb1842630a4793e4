package wire

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// counted counts the connections that serve gets, ever and now.
func counted(serve func(net.Conn)) (_ func(net.Conn), ever, open *atomic.Int64) {
	ever, open = new(atomic.Int64), new(atomic.Int64)
	return func(nc net.Conn) {
		ever.Add(1)
		open.Add(1)
		defer open.Add(-1)
		serve(nc)
	}, ever, open
}

// G3, G11: safe requests share a connection; an unsafe one gets a fresh one, in
// exchange for an idle one, so that the number of idle ones does not grow.
func TestConnectionsAreUsedAgain(t *testing.T) {
	serve, ever, _ := counted(says(okAnswer))
	tr := NewTransport(Origin{Address: server(t, "127.0.0.1:0", serve)}, new(sync.WaitGroup))
	defer tr.Forget()
	for i, want := range []int64{1, 1, 2, 3, 3} {
		r := get("/")
		if i == 2 || i == 3 {
			r = post("/", "x")
		}
		if _, body := ask(t, tr, r); body != "ok" || ever.Load() != want {
			t.Errorf("request %d: %q, %d connections, want %d", i, body, ever.Load(), want)
		}
		if idle := len(tr.(*h1).pool.idle); idle != 1 {
			t.Errorf("request %d: %d idle connections", i, idle)
		}
	}
}

// G3: a safe request that an idle connection loses is sent again; nonsense, or
// the loss of a fresh connection, is an error that says what it was.
func TestLostConnections(t *testing.T) {
	var n atomic.Int64
	address := server(t, "127.0.0.1:0", func(nc net.Conn) {
		br := bufio.NewReader(nc)
		if _, err := http.ReadRequest(br); err != nil {
			return
		}
		n.Add(1)
		io.WriteString(nc, okAnswer)
		http.ReadRequest(br) // and hang up
	})
	tr := NewTransport(Origin{Address: address}, new(sync.WaitGroup))
	defer tr.Forget()
	for range 4 {
		if _, body := ask(t, tr, get("/")); body != "ok" {
			t.Errorf("%q", body)
		}
	}
	if n.Load() != 4 {
		t.Errorf("%d first requests on a connection", n.Load())
	}
	for answer, malformed := range map[string]bool{"": false, "HTTP/1.1 2": false, "SSH-2.0\r\n\r\n": true, "HTTP/1.1 101 x\r\n\r\n": true} {
		tr := NewTransport(Origin{Address: server(t, "127.0.0.1:0", func(nc net.Conn) {
			http.ReadRequest(bufio.NewReader(nc))
			io.WriteString(nc, answer)
		})}, new(sync.WaitGroup))
		if _, err := tr.RoundTrip(t.Context(), get("/"), Try{}); err == nil || errors.Is(err, ErrMalformed) != malformed {
			t.Errorf("%q: %v", answer, err)
		}
	}
}

// G3: idle connections that the backend has closed are passed over; what is still open
// is used.
func TestStaleConnectionsArePassedOver(t *testing.T) {
	conns := make(chan net.Conn, 3)
	serve, ever, _ := counted(says(okAnswer))
	tr := NewTransport(Origin{Address: server(t, "127.0.0.1:0", func(nc net.Conn) {
		conns <- nc
		serve(nc)
	})}, new(sync.WaitGroup)).(*h1)
	defer tr.Forget()
	for i := range cap(conns) {
		c, err := tr.connect(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		if other := <-conns; i > 0 {
			other.(*net.TCPConn).CloseWrite()
			eventually(t, "the end has come", func() bool { return !silent(c) })
		}
		tr.pool.put(c)
	}
	if _, body := ask(t, tr, get("/")); body != "ok" || ever.Load() != 3 {
		t.Errorf("%q, %d connections", body, ever.Load())
	}
}

// G11: connections over HTTP/2 expire as others do, and can be closed before.
func TestIdleH2Connections(t *testing.T) {
	var open atomic.Int64
	srv := &http.Server{Handler: http.NotFoundHandler(), Protocols: new(http.Protocols)}
	srv.Protocols.SetUnencryptedHTTP2(true)
	srv.ConnState = func(_ net.Conn, s http.ConnState) {
		switch s {
		case http.StateNew:
			open.Add(1)
		case http.StateClosed:
			open.Add(-1)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go srv.Serve(l)
	defer srv.Close()
	tr := NewTransport(Origin{Address: l.Addr().String(), H2C: true}, new(sync.WaitGroup))
	ask(t, tr, get("/"))
	if limit := tr.(*h2).http.IdleConnTimeout; limit != idleLimit || open.Load() != 1 {
		t.Errorf("%d connections, closed after %s", open.Load(), limit)
	}
	tr.Forget()
	eventually(t, "it is closed", func() bool { return open.Load() == 0 })
	tr.(*h2).http.IdleConnTimeout = time.Millisecond
	ask(t, tr, get("/"))
	eventually(t, "it is closed when it has been idle", func() bool { return open.Load() == 0 })
}

// G1, G2: a backend sees the target byte for byte, the headers that are end to
// end, and the body with its trailers, by either protocol.
func TestWhatABackendSees(t *testing.T) {
	seen := make(chan string, 1)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		seen <- fmt.Sprint(r.Method, " ", r.RequestURI, " ", r.Host, " ", r.Header["X-Forwarded-For"], r.Header["A"], r.Header["X-Hop"], " ", string(body), r.Trailer, err)
	})
	srv := &http.Server{Handler: h, Protocols: new(http.Protocols)}
	srv.Protocols.SetHTTP1(true)
	srv.Protocols.SetUnencryptedHTTP2(true)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go srv.Serve(l)
	defer srv.Close()
	from, err := http.ReadRequest(bufio.NewReader(strings.NewReader("POST //a%2Fb/./c?d='{}' HTTP/1.1\r\nHost: shop.test\r\nA: b\r\n" +
		"Connection: X-Hop\r\nX-Hop: 1\r\nX-Forwarded-For: 6.6.6.6\r\nTransfer-Encoding: chunked\r\nTrailer: Sum\r\n\r\n2\r\nhi\r\n0\r\nSum: 1\r\n\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	from.RemoteAddr = "127.0.0.1:1"
	r := NewRequest(from, "token")
	r.Body = NewSpool(from.Body, 100)
	for _, h2c := range []bool{false, true} {
		tr := NewTransport(Origin{Address: l.Addr().String(), H2C: h2c}, new(sync.WaitGroup))
		body, err := r.Body.Reader(false)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := tr.RoundTrip(t.Context(), r, Try{Body: body})
		if err != nil {
			t.Fatal(err)
		}
		want := "POST //a%2Fb/./c?d='{}' shop.test [127.0.0.1] [b] [] himap[Sum:[1]] <nil>"
		if got := <-seen; got != want {
			t.Errorf("h2c %t: %s, want %s", h2c, got, want)
		}
		resp.Body.Close()
		tr.Forget()
	}
}
