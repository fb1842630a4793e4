package proxy

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// verbatim are header sections of which every line is to reach the other side, in this
// order and spelling.
var verbatim = map[string]string{
	"one":                         "X-A: 1\r\n",
	"letters of both cases":       "aCCEPT: a\r\nSOAPAction: b\r\nx-lower: c\r\nX-UPPER: d\r\nETag: e\r\nDNT: 1\r\nx-xSs: f\r\n",
	"an order of its own":         "Z: 1\r\nY: 2\r\nX-C: 3\r\nA: 4\r\nM: 5\r\nB: 6\r\n",
	"names that come again":       "X-A: 1\r\nX-B: 2\r\nX-A: 3\r\nX-C: 4\r\nX-A: 5\r\nX-B: 6\r\n",
	"again in other letters":      "X-A: 1\r\nx-b: 2\r\nx-a: 3\r\nX-B: 4\r\nX-a: 5\r\n",
	"the same line again":         "X-A: 1\r\nX-A: 1\r\nX-B: 2\r\nX-A: 1\r\n",
	"signs of a token":            "!#$%&'*+-.^_`|~09aZ: 1\r\nx_under_score: 2\r\n.dot: 3\r\n",
	"values as they are":          "X-A: a  b\tc\r\nX-B: a,b, c ,,d\r\nX-C: \"q, \\\"r\"\r\nX-D: \xc3\xa9\xff\r\nX-E: a: b;c=d\r\n",
	"empty values":                "X-A: \r\nX-B: 1\r\nX-A: \r\n",
	"lists in several lines":      "Accept: a\r\nVary: x\r\nAccept: b, c\r\nVary: y\r\n",
	"more than a map counts well": manyFields(),
	"a long value":                "X-Long: " + strings.Repeat("v", 20_000) + "\r\nx-end: 1\r\n",
}

// manyFields are 300, of 60 names.
func manyFields() string {
	var b strings.Builder
	for i := range 300 {
		fmt.Fprintf(&b, "x-Name-%d: %d\r\n", i*7%60, i)
	}
	return b.String()
}

// linesOf are the lines of a header section but for those of names that the gateway
// writes itself.
func linesOf(section string, own ...string) (kept []string) {
	for line := range strings.SplitSeq(section, "\r\n") {
		name, _, _ := strings.Cut(strings.ToLower(line), ":")
		if line != "" && !slices.Contains(own, name) && !strings.HasPrefix(name, "x-devgate-") {
			kept = append(kept, line)
		}
	}
	return kept
}

// way carries a header section to one or more who get it, and returns its lines as
// they came there.
type way func(t *testing.T, section string) [][]string

// G1: fields reach the other side in the order and the spelling in which they were
// sent, on every way. None is lost.
func TestFieldsAreAsTheyWereSent(t *testing.T) {
	ways := map[string]way{"an early answer": earlyAnswer, "a trailer of a request": requestTrailer, "a trailer of an answer": answerTrailer}
	for line, framing := range map[string]string{
		"GET /x HTTP/1.1":  "",
		"GET /x HTTP/1.0":  "",
		"POST /x HTTP/1.1": "Content-Length: 5\r\n",
		"PUT /x HTTP/1.1":  "tRANSFER-eNCODING: chunked\r\nTrailer: X-A\r\n",
	} {
		ways[line] = requestHead(line, framing)
	}
	for name, answer := range map[string]string{
		"a length":           "HTTP/1.1 200 OK\r\n%sContent-Length: 2\r\n\r\nok",
		"a length before":    "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n%s\r\nok",
		"chunks":             "HTTP/1.1 200 OK\r\n%sTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
		"no length":          "HTTP/1.1 200 OK\r\n%sConnection: close\r\n\r\nok",
		"an error":           "HTTP/1.1 500 Oops\r\n%sContent-Length: 2\r\n\r\nok",
		"a refusal":          "HTTP/1.1 404 Not Here\r\n%sContent-Length: 2\r\n\r\nok",
		"no body":            "HTTP/1.1 204 No Content\r\n%s\r\n",
		"no change":          "HTTP/1.1 304 Not Modified\r\n%s\r\n",
		"an older version":   "HTTP/1.0 200 OK\r\n%sContent-Length: 2\r\n\r\nok",
		"headers of the hop": "HTTP/1.1 200 OK\r\nConnection: x-hop\r\n%sx-hop: 1\r\nContent-Length: 2\r\n\r\nok",
	} {
		ways["an answer with "+name] = answerHead(answer)
	}
	for name, carry := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testWay(t, carry)
		})
	}
}

func testWay(t *testing.T, carry way) {
	for name, section := range verbatim {
		for _, got := range carry(t, section) {
			if want := linesOf(section); !slices.Equal(got, want) {
				t.Errorf("%s\n got %.600q\nwant %.600q", name, got, want)
			}
		}
	}
}

// ownFields are those that the gateway writes itself, in requests and in answers.
var ownFields = []string{
	"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "host", "server-timing", "connection", "content-length", "transfer-encoding", "trailer",
}

func requestHead(line, framing string) way {
	return func(t *testing.T, section string) (all [][]string) {
		miss, hit := newPlainBackend(t, "miss", missAnswer), newPlainBackend(t, "hit", okAnswer)
		g := gateway(t, Config{}, miss.testBackend, hit.testBackend)
		g.raw(line + "\r\nHost: localhost\r\n" + section + framing + "Connection: x-hop,close\r\nx-hop: 1\r\n\r\n" + bodyOf(framing, ""))
		for _, b := range []*plainBackend{miss, hit} {
			all = append(all, linesOf(sectionOf(b.onlyOne(t).fields), ownFields...))
		}
		return all
	}
}

// bodyOf is a body, framed like that; a chunked one with that trailer.
func bodyOf(framing, trailer string) string {
	switch {
	case framing == "":
		return ""
	case strings.Contains(framing, "chunked"):
		return "5\r\nabcde\r\n0\r\n" + trailer + "\r\n"
	}
	return "abcde"
}

// onlyOne is the request that a backend has seen.
func (b *plainBackend) onlyOne(t *testing.T) plainRequest {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.whole) != 1 || len(b.faults) > 0 {
		t.Fatalf("%s saw %d requests, and %q", b.Name, len(b.whole), b.faults)
	}
	return b.whole[0]
}

// sectionOf are fields as they stand in a message.
func sectionOf(fields [][2]string) string {
	var b strings.Builder
	for _, f := range fields {
		fmt.Fprintf(&b, "%s: %s\r\n", f[0], f[1])
	}
	return b.String()
}

// asked is what a client gets of backends that answer like that: the first head without
// its status line, and what follows.
func asked(t *testing.T, answers ...string) (head, rest string) {
	var chain []*testBackend
	for i, answer := range answers {
		chain = append(chain, newOrigin(t, fmt.Sprint("b", i), replies(answer)).testBackend)
	}
	out := gateway(t, Config{}, chain...).raw("GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
	head, rest, _ = strings.Cut(out, "\r\n\r\n")
	_, head, _ = strings.Cut(head, "\r\n")
	return head, rest
}

func answerHead(answer string) way {
	return func(t *testing.T, section string) [][]string {
		alone, _ := asked(t, fmt.Sprintf(answer, section))
		behind, _ := asked(t, missAnswer, fmt.Sprintf(answer, section))
		return [][]string{linesOf(alone, ownFields...), linesOf(behind, ownFields...)}
	}
}

func earlyAnswer(t *testing.T, section string) [][]string {
	head, _ := asked(t, missAnswer, "HTTP/1.1 103 Early Hints\r\n"+section+"\r\n"+okAnswer)
	return [][]string{linesOf(head, ownFields...)}
}

func answerTrailer(t *testing.T, section string) [][]string {
	_, rest := asked(t, missAnswer, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-A\r\n\r\n"+bodyOf("chunked", section))
	_, trailer, _ := strings.Cut(rest, "\r\n0\r\n")
	return [][]string{linesOf(trailer)}
}

func requestTrailer(t *testing.T, section string) (all [][]string) {
	miss, hit := newPlainBackend(t, "miss", missAnswer), newPlainBackend(t, "hit", okAnswer)
	g := gateway(t, Config{}, miss.testBackend, hit.testBackend)
	g.raw("POST /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nTrailer: X-A\r\n\r\n" + bodyOf("chunked", section))
	for _, b := range []*plainBackend{miss, hit} {
		all = append(all, linesOf(sectionOf(b.onlyOne(t).trailer)))
	}
	return all
}
