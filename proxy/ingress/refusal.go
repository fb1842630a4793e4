package ingress

import (
	"bytes"
	"strconv"
	"strings"
)

// Refusal is a request that net/http's server refuses before any handler sees it.
type Refusal struct {
	Method, Target string // as far as they are known; of requests that were sent ahead, of the last
	Status         int
	Reason         string // in net/http's words
}

// lineMax is how much of a request line is kept.
const lineMax = 2 << 10

// isRefusal recognises what net/http's server says by itself: it has no header of
// the gateway's, which every other answer has.
func isRefusal(p []byte) bool {
	const status, headers = "HTTP/1.1 4", "Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"
	if !bytes.HasPrefix(p, []byte("HTTP/1.1 4")) && !bytes.HasPrefix(p, []byte("HTTP/1.1 5")) {
		return false
	}
	line, rest, _ := bytes.Cut(p, []byte("\r\n"))
	if bytes.HasPrefix(rest, []byte(headers)) {
		return true
	}
	head, _, _ := bytes.Cut(rest, []byte("\r\n\r\n"))
	return bytes.HasPrefix(line[len(status)-1:], []byte("417 ")) && !bytes.Contains(head, []byte("X-Devgate-"))
}

// refusal reads what net/http says, of a request that begins with line.
func refusal(p, line []byte) Refusal {
	said, _, _ := strings.Cut(string(p), "\r\n")
	code, reason, _ := strings.Cut(strings.TrimPrefix(said, "HTTP/1.1 "), " ")
	r := Refusal{Reason: reason}
	r.Status, _ = strconv.Atoi(code)
	var rest string
	r.Method, rest, _ = strings.Cut(strings.TrimRight(string(line), "\r\n"), " ")
	r.Target, _, _ = strings.Cut(rest, " ")
	return r
}
