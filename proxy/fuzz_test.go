package proxy

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"devgate/proxy/message"
	"devgate/proxy/wire"
)

// G13: any bytes on a connection: no panic, no hang, and others are served.
func FuzzRequestHead(f *testing.F) {
	for _, s := range []string{
		"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00", "GET //x?%zz HTTP/1.0\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x00",
		"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n",
	} {
		f.Add([]byte(s))
	}
	g := gateway(f, Config{}, backend(f, "a", answers(404, "no")), backend(f, "b", answers(200, "ok")))
	g.notice = 0
	f.Fuzz(func(t *testing.T, request []byte) {
		nc, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", g.Port()))
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		nc.SetDeadline(time.Now().Add(5 * time.Second))
		nc.Write(request)
		nc.(*net.TCPConn).CloseWrite()
		if _, err := io.Copy(io.Discard, nc); err != nil && strings.Contains(err.Error(), "timeout") {
			t.Errorf("it hangs on %q", request)
		}
		mine := *g
		mine.t = t
		if out := mine.raw("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"); !strings.HasSuffix(out, "ok") {
			t.Errorf("others are harmed: %q", out)
		}
		if strings.Contains(g.logs.String(), "panic") {
			t.Fatal(g.logs)
		}
	})
}

// G10: two requests have the same key exactly when they differ in nothing but
// noise.
func FuzzLearnedKey(f *testing.F) {
	f.Add("A", "1", "B", "2")
	f.Add("Cookie", "a=1", "Cookie", "a=2")
	f.Add("Referer", "x", "Sec-Fetch-Mode", "cors")
	f.Add("Ab", "c", "A", "bc")
	f.Fuzz(func(t *testing.T, name1, value1, name2, value2 string) {
		if !message.ValidName(name1) || !message.ValidName(name2) || !message.ValidValue(value1) || !message.ValidValue(value2) {
			return
		}
		one, two := http.Header{}, http.Header{}
		one.Add(name1, value1)
		two.Add(name2, value2)
		both := one.Clone()
		both.Add(name2, value2)
		keys := make(map[string]string) // what matters -> key
		for _, h := range []http.Header{one, two, both, {}} {
			matters, key := whatMatters(h), string(appendKey(nil, &wire.Request{Header: h}))
			if k, ok := keys[matters]; ok && k != key {
				t.Errorf("%q has two keys", matters)
			}
			for m, k := range keys {
				if k == key && m != matters {
					t.Errorf("%q and %q have one key", m, matters)
				}
			}
			keys[matters] = key
		}
	})
}

// whatMatters is a plain form of the headers that backends are chosen by.
func whatMatters(h http.Header) string {
	var lines []string
	for _, name := range (&wire.Request{Header: h}).EndToEnd(nil) {
		if !isNoise(name) {
			lines = append(lines, fmt.Sprintf("%q: %q", name, h[name]))
		}
	}
	return strings.Join(lines, "\n")
}
