package proxy

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// lineOf is the request line of a raw head.
func (s sighting) lineOf() string {
	line, _, _ := strings.Cut(s.head, "\r\n")
	return line
}

// G1: the backend sees the target and the headers as the client sent them.
func TestConformanceOfRequests(t *testing.T) {
	checks := []check{
		{name: "the host is the client's", run: func(r *trialRun) {
			r.g.raw("GET / HTTP/1.1\r\nHost: shop.localhost:81\r\nConnection: close\r\n\r\n")
			r.want("Host", fmt.Sprint(r.saw().header("Host")), "[shop.localhost:81]")
		}},
		{name: "X-Forwarded-* are there once, and the gateway's", run: func(r *trialRun) {
			r.raw("GET / HTTP/1.1\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Host: evil\r\nX-Forwarded-Proto: gopher\r\nx-forwarded-for: 7.7.7.7\r\n\r\n")
			s := r.saw()
			r.want("forwarded", fmt.Sprint(s.header("X-Forwarded-For"), s.header("X-Forwarded-Host"), s.header("X-Forwarded-Proto")), "[127.0.0.1] [localhost] [http]")
		}},
		{name: "what tells of the way is dropped as a whole", run: func(r *trialRun) {
			r.raw("GET / HTTP/1.1\r\nForwarded: for=6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\nX-Forwarded-Port: 81\r\nX-Forwarded-Ssl: on\r\nX-Forwarded-Prefix: /p\r\n\r\n")
			s := r.saw()
			r.want("the way", fmt.Sprint(s.header("Forwarded"), s.header("X-Real-Ip"), s.header("X-Forwarded-Port"), s.header("X-Forwarded-Ssl"), s.header("X-Forwarded-Prefix")), "[] [] [] [] [/p]")
		}},
		{name: "a tunnel to a configured host is believed, as a whole", run: func(r *trialRun) {
			r.g.reconfigure(func(c *Config) { c.Hosts = []string{"shop.test"} })
			r.g.raw("GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\nX-Real-IP: 6.6.6.6\r\n\r\n")
			s := r.saw()
			r.want("the way", fmt.Sprint(s.header("X-Forwarded-For"), s.header("X-Forwarded-Host"), s.header("X-Forwarded-Proto"), s.header("X-Real-Ip")), "[6.6.6.6] [shop.test] [https] [6.6.6.6]")
			r.raw("GET / HTTP/1.1\r\nX-Forwarded-Proto: https\r\n\r\n")
			r.want("another host", fmt.Sprint(r.saw().header("X-Forwarded-Proto")), "[http]")
		}},
		{name: "headers of one connection are dropped", run: func(r *trialRun) {
			r.g.raw("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 1\r\nProxy-Authorization: x\r\nTE: gzip, trailers\r\nX-A: 1\r\n\r\n")
			s := r.saw()
			r.want("headers", fmt.Sprint(s.header("X-Hop"), s.header("Keep-Alive"), s.header("Proxy-Authorization"), s.header("Connection"), s.header("TE"), s.header("X-A")), "[] [] [] [] [trailers] [1]")
		}},
		{name: "nothing is added", run: func(r *trialRun) {
			r.raw("GET / HTTP/1.1\r\n\r\n")
			s := r.saw()
			r.want("headers", fmt.Sprint(s.header("Accept-Encoding"), s.header("User-Agent"), s.header("Content-Length"), s.header("Transfer-Encoding")), "[] [] [] []")
		}},
		{name: "60 KB of headers", run: func(r *trialRun) {
			r.want("the answer", r.raw("GET / HTTP/1.1\r\n"+head60k+"\r\n"), okAnswer)
			r.want("the headers", fmt.Sprint(len(r.saw().header("X-Long"))), "60")
		}},
		{name: "cookies and repeated headers stay apart", run: func(r *trialRun) {
			r.raw("GET / HTTP/1.1\r\nCookie: a=1\r\nCookie: b=2\r\nX-A: 1,2\r\nX-A: 3\r\n\r\n")
			s := r.saw()
			r.want("headers", fmt.Sprintf("%q", append(s.header("Cookie"), s.header("X-A")...)), `["a=1" "b=2" "1,2" "3"]`)
		}},
		{name: "a method of one's own", run: func(r *trialRun) {
			r.raw("PURGE /x HTTP/1.1\r\n\r\n")
			r.want("the line", r.saw().lineOf(), "PURGE /x HTTP/1.1")
		}},
		{name: "an absolute target names no upstream", run: func(r *trialRun) {
			r.raw("GET http://localhost/a//b?c HTTP/1.1\r\n\r\n")
			r.want("the line", r.saw().lineOf(), "GET /a//b?c HTTP/1.1")
		}},
	}
	for _, target := range []string{
		"/sale-50%", "/100%/x?y=%", "/%zz\xff", "/\xff", "/a%2", "/%", "/%2fx%", "//", "//a//b/", "/a/../b", "/a/./b", "/%2e%2e/x", "/a%2Fb", "/a;b=c/d", "/a'b", "/{id}", "/a|b", "/\"q\"", "/`", "/¦é", "/a\\b",
		"/?", "/?a=%zz", "/?a;b", "/?q=a+b&q=", "/?next=http://x/?y", "/%00", "/" + strings.Repeat("long/", 4000), "/a?b#c",
	} {
		checks = append(checks, check{name: fmt.Sprintf("the target %.20q", target), run: func(r *trialRun) {
			r.want("the answer", r.raw("GET "+target+" HTTP/1.1\r\n\r\n"), okAnswer)
			r.want("the line", r.saw().lineOf(), "GET "+target+" HTTP/1.1")
		}})
	}
	conform(t, checks)
}

// chunked frames a body in pieces.
func chunked(body string, piece int) string {
	var b strings.Builder
	for ; body != ""; body = body[min(piece, len(body)):] {
		p := body[:min(piece, len(body))]
		fmt.Fprintf(&b, "%x\r\n%s\r\n", len(p), p)
	}
	return b.String() + "0\r\n"
}

// G2, G3: bodies.
func TestConformanceOfBodies(t *testing.T) {
	var checks []check
	for _, size := range []int{0, 1000, 300_000, 10 << 20} {
		body := payload(size)
		checks = append(checks,
			check{name: fmt.Sprintf("%d bytes with a length", size), run: func(r *trialRun) {
				r.want("the answer", r.raw(fmt.Sprintf("POST /x HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s", size, body)), okAnswer)
				s := r.saw()
				r.want("the body", hash(s.body), hash(body))
				r.want("its length", fmt.Sprint(s.header("Content-Length")), fmt.Sprintf("[%d]", size))
			}},
			check{name: fmt.Sprintf("%d bytes in chunks, with trailers", size), run: func(r *trialRun) {
				r.want("the answer", r.raw("PUT /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"+chunked(body, 70_000)+"X-Sum: 7\r\n\r\n"), okAnswer)
				s := r.saw()
				r.want("the body", hash(s.body), hash(body))
				r.want("the trailers", s.trailer.Get("X-Sum"), "7")
			}})
	}
	checks = append(checks,
		check{name: "DELETE, PATCH and GET with a body", run: func(r *trialRun) {
			for _, method := range []string{"DELETE", "PATCH", "GET"} {
				r.raw(method + " /x HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody")
				r.want("the body", r.saw().body, "body")
			}
		}},
		check{name: "DELETE without one", run: func(r *trialRun) {
			r.raw("DELETE /x HTTP/1.1\r\n\r\n")
			s := r.saw()
			r.want("framing", fmt.Sprint(s.header("Content-Length"), s.header("Transfer-Encoding")), "[] []")
		}},
		check{name: "one 100 Continue, and then the answer", run: func(r *trialRun) {
			nc := r.g.dial()
			io.WriteString(nc, "POST /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
			consent := make([]byte, len("HTTP/1.1 100 Continue\r\n\r\n"))
			io.ReadFull(nc, consent)
			r.want("the consent", string(consent), "HTTP/1.1 100 Continue\r\n\r\n")
			io.WriteString(nc, "body")
			rest, _ := io.ReadAll(nc)
			r.want("the answer", withoutOwn(string(rest)), okAnswer)
			r.want("the body", r.saw().body, "body")
		}},
		check{name: "an answer before the end of the body", serve: refusesBody, run: answerBeforeBody},
		check{name: "a body that stops is never whole", run: func(r *trialRun) {
			for _, head := range []string{"Content-Length: 2000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nF4240\r\n"} {
				nc := r.g.dial()
				io.WriteString(nc, "POST /x HTTP/1.1\r\nHost: localhost\r\n"+head+strings.Repeat("x", 900_000))
				nc.Close()
				eventually(r, "it ends", func() bool { return r.g.requests.count() == 0 })
			}
			for len(r.hit.seen) > 0 {
				if s := r.saw(); s.err == nil {
					r.Errorf("a short body was passed off as complete: %d bytes", len(s.body))
				}
			}
		}},
		check{name: "an unsafe request is not sent twice, nor on a connection that closes", reply: replies("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"), run: func(r *trialRun) {
			for range 5 {
				if got := r.g.get("/x"); got.status != 200 {
					r.Errorf("%+v", got)
				}
				if got := r.g.post("/x", "body"); got.status != 200 {
					r.Errorf("%+v", got)
				}
			}
			r.want("requests", fmt.Sprint(len(r.hit.seen)), "10")
		}})
	conform(t, checks)
}

// refusesBody answers when it has seen the head.
func refusesBody(nc net.Conn, br *bufio.Reader) {
	readBlock(br)
	io.WriteString(nc, "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig")
	io.Copy(io.Discard, br)
}

// answerBeforeBody sends a head, and the body only after the answer, which is
// possible where the backends before have had it; else before.
func answerBeforeBody(r *trialRun) {
	nc := r.g.dial()
	io.WriteString(nc, "POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 400000\r\n\r\n")
	body := strings.Repeat("x", 400_000)
	if r.place > 0 {
		io.WriteString(nc, body)
	}
	resp, err := http.ReadResponse(bufio.NewReader(nc), nil)
	if err != nil || resp.StatusCode != 413 {
		r.Fatalf("%+v %v", resp, err)
	}
	if got, err := io.ReadAll(resp.Body); string(got) != "big" || err != nil {
		r.Errorf("%q %v", got, err)
	}
}
