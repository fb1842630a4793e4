package proxy

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// untouched is a check that an answer reaches the client as it was sent.
func untouched(name, answer string) check {
	return check{name: name, reply: replies(answer), run: func(r *trialRun) { r.want("the answer", r.get(), answer) }}
}

// head60k is a header section of 60 KB.
var head60k = strings.Repeat("X-Long: "+strings.Repeat("v", 990)+"\r\n", 60)

// G1, G5, G12: answers.
func TestConformanceOfAnswers(t *testing.T) {
	conform(t, []check{
		untouched("an odd status and its headers", "HTTP/1.1 418 I'm a teapot\r\nContent-Length: 3\r\nX-A: 1\r\nX-A: 2\r\n\r\ntea"),
		untouched("a redirect", "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /else?x=/y\r\n\r\n"),
		untouched("three cookies", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: a=1; Secure\r\nSet-Cookie: b=2; Domain=x.test\r\nSet-Cookie: c=3\r\n\r\nok"),
		untouched("a body in gzip that nobody asked for", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00"),
		untouched("405 with its Allow", "HTTP/1.1 405 Method Not Allowed\r\nAllow: PUT\r\nContent-Length: 2\r\n\r\nno"),
		untouched("an error", "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\noops"),
		untouched("401 with its challenge", "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nWww-Authenticate: Basic\r\n\r\n"),
		untouched("a part of a file", "HTTP/1.1 206 Partial Content\r\nContent-Length: 2\r\nContent-Range: bytes 0-1/9\r\n\r\nok"),
		untouched("no content", "HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n"),
		untouched("not modified", "HTTP/1.1 304 Not Modified\r\nEtag: \"1\"\r\n\r\n"),
		untouched("date and type that were not sent are not made up", okAnswer),
		untouched("60 KB of headers", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"+head60k+"\r\nok"),
		untouched("chunks and trailers", "HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n"),
		{name: "headers of one connection are dropped", reply: replies("HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nContent-Length: 2\r\n\r\nok"), run: func(r *trialRun) {
			r.want("the answer", r.get(), okAnswer)
		}},
		{name: "HEAD has a length and no body", reply: replies("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"), run: func(r *trialRun) {
			r.want("the answer", r.raw("HEAD /x HTTP/1.1\r\n\r\n"), "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n")
		}},
		{name: "early hints come before the answer they belong to, without headers of a connection",
			reply: replies("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: x\r\n\r\n" + okAnswer), run: func(r *trialRun) {
				r.want("the answers", r.get(), "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"+okAnswer)
			}},
		{name: "a body that ends with the connection", reply: replies("HTTP/1.0 200 OK\r\nConnection: close\r\n\r\nuntil the end"), run: func(r *trialRun) {
			r.want("the answer", r.get(), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nd\r\nuntil the end\r\n0\r\n\r\n")
		}},
		{name: "HTTP/1.0 gets no chunks", reply: replies("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"), run: func(r *trialRun) {
			r.want("the answer", withoutOwn(r.g.raw("GET /x HTTP/1.0\r\nHost: localhost\r\n\r\n")), "HTTP/1.0 200 OK\r\n\r\nok")
		}},
		{name: "it says who answered and who was asked", run: func(r *trialRun) {
			got := r.g.get("/x")
			tried := ""
			for i := range r.place {
				tried += fmt.Sprintf("miss%d=404, ", i)
			}
			r.want("X-Devgate-Tried", got.header.Get("X-Devgate-Tried"), tried+"hit=200")
			r.want("X-Devgate-Backend", got.header.Get("X-Devgate-Backend"), "hit")
		}},
		{name: "what a backend says of the gateway's headers is not believed", reply: replies("HTTP/1.1 103 Early\r\nX-Devgate-Error: forged\r\n\r\nHTTP/1.1 200 OK\r\nX-Devgate-Backend: forged\r\nX-Devgate-Tried: forged\r\nX-Devgate-Error: forged\r\nx-devgate-more: forged\r\n" +
			"Transfer-Encoding: chunked\r\n\r\n0\r\nX-Devgate-Error: forged\r\n\r\n"), run: func(r *trialRun) {
			if got := r.g.raw("GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"); strings.Contains(got, "forged") {
				r.Errorf("%q", got)
			}
		}},
		{name: "the headers of WebSockets are spelled as RFC 6455 does", reply: replies("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\nSec-Websocket-Version: 13\r\n\r\n"), run: func(r *trialRun) {
			got := r.raw("GET /x HTTP/1.1\r\nsec-websocket-key: abc\r\n\r\n")
			r.want("the answer", got, "HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\nSec-WebSocket-Version: 13\r\n\r\n")
			if head := r.saw().head; !strings.Contains(head, "\r\nSec-WebSocket-Key: abc\r\n") {
				r.Errorf("%q", head)
			}
		}},
	})
}

// G5: what is cut looks cut; what is no answer is 502.
func TestConformanceOfBrokenAnswers(t *testing.T) {
	cut := func(name, answer string) check {
		return check{name: name, reply: replies(answer + "\x00Connection: close")}
	}
	broken := []check{
		cut("cut in a body of known length", "HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nabc"),
		cut("cut in a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\nabc"),
		cut("cut between chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
		cut("cut in the trailers", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-A: "),
	}
	for i := range broken {
		answer := broken[i].reply
		broken[i].reply = func(nc net.Conn, s sighting) bool {
			answer(cutWriter{nc}, s)
			return false
		}
		broken[i].run = func(r *trialRun) {
			got := r.g.get("/x")
			if got.status != 200 || got.body != "abc" || got.err == nil {
				r.Errorf("it looks complete: %+v", got)
			}
		}
	}
	for name, answer := range map[string]string{
		"the end before an answer": "", "half a head": "HTTP/1.1 200 OK\r\nX-A", "no HTTP": "SSH-2.0-x\r\n\r\n",
		"two lengths":       "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
		"a bad length":      "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na",
		"a space in a name": "HTTP/1.1 200 OK\r\nX A: 1\r\n\r\n", "an unknown coding": "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
		"a head of 2 MB": "HTTP/1.1 200 OK\r\n" + strings.Repeat(head60k, 35) + "\r\n",
	} {
		broken = append(broken, check{name: name, reply: func(nc net.Conn, s sighting) bool { io.WriteString(nc, answer); return false }, run: func(r *trialRun) {
			r.g.notice = 0
			if got := r.g.get("/x"); got.status != 502 || got.header.Get("X-Devgate-Error") != "refused" {
				r.Errorf("%+v", got)
			}
		}})
	}
	conform(t, broken)
}

// cutWriter writes up to a zero byte.
type cutWriter struct{ net.Conn }

func (w cutWriter) Write(p []byte) (int, error) {
	before, _, _ := strings.Cut(string(p), "\x00")
	_, err := io.WriteString(w.Conn, before)
	return len(p), err
}

// G8: when all refuse, the last one's answer is the client's.
func TestConformanceOfRefusals(t *testing.T) {
	conform(t, []check{
		{name: "all say 404", reply: replies("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nX-A: 1\r\n\r\nlast"), run: func(r *trialRun) {
			if r.place < 2 {
				return // another one is the last
			}
			r.want("the answer", r.get(), "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nX-A: 1\r\n\r\nlast")
		}},
		{name: "an endless 404 is not waited for", reply: func(nc net.Conn, s sighting) bool {
			io.WriteString(nc, "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
			io.Copy(io.Discard, nc)
			return false
		}, run: func(r *trialRun) {
			if r.place == 2 {
				return // it is the answer then, and has no end
			}
			if got := r.g.get("/x"); got.status != http.StatusNotFound || got.body != "not found" {
				r.Errorf("%+v", got)
			}
		}},
	})
}
