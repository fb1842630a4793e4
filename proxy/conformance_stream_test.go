package proxy

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// ticks writes a line each 5 ms and then keeps silent, in the framing that head
// announces.
func ticks(head string) func(nc net.Conn, br *bufio.Reader) {
	return func(nc net.Conn, br *bufio.Reader) {
		readBlock(br)
		io.WriteString(nc, head)
		for n := range 5 {
			line := fmt.Sprintf("data: %d\n\n", n)
			if strings.Contains(head, "chunked") {
				line = fmt.Sprintf("%x\r\n%s\r\n", len(line), line)
			}
			if _, err := io.WriteString(nc, line); err != nil {
				return
			}
			<-time.After(5 * time.Millisecond)
		}
		io.Copy(io.Discard, br) // so that only what was flushed has been seen
	}
}

// G5: streams.
func TestConformanceOfStreams(t *testing.T) {
	each := func(r *trialRun) {
		nc := r.g.dial()
		io.WriteString(nc, "GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n")
		resp, err := http.ReadResponse(bufio.NewReader(nc), nil)
		if err != nil {
			r.Fatal(err)
		}
		br := bufio.NewReader(resp.Body)
		for n := range 5 {
			line, err := br.ReadString('\n')
			r.want("the line", line, fmt.Sprintf("data: %d\n", n))
			if _, err2 := br.ReadString('\n'); err != nil || err2 != nil {
				r.Fatal(err, err2)
			}
		}
	}
	conform(t, []check{
		{name: "event streams", serve: ticks("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n\r\n"), run: each},
		{name: "text in chunks", serve: ticks("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"), run: each},
		{name: "a client that leaves before the answer", serve: waits(""), run: leaves("")},
		{name: "a client that leaves in the answer", serve: waits("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc"), run: leaves("abc")},
		{name: "50 MB down", serve: pours(50 << 20), run: func(r *trialRun) {
			if got := r.g.get("/x"); len(got.body) != 50<<20 || got.err != nil || strings.Trim(got.body, "x") != "" {
				r.Errorf("%d bytes, %v", len(got.body), got.err)
			}
		}},
	})
}

// waits writes what it says and then waits for the end of the connection.
func waits(says string) func(nc net.Conn, br *bufio.Reader) {
	return func(nc net.Conn, br *bufio.Reader) {
		readBlock(br)
		io.WriteString(nc, says)
		io.Copy(io.Discard, br)
	}
}

// leaves goes away after it has read what ends in last, and wants the backend
// to be told.
func leaves(last string) func(r *trialRun) {
	return func(r *trialRun) {
		c := r.g.chain.Load().candidates[r.place]
		nc := r.g.dial()
		io.WriteString(nc, "GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n")
		eventually(r, "the backend is asked", func() bool { return c.up.leases() == 1 })
		var got []byte
		for buf := make([]byte, 100); !bytes.HasSuffix(got, []byte(last)); {
			n, err := nc.Read(buf)
			if got = append(got, buf[:n]...); err != nil {
				r.Fatal(err)
			}
		}
		nc.Close()
		eventually(r, "it is told", func() bool { return c.up.leases() == 0 })
	}
}

// pours answers with n bytes.
func pours(n int) func(nc net.Conn, br *bufio.Reader) {
	return func(nc net.Conn, br *bufio.Reader) {
		readBlock(br)
		left := n
		fmt.Fprintf(nc, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", n)
		chunk := bytes.Repeat([]byte("x"), 1<<20)
		for ; left > 0; left -= len(chunk) {
			if _, err := nc.Write(chunk); err != nil {
				return
			}
		}
	}
}

// G7, G11, G12: protocols and connections.
func TestConformanceOfConnections(t *testing.T) {
	conform(t, []check{
		{name: "an upgrade, with what is said early", serve: switcher("hello\n"), run: func(r *trialRun) {
			nc, br, head := r.g.upgrade("/", "", "early\n")
			r.want("the status", head[:12], "HTTP/1.1 101")
			line, _ := br.ReadString('\n')
			r.want("what the backend says", line, "hello\n")
			line, _ = br.ReadString('\n')
			r.want("the echo", line, "EARLY\n")
			nc.(*net.TCPConn).CloseWrite()
			rest, _ := io.ReadAll(br)
			r.want("the rest", string(rest), "bye")
		}},
		{name: "HTTP/2 with prior knowledge", run: func(r *trialRun) {
			tr := &http.Transport{Protocols: new(http.Protocols)}
			tr.Protocols.SetUnencryptedHTTP2(true)
			defer tr.CloseIdleConnections()
			resp, err := tr.RoundTrip(r.g.request("POST", "/x", strings.NewReader("body")))
			if err != nil {
				r.Fatal(err)
			}
			resp.Body.Close()
			r.want("the answer", fmt.Sprintf("%s %d %s", resp.Proto, resp.StatusCode, r.saw().body), "HTTP/2.0 200 body")
		}},
		{name: "pipelined requests", run: func(r *trialRun) {
			one := "GET /x HTTP/1.1\r\nHost: localhost\r\n"
			out := withoutOwn(r.g.raw(one + "\r\n" + one + "\r\n" + one + "Connection: close\r\n\r\n"))
			r.want("the answers", out, okAnswer+okAnswer+okAnswer)
		}},
		{name: "at most two connections for 200 requests in a row", run: func(r *trialRun) {
			nc := r.g.dial()
			br := bufio.NewReader(nc)
			for range 200 {
				io.WriteString(nc, "GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n")
				resp, err := http.ReadResponse(br, nil)
				if err != nil {
					r.Fatal(err)
				}
				io.Copy(io.Discard, resp.Body)
			}
			if n := r.hit.conns.Load(); n > 2 {
				r.Errorf("%d connections", n)
			}
		}},
		{name: "an idle connection that the backend closes loses no request", reply: closesIdle, run: func(r *trialRun) {
			for range 20 {
				if got := r.g.get("/x"); got.status != 200 {
					r.Errorf("%+v", got)
				}
				if got := r.g.post("/x", "body"); got.status != 200 {
					r.Errorf("%+v", got)
				}
			}
		}},
		{name: "nobody listens", run: func(r *trialRun) {
			r.g.Reconfigure(Config{Backends: []Backend{{Name: "gone", Port: 1}}})
			r.g.SetState("gone", State{Phase: Ready})
			r.g.notice = 0
			if got := r.g.get("/x"); got.status != 502 || got.header.Get("X-Devgate-Error") != "refused" {
				r.Errorf("%+v", got)
			}
		}},
		{name: "a request in the gap of a restart is answered by the right one", run: func(r *trialRun) {
			r.g.SetState("hit", State{Phase: Waiting})
			done := make(chan answer)
			go func() { done <- r.g.post("/x", "body") }()
			eventually(r, "it waits", func() bool { return r.g.requests.count() == 1 })
			r.g.SetState("hit", State{Phase: Ready})
			r.want("the answer", (<-done).body, "ok")
			r.want("the body", r.saw().body, "body")
		}},
		{name: "everything at once", run: func(r *trialRun) {
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			results := make(chan answer)
			for i := range 50 {
				go func() {
					results <- r.g.do(r.g.request([]string{"GET", "POST"}[i%2], "/x", strings.NewReader("body"[:4*(i%2)])).WithContext(ctx))
				}()
			}
			for range 50 {
				if got := <-results; got.status != 200 || got.body != "ok" {
					r.Errorf("%+v", got)
				}
			}
		}},
	})
}

// closesIdle answers and closes without having said so.
func closesIdle(nc net.Conn, s sighting) bool {
	io.WriteString(nc, okAnswer)
	return false
}
