package wire

import (
	"bufio"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// payload is n bytes that are the same each time.
func payload(n int) string {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{}).Read(b)
	return string(b)
}

// eventually polls until ok or fails the test.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		<-tick.C
	}
}

// server listens on address and gives each connection to serve, which closes it.
// It ends with the test.
func server(t testing.TB, address string, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	var conns sync.Map
	var running sync.WaitGroup
	running.Go(func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			conns.Store(nc, nil)
			running.Go(func() {
				defer conns.Delete(nc)
				defer nc.Close()
				serve(nc)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		conns.Range(func(nc, _ any) bool { nc.(net.Conn).Close(); return true })
		running.Wait()
	})
	return l.Addr().String()
}

// says answers every request of a connection with the same bytes, once it has
// read its body.
func says(answer string) func(net.Conn) {
	return func(nc net.Conn) {
		for br := bufio.NewReader(nc); ; {
			r, err := http.ReadRequest(br)
			if err != nil {
				return
			}
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				return
			}
			if _, err := io.WriteString(nc, answer); err != nil {
				return
			}
		}
	}
}

// get is a request without a body.
func get(target string) *Request {
	return &Request{Method: "GET", Target: target, Host: "localhost", Client: "127.0.0.1", Scheme: "http", Loop: "x", Header: http.Header{}, Safe: true}
}

// post is a request with a body.
func post(target, body string) *Request {
	return &Request{
		Method: "POST", Target: target, Host: "localhost", Client: "127.0.0.1", Scheme: "http", Loop: "x", Header: http.Header{},
		Body: NewSpool(strings.NewReader(body), 1<<20), Length: int64(len(body)), trailer: new(http.Header),
	}
}

// ask sends r and reads the whole answer.
func ask(t testing.TB, tr Transport, r *Request) (*Response, string) {
	t.Helper()
	var try Try
	if r.Body != nil {
		defer r.Body.Close()
		body, err := r.Body.Reader(true)
		if err != nil {
			t.Fatal(err)
		}
		defer body.Close()
		try.Body = body
	}
	resp, err := tr.RoundTrip(t.Context(), r, try)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(&resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(text)
}
