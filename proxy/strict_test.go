package proxy

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// requestsIn is what net/http reads out of a connection until it finds
// something wrong.
func requestsIn(stream []byte) []string {
	var all []string
	br := bufio.NewReader(bytes.NewReader(stream))
	for {
		r, err := http.ReadRequest(br)
		if err != nil {
			return all
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return all
		}
		all = append(all, fmt.Sprintf("%s %s %v %v %q %v", r.Method, r.RequestURI, r.Header, r.TransferEncoding, body, r.Trailer))
		if r.Header.Get("Upgrade") != "" {
			return all // what follows is of another protocol
		}
	}
}

// checked is a stream behind a headCheck that gets it in pieces of that size.
func checked(stream []byte, size int) []byte {
	out := slices.Clone(stream)
	var h headCheck
	for piece := range slices.Chunk(out, size) {
		h.check(piece)
	}
	return out
}

// G13: what a headCheck lets through is unchanged, and what it refuses it
// refuses as a whole, in whatever pieces it comes.
func FuzzHeadCheck(f *testing.F) {
	for _, s := range ambiguous {
		f.Add([]byte(s), 1)
	}
	for _, s := range []string{
		"GET / HTTP/1.1\r\nHost: a\r\n\r\nPOST /x HTTP/1.1\r\nHost: a\r\ncontent-length:  3 \r\n\r\n\n GPOST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n3;x\r\n\n \n\r\n0\r\nSum: 1\r\n\r\nGET / HTTP/1.0\r\n\r\n",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n folded", "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\n\r\n\n early\n data",
		"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
	} {
		f.Add([]byte(s), 7)
	}
	f.Fuzz(func(t *testing.T, stream []byte, size int) {
		if size < 1 {
			size = 1
		}
		out := checked(stream, size)
		if whole := checked(stream, max(1, len(stream))); !bytes.Equal(out, whole) {
			t.Errorf("in pieces of %d: %q, whole %q", size, out, whole)
		}
		before, after := requestsIn(stream), requestsIn(out)
		if len(after) > len(before) || !slices.Equal(after, before[:len(after)]) {
			t.Errorf("%q became %q", before, after)
		}
		if bytes.Equal(out, stream) != slices.Equal(before, after) && len(after) != len(before) {
			t.Errorf("%q lost %q", stream, before[len(after):])
		}
	})
}

// ambiguous are requests that two readers may take for different ones.
var ambiguous = map[string]string{
	"a length before a coding":         "POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n",
	"a coding before a length":         "POST /x HTTP/1.1\r\nHost: localhost\r\ntransfer-ENCODING:chunked\r\ncontent-length:\t4\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n",
	"a length beside an older coding":  "POST /x HTTP/1.0\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nabcde",
	"a header that is folded":          "POST /x HTTP/1.1\r\nHost: localhost\r\nX-A: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nabcde",
	"a folded header behind bare feed": "GET /x HTTP/1.1\nHost: localhost\nX-A: a\n\tb\n\n",
	"a folded length":                  "POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length:\r\n 5\r\n\r\nabcde",
	"an empty line that is not":        "GET /x HTTP/1.1\r\nHost: localhost\r\n \r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n",
	"the second request of two":        "POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\n\n aGET /x HTTP/1.1\r\nHost: localhost\r\nX: 1\r\n 2\r\n\r\n",
	"one behind a chunked one":         "POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5;a\r\nab\n e\r\n0\r\nSum: 7\r\n\r\nGET /x HTTP/1.1\r\nHost: localhost\r\nX: 1\r\n 2\r\n\r\n",
}

// G13: each of them gets 400 and the end of its connection, in whatever pieces
// it comes, and reaches no backend.
func TestAmbiguousRequestsAreRefused(t *testing.T) {
	b := backend(t, "b", answers(200, "ok"))
	g := gateway(t, Config{}, b)
	for name, request := range ambiguous {
		t.Run(name, func(t *testing.T) {
			before := len(requestsIn(checked([]byte(request), len(request))))
			for _, size := range []int{1, len(request)} {
				seen := len(b.requests())
				nc := g.dial()
				for piece := range slices.Chunk([]byte(request), size) {
					nc.Write(piece)
				}
				out, _ := io.ReadAll(nc)
				if n := strings.Count(string(out), "HTTP/1.1 400"); n != 1 || strings.Count(string(out), "HTTP/1.1 200") != before {
					t.Errorf("in pieces of %d: %q", size, out)
				}
				if len(b.requests()) != seen+before {
					t.Errorf("the backend saw %q", b.requests()[seen:])
				}
			}
		})
	}
}

// What is in order is not touched: any number of requests one after the other,
// with any bodies, in any pieces.
func TestHeadCheckLeavesGoodRequestsAlone(t *testing.T) {
	body := rapid.SampledFrom([]string{"", "a", "\n folded\nContent-Length: 1\r\n", "0\r\n\r\n", strings.Repeat("x\n ", 300)})
	rapid.Check(t, func(t *rapid.T) {
		var stream bytes.Buffer
		for range rapid.IntRange(1, 5).Draw(t, "requests") {
			text := body.Draw(t, "body")
			fmt.Fprintf(&stream, "POST /x HTTP/1.1\r\nHost: localhost\r\nX-Content-Length: 7\r\nContent-Length-X: 7\r\nX-Value: a : b\tc \r\n")
			if rapid.Bool().Draw(t, "chunked") {
				fmt.Fprintf(&stream, "Transfer-Encoding: chunked\r\n\r\n")
				for piece := range slices.Chunk([]byte(text), rapid.IntRange(1, 50).Draw(t, "chunk")) {
					fmt.Fprintf(&stream, "%X%s\r\n%s\r\n", len(piece), rapid.SampledFrom([]string{"", ";a=b", " ;q=\"x\""}).Draw(t, "extension"), piece)
				}
				fmt.Fprintf(&stream, "0\r\n%s\r\n", rapid.SampledFrom([]string{"", "Sum: 1\r\n"}).Draw(t, "trailer"))
			} else {
				fmt.Fprintf(&stream, "Content-Length: %d\r\n\r\n%s", len(text), text)
			}
		}
		if out := checked(stream.Bytes(), rapid.IntRange(1, 200).Draw(t, "size")); !bytes.Equal(out, stream.Bytes()) {
			t.Errorf("%q became %q", stream.Bytes(), out)
		}
	})
}
