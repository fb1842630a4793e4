package front

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// readByNetHTTP is what net/http reads out of a stream, up to what it takes for no
// request.
func readByNetHTTP(stream []byte) (all []string) {
	br := bufio.NewReader(bytes.NewReader(stream))
	for {
		skipEmptyLines(br)
		r, err := http.ReadRequest(br)
		if err != nil {
			return all
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return all
		}
		delete(r.Header, "Trailer")
		all = append(all, fmt.Sprintf("%s %s %q %v %v %q %v", r.Method, r.RequestURI, r.Host, r.Proto, r.Header, body, sent(r.Trailer)))
		if r.Close {
			return all
		}
	}
}

// skipEmptyLines does what net/http's server does behind some requests, and the server
// behind all.
func skipEmptyLines(br *bufio.Reader) {
	for {
		switch next, _ := br.Peek(len("\r\n")); {
		case string(next) == "\r\n":
			br.Discard(len("\r\n"))
		case strings.HasPrefix(string(next), "\n"):
			br.Discard(len("\n"))
		default:
			return
		}
	}
}

// sent is a trailer without what was only announced.
func sent(trailer http.Header) http.Header {
	h := http.Header{}
	for name, values := range trailer {
		if values != nil {
			h[name] = values
		}
	}
	return h
}

// asByNetHTTP is a request in the form of readByNetHTTP.
func asByNetHTTP(r referenceRequest) string {
	h, trailer := http.Header{}, http.Header{}
	for _, f := range r.fields {
		if name := http.CanonicalHeaderKey(f[0]); !slices.Contains([]string{"Host", "Transfer-Encoding", "Trailer"}, name) {
			h.Add(name, f[1])
		}
	}
	for _, f := range r.trailer {
		trailer.Add(f[0], f[1])
	}
	if same := h["Content-Length"]; len(same) > 1 {
		h["Content-Length"] = same[:1] // they are all the same
	}
	host := asSeen(r).Host
	if plain, err := url.PathUnescape(host); err == nil && absoluteForm.MatchString(r.target) {
		host = plain // net/http takes escapes out of a target's host
	}
	return fmt.Sprintf("%s %s %q HTTP/1.%c %v %q %v", r.method, r.target, host, r.minor, h, r.body, trailer)
}

// chunkedOnly are, by the reasons, chunked bodies that net/http refuses and the server
// reads (RFC 9112, sections 7.1 and 7.1.1).
var chunkedOnly = map[string]*regexp.Regexp{
	"it takes 16 digits of a size":               regexp.MustCompile(`\n0[0-9A-Fa-f]{16,}`),
	"it takes no blank before a semicolon":       regexp.MustCompile(`[0-9A-Fa-f][\t ]+;`),
	"it refuses to hear of framing in a trailer": regexp.MustCompile(`(?i)trailer:.*(?:content-length|transfer-encoding|trailer)`),
}

// netHTTPRefuses says why net/http refuses what the server reads; "": for no reason that
// is known.
func netHTTPRefuses(stream string, r referenceRequest) string {
	if _, err := url.ParseRequestURI(r.target); err != nil {
		return "it parses targets"
	}
	chunked := slices.ContainsFunc(r.fields, func(f [2]string) bool { return strings.EqualFold(f[0], "Transfer-Encoding") })
	for why, like := range chunkedOnly {
		if chunked && like.MatchString(stream) {
			return why
		}
	}
	return ""
}

// compareWithNetHTTP compares what the server and net/http read. It returns the reason
// for which net/http reads less; "": it does not.
func compareWithNetHTTP(t interface{ Errorf(string, ...any) }, stream string, piece int) (reason string) {
	ours, theirs := served([]byte(stream), piece, false).requests, readByNetHTTP([]byte(stream))
	for i, r := range ours {
		if i < len(theirs) {
			if theirs[i] != asByNetHTTP(r) {
				t.Errorf("the server reads %s\nnet/http %s", asByNetHTTP(r), theirs[i])
			}
			continue
		}
		if reason = netHTTPRefuses(stream, r); reason == "" {
			t.Errorf("the server reads %s, which net/http refuses, in %.300q", asByNetHTTP(r), stream)
		}
		return reason
	}
	return ""
}

// G13: what the server and net/http both take for a request they read alike; what
// net/http refuses is known. (What the server refuses, and net/http does not, has the
// reference's reasons.)
func TestServerAndNetHTTPReadAlike(t *testing.T) {
	met := map[string]bool{}
	for _, s := range streams(t) {
		met[compareWithNetHTTP(t, s+last, 4096)] = true
	}
	for reason := range chunkedOnly {
		if !met[reason] {
			t.Errorf("it is no reason any more that %s", reason)
		}
	}
	if t.Failed() {
		return
	}
	all := rapid.SampledFrom(streams(t))
	rapid.Check(t, func(t *rapid.T) {
		stream := strings.Join(rapid.SliceOfN(all, 1, 3).Draw(t, "entries"), "") + last
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			stream = changed(t, stream)
		}
		compareWithNetHTTP(t, stream, rapid.SampledFrom([]int{1, 7, 5000}).Draw(t, "piece"))
	})
}

// G13: the same of streams that a fuzzer makes of them.
func FuzzServerReadsWhatNetHTTPReads(f *testing.F) {
	for _, s := range streams(f) {
		f.Add([]byte(s+last), 4096)
	}
	f.Fuzz(func(t *testing.T, stream []byte, piece int) {
		compareWithNetHTTP(t, string(stream), max(1, piece))
	})
}
