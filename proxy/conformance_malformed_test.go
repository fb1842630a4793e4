package proxy

import (
	"fmt"
	"io"
	"maps"
	"strings"
	"testing"
)

// G13: a malformed request is refused, or what goes on is framed so plainly
// that nobody can read two requests into it; others are served meanwhile.
func TestConformanceOfMalformedRequests(t *testing.T) {
	const host = "Host: localhost\r\n"
	refused := map[string]string{
		"two lengths":                    "POST /x HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 5\r\n\r\nabcde",
		"two lengths in one":             "POST /x HTTP/1.1\r\n" + host + "Content-Length: 1, 5\r\n\r\nabcde",
		"a signed length":                "POST /x HTTP/1.1\r\n" + host + "Content-Length: +5\r\n\r\nabcde",
		"a negative length":              "POST /x HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n",
		"a length in hex":                "POST /x HTTP/1.1\r\n" + host + "Content-Length: 0x5\r\n\r\nabcde",
		"an unknown coding":              "POST /x HTTP/1.1\r\n" + host + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
		"two codings":                    "POST /x HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
		"a coding behind a tab":          "POST /x HTTP/1.1\r\n" + host + "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
		"a space before the colon":       "POST /x HTTP/1.1\r\n" + host + "Content-Length : 5\r\n\r\nabcde",
		"a header without a colon":       "GET /x HTTP/1.1\r\n" + host + "nonsense\r\n\r\n",
		"a header without a name":        "GET /x HTTP/1.1\r\n" + host + ": x\r\n\r\n",
		"a first line that is folded":    "GET /x HTTP/1.1\r\n Host: localhost\r\n\r\n",
		"no host":                        "GET /x HTTP/1.1\r\n\r\n",
		"two hosts":                      "GET /x HTTP/1.1\r\n" + host + "Host: evil.test\r\n\r\n",
		"a zero byte":                    "GET /x HTTP/1.1\r\n" + host + "X: a\x00b\r\n\r\n",
		"a control byte in the target":   "GET /x\x01 HTTP/1.1\r\n" + host + "\r\n",
		"a space in the target":          "GET /x y HTTP/1.1\r\n" + host + "\r\n",
		"a method with a slash":          "GE/T /x HTTP/1.1\r\n" + host + "\r\n",
		"CONNECT":                        "CONNECT x:1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
		"no version":                     "GET /x\r\n" + host + "\r\n",
		"a version of one's own":         "GET /x HTTP/1.9x\r\n" + host + "\r\n",
		"a head of more than 1 MiB":      "GET /x HTTP/1.1\r\n" + host + strings.Repeat("X-Long: "+strings.Repeat("v", 1000)+"\r\n", 1100) + "\r\n",
		"a chunk of a size that is none": "POST /x HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
		"a chunk longer than it says":    "POST /x HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n0\r\n\r\n",
		"a huge chunk":                   "POST /x HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc\r\n0\r\n\r\n",
	}
	maps.Copy(refused, ambiguousAlone(t))
	var checks []check
	for name, request := range refused {
		checks = append(checks, check{name: name, run: func(r *trialRun) {
			out := sendAll(r, request)
			if out != "" && !isRefusal(out) {
				r.Errorf("%.300q", out)
			}
			r.othersAreServed()
		}})
	}
	for name, request := range map[string]string{
		// RFC 9112 section 7.1.1: who does not know an extension ignores it.
		"chunk extensions":               "POST /x HTTP/1.1\r\n" + host + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n5;a=\"b\";c\r\nabcde\r\n0;last\r\n\r\n",
		"the same length twice":          "POST /x HTTP/1.1\r\n" + host + "Connection: close\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nabcde",
		"lines that end in a line feed":  "POST /x HTTP/1.1\nHost: localhost\nConnection: close\nContent-Length: 5\n\nabcde",
		"a body that looks like a head":  "POST /x HTTP/1.1\r\n" + host + "Connection: close\r\nContent-Length: 5\r\n\r\nabcdeGET /smuggled HTTP/1.1\r\n" + host + "\r\n",
		"a trailer that frames":          "POST /x HTTP/1.1\r\n" + host + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\nX-Sum: 7\r\n\r\n",
		"framing listed as a connection": "POST /x HTTP/1.1\r\n" + host + "Connection: close, Content-Length\r\nContent-Length: 5\r\n\r\nabcde",
	} {
		checks = append(checks, check{name: name, run: func(r *trialRun) {
			if out := sendAll(r, request); !strings.HasSuffix(out, "\r\n\r\nok") {
				r.Fatalf("%q", out)
			}
			s := r.saw()
			r.want("the body", s.body, "abcde")
			if frames := len(s.header("Content-Length")) + len(s.header("Transfer-Encoding")); frames != 1 || s.err != nil {
				r.Errorf("the framing is not plain: %q", s.head)
			}
			if strings.Contains(s.head, "\n ") || strings.Contains(strings.ReplaceAll(s.head, "\r\n", ""), "\n") {
				r.Errorf("the lines are not plain: %q", s.head)
			}
			r.want("further requests", fmt.Sprint(len(r.hit.seen)), "0")
			r.othersAreServed()
		}})
	}
	conform(t, checks)
}

// ambiguousAlone are the ambiguous requests, as far as they
// come first on their connections.
func ambiguousAlone(t testing.TB) map[string]string {
	alone := make(map[string]string)
	for name, c := range ambiguous(t) {
		if c.Before == 0 {
			alone[name] = c.Request
		}
	}
	return alone
}

// isRefusal reports an answer of 4xx or 501, before any backend was used.
func isRefusal(out string) bool {
	return strings.HasPrefix(out, "HTTP/1.1 4") || strings.HasPrefix(out, "HTTP/1.1 501") || strings.HasPrefix(out, "HTTP/1.0 4")
}

// sendAll sends bytes, says that there are no more, and reads the answers.
func sendAll(r *trialRun, request string) string {
	nc := r.g.dial()
	go io.WriteString(nc, request)
	out, _ := io.ReadAll(nc)
	return string(out)
}

// othersAreServed sends a good request, which must be the next one that the
// backend sees whole.
func (r *trialRun) othersAreServed() {
	r.Helper()
	if got := r.g.get("/other"); got.status != 200 || got.body != "ok" {
		r.Errorf("others: %+v", got)
	}
	for {
		s := r.saw()
		if s.lineOf() == "GET /other HTTP/1.1" {
			return
		}
		if s.err == nil {
			r.Errorf("the backend saw %q %q", s.head, s.body)
		}
	}
}
