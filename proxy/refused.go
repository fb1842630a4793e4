package proxy

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"devgate/proxy/front"
	"devgate/proxy/message"
)

// refuse is the answer to a request that no handler sees, in the form that all
// answers of the gateway's own have, and remembered like them (G9).
func (g *Gateway) refuse(r front.Refusal) []byte {
	f := faultRequest("the request is not right: " + r.Reason)
	f.status = r.Status
	body, _ := json.Marshal(problem{Type: "urn:devgate:" + f.word, Title: f.title, Status: f.status, Cascade: []Attempt{}}) // plain data always encodes
	body = append(body, '\n')
	h := http.Header{
		headerError: {f.word}, "Cache-Control": {"no-store"}, "Connection": {"close"}, "Content-Length": {strconv.Itoa(len(body))},
		"Content-Type": {"application/problem+json"}, "X-Content-Type-Options": {"nosniff"},
	}
	g.recordRefusal(r, Message{Header: h, Body: body, Size: int64(len(body)), Whole: true})
	head := fmt.Appendf(nil, "HTTP/1.1 %d %s\r\n", f.status, http.StatusText(f.status))
	for _, name := range slices.Sorted(maps.Keys(h)) {
		head = message.AppendField(head, name, h.Get(name))
	}
	return append(append(head, "\r\n"...), body...)
}

// recordRefusal adds a request to what is remembered of which there is nothing but
// its answer.
func (g *Gateway) recordRefusal(r front.Refusal, answer Message) {
	e := Exchange{At: time.Now(), Method: clip(printable(r.Method), nameMax), Path: clip(printable(r.Target), pathMax), Status: r.Status}
	e.free()
	w := refusedText(e.Method, &answer)
	defer putDetailText(w)
	g.recorder.add(e, nil, w.bytes())
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
