//go:build e2e

package e2e

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// document is JSON of exactly n bytes.
func document(n int) []byte {
	const frame = `{"text":""}`
	text := bytes.Repeat([]byte("the quick brown fox "), n/20+1)[:n-len(frame)]
	return fmt.Appendf(nil, `{"text":"%s"}`, text)
}

func sum(body []byte) string {
	all := sha256.Sum256(body)
	return hex.EncodeToString(all[:])
}

// The last backend gets the whole body, also when the first has read all of it
// before its 404 and the second none of it (G2).
func TestBodiesReachTheLastBackendWhole(t *testing.T) {
	threeServers.each(t, "3 backends", func(t *testing.T, g *gateway) {
		for _, size := range []int{1 << 10, 10 << 20} {
			for _, chunked := range []bool{false, true} {
				what := fmt.Sprintf("%d bytes, chunked %v", size, chunked)
				body := document(size)
				got := g.ask(t, request{
					method: "POST", path: "/echo/products", body: body, chunked: chunked,
					header: headers("Content-Type", "application/json"),
				})
				got.check(t, what, 200, "users=404, orders=404, products=200")
				s := got.said(t)
				if s.Role != "products" || s.Bytes != size || s.SHA256 != sum(body) || s.Type != "application/json" {
					t.Errorf("%s: the backend has got %+v, want %s", what, s, sum(body))
				}
			}
		}
		bodyOnceWanted(t, g)
		nobodyTakes(t, g)
		g.down()
	})
}

// bodyOnceWanted asks as curl does before it sends much: the body follows only
// once the gateway has said that it wants it (RFC 9110 section 10.1.1).
func bodyOnceWanted(t *testing.T, g *gateway) {
	conn, err := net.Dial("tcp", "localhost:"+g.ports["GATEWAY"])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	body := document(2 << 20)
	fmt.Fprintf(conn, "POST /echo/products HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"+
		"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n", len(body))
	read := bufio.NewReader(conn)
	if line, err := read.ReadString('\n'); line != "HTTP/1.1 100 Continue\r\n" {
		t.Fatalf("before the body: %q, %v", line, err)
	}
	if line, err := read.ReadString('\n'); line != "\r\n" {
		t.Fatalf("after 100 Continue: %q, %v", line, err)
	}
	if _, err := conn.Write(body); err != nil {
		t.Fatal(err)
	}
	got, err := http.ReadResponse(read, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(io.LimitReader(got.Body, got.ContentLength))
	a := answer{got.StatusCode, got.Header, text}
	a.check(t, "Expect: 100-continue", 200, "users=404, orders=404, products=200")
	if s := a.said(t); err != nil || s.SHA256 != sum(body) {
		t.Errorf("the backend has got %+v, %v", s, err)
	}
}

// nobodyTakes: a body that all refuse is a 404, and the connection is good for
// the next request.
func nobodyTakes(t *testing.T, g *gateway) {
	client := newClient()
	defer client.CloseIdleConnections()
	for range 3 {
		got, err := g.send(t.Context(), client, request{
			method: "POST", path: "/echo/nobody", body: document(1 << 20), header: headers("Content-Type", "application/json"),
		})
		if err != nil {
			t.Fatal(err)
		}
		got.check(t, "POST to nobody", 404, "users=404, orders=404, products=404")
	}
}
