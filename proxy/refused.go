package proxy

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"devgate/proxy/ingress"
)

// refuse is the answer to a request that no handler sees, in the form that all
// answers of the gateway's own have, and remembered like them (G9).
func (g *Gateway) refuse(r ingress.Refusal) []byte {
	f := faultRequest("the request is not right: " + reasonOf(r))
	f.status = r.Status
	g.recorder.add(Exchange{
		At: time.Now(), Method: clip(printable(r.Method), nameMax), Path: clip(printable(r.Target), pathMax), Status: r.Status,
	}, nil, nil)
	body, _ := json.Marshal(problem{Type: "urn:devgate:" + f.word, Title: f.title, Status: f.status, Cascade: []Attempt{}}) // plain data always encodes
	head := fmt.Sprintf("HTTP/1.1 %d %s\r\n%s: %s\r\nCache-Control: no-store\r\nConnection: close\r\nContent-Length: %d\r\n"+
		"Content-Type: application/problem+json\r\nX-Content-Type-Options: nosniff\r\n\r\n",
		f.status, http.StatusText(f.status), headerError, f.word, len(body)+1)
	return append(append([]byte(head), body...), '\n')
}

// reasonOf is net/http's reason in one phrase.
func reasonOf(r ingress.Refusal) string {
	text := strings.TrimPrefix(r.Reason, http.StatusText(r.Status))
	if text = strings.Trim(text, ": "); text == "" {
		return strings.ToLower(http.StatusText(r.Status))
	}
	return text
}

// printable is what came from a client that keeps to no rule.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}
