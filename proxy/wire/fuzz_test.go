package wire

import (
	"testing"

	"devgate/proxy/message"
)

// Any head of an answer is read or refused; what is read can be sent on.
func FuzzParseHead(f *testing.F) {
	f.Add("HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 3\r\n\r\n")
	f.Add("HTTP/1.0 404\r\n\r\n")
	f.Add("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n")
	f.Fuzz(func(t *testing.T, s string) {
		h, err := parseHead(s)
		if err != nil {
			return
		}
		if h.status < 100 || h.status > 999 {
			t.Errorf("status %d", h.status)
		}
		for name, values := range h.header {
			for _, v := range values {
				if !message.ValidName(name) || !message.ValidValue(v) {
					t.Errorf("%q: %q", name, v)
				}
			}
		}
		framingOf("GET", h)
	})
}
