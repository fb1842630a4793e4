package ingress

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
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
		h.check(piece, new(targets))
	}
	return out
}

// ambiguousRequest is one that two readers may take for different ones, behind so
// many that are in order.
type ambiguousRequest struct {
	Request string
	Before  int
}

func ambiguous(t testing.TB) (all map[string]ambiguousRequest) {
	text, err := os.ReadFile("testdata/ambiguous.json")
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// G13: of a request that two readers may take for different ones nothing is left
// to read, in whatever pieces it comes.
func TestAmbiguousRequestsAreSpoilt(t *testing.T) {
	for name, c := range ambiguous(t) {
		for _, size := range []int{1, 7, len(c.Request)} {
			if got := requestsIn(checked([]byte(c.Request), size)); len(got) != c.Before {
				t.Errorf("%s, in pieces of %d: %q", name, size, got)
			}
		}
	}
}

// G13: what a headCheck lets through is unchanged, and what it refuses it
// refuses as a whole, in whatever pieces it comes.
func FuzzHeadCheck(f *testing.F) {
	for _, c := range ambiguous(f) {
		f.Add([]byte(c.Request), 1)
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
