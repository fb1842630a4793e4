package front

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"devgate/internal/testrequest"
	"devgate/proxy/message"
)

// script is a connection on which a client says all that it has to say, in pieces, and
// listens to nothing.
type script struct {
	stream []byte
	piece  int
}

func (s *script) Read(p []byte) (int, error) {
	if len(s.stream) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), s.piece)], s.stream)
	s.stream = s.stream[n:]
	return n, nil
}

func (s *script) Write(p []byte) (int, error)      { return len(p), nil }
func (s *script) Close() error                     { return nil }
func (s *script) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (s *script) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (s *script) SetDeadline(time.Time) error      { return nil }
func (s *script) SetReadDeadline(time.Time) error  { return nil }
func (s *script) SetWriteDeadline(time.Time) error { return nil }

// notes are what a Server has made of a stream.
type notes struct {
	leaves   bool               // bodies, unread
	requests []referenceRequest // whole
	broken   int                // bodies
	refusals []Refusal
}

// ServeHTTP implements http.Handler. It does what the gateway does for every request:
// it reads the body, and has nothing to do with CONNECT.
func (n *notes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodConnect {
		panic(http.ErrAbortHandler)
	}
	got := referenceRequest{method: r.Method, target: r.RequestURI, minor: '0' + byte(r.ProtoMinor), fields: pairs(w.(*Client).Fields())}
	if !n.leaves {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			n.broken++
			return
		}
		got.body = string(body)
	}
	for name, values := range r.Trailer {
		for _, v := range values {
			got.trailer = append(got.trailer, [2]string{name, v})
		}
	}
	n.requests = append(n.requests, got)
	w.Header().Set("Content-Length", "0") // without it, the answer to HTTP/1.0 would end the connection
}

func pairs(fields []message.Field) (all [][2]string) {
	for _, f := range fields {
		all = append(all, [2]string{f.Name, f.Value})
	}
	return all
}

// served is what a Server makes of a stream that comes in pieces of that size, with a
// handler that leaves bodies unread, or reads them.
func served(stream []byte, piece int, leaves bool) *notes {
	n := &notes{leaves: leaves}
	s := &Server{Handler: n, Refuse: func(r Refusal) []byte {
		n.refusals = append(n.refusals, r)
		return nil
	}}
	newConn(s, &script{bytes.Clone(stream), piece}).serve()
	return n
}

// plain is a request in one form for both readers: names of a trailer have no case and
// no order there.
func plain(r referenceRequest) string {
	var trailer []string
	for _, f := range r.trailer {
		trailer = append(trailer, http.CanonicalHeaderKey(f[0])+": "+f[1])
	}
	slices.SortStableFunc(trailer, func(a, b string) int {
		a, _, _ = strings.Cut(a, ":")
		b, _, _ = strings.Cut(b, ":")
		return strings.Compare(a, b)
	})
	return fmt.Sprintf("%q %q 1.%c %q %q %q", r.method, r.target, r.minor, r.fields, r.body, trailer)
}

// agree compares what both read.
func agree(t interface{ Errorf(string, ...any) }, stream []byte, piece int) {
	want, v := referenceRequests(stream)
	got := served(stream, piece, false)
	for i := range max(len(want), len(got.requests)) {
		switch {
		case i >= len(got.requests):
			t.Errorf("the server has not read %s\nrefusals %v, broken bodies %d", plain(want[i]), got.refusals, got.broken)
		case i >= len(want) && v.kind == left:
			return
		case i >= len(want):
			t.Errorf("the server has read %s\nthe reference has stopped before: %d %s", plain(got.requests[i]), v.kind, v.reason)
		case plain(got.requests[i]) != plain(want[i]):
			t.Errorf("the server has read %s\nthe reference %s", plain(got.requests[i]), plain(want[i]))
		}
	}
	if good := v.kind == whole || v.kind == closed; good && len(got.refusals)+got.broken > 0 {
		t.Errorf("nothing is wrong, and the server refuses %v, with %d bodies broken", got.refusals, got.broken)
	}
	if len(got.refusals)+got.broken > 1 {
		t.Errorf("it reads on behind what it refuses: %v, and %d bodies broken", got.refusals, got.broken)
	}
}

// agreeOnHeads compares what both read when nobody wants the bodies. The server may end
// a connection sooner then; a request whose body is broken it has begun to serve.
func agreeOnHeads(t interface{ Errorf(string, ...any) }, stream []byte, piece int) {
	want, v := referenceRequests(stream)
	for i, got := range served(stream, piece, true).requests {
		switch {
		case i < len(want):
			want[i].body, want[i].trailer, got.trailer = "", nil, nil
			if plain(got) != plain(want[i]) {
				t.Errorf("the server has read %s\nthe reference %s", plain(got), plain(want[i]))
			}
		case i > len(want) && v.kind != left:
			t.Errorf("the server has read %s, unread bodies before\nthe reference has stopped before: %d %s", plain(got), v.kind, v.reason)
		}
	}
}

// streams are the entries of package testrequest, but the largest, which would only be
// slow.
func streams(t testing.TB) (all []string) {
	for _, e := range testrequest.All(t) {
		if len(e.Stream) < 20_000 {
			all = append(all, e.Stream)
		}
	}
	return all
}

// G13: whatever comes, in whatever pieces, the server reads the requests that are in it,
// and no others.
func FuzzServerReadsWhatTheReferenceReads(f *testing.F) {
	for _, s := range streams(f) {
		f.Add([]byte(s), 1)
		f.Add([]byte(s+last), 4096)
	}
	f.Fuzz(func(t *testing.T, stream []byte, piece int) {
		agree(t, stream, max(1, piece))
		agreeOnHeads(t, stream, max(1, piece))
	})
}

// G13: the same of odd requests behind each other, with a few bytes changed.
func TestServerReadsWhatTheReferenceReads(t *testing.T) {
	all := rapid.SampledFrom(streams(t))
	rapid.Check(t, func(t *rapid.T) {
		stream := strings.Join(rapid.SliceOfN(all, 1, 3).Draw(t, "entries"), "") + last
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			stream = changed(t, stream)
		}
		piece := rapid.SampledFrom([]int{1, 2, 7, 50, 5000}).Draw(t, "piece")
		agree(t, []byte(stream), piece)
		agreeOnHeads(t, []byte(stream), piece)
	})
}

// oddities are what makes one request another one.
var oddities = []string{
	"", "\r", "\n", "\r\n", "\r\n\r\n", "\r\r\n", "\n\n", " ", "\t", "\v", "\x00", "\x7f", "\xff", "\u00a0", "\u212a", ":", ";", ",", "\"", "\\", "=", "+", "-", "_", "%", "0", "1", "5", "a", "/", "*",
	"HTTP/1.0", "HTTP/1.1", "http://localhost", "Content-Length: 5\r\n", "Content-Length: ", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: ", "chunked", "Host: localhost\r\n", "Connection: close\r\n",
	"Connection: keep-alive\r\n", "Expect: 100-continue\r\n", "Upgrade: x\r\n", "0\r\n\r\n", "5\r\nabcde\r\n", ";a=\"b\"", "PRI * HTTP/2.0\r\n\r\n", "CONNECT", "OPTIONS", "0000000000000000000",
}

// changed has up to a few bytes less at some place, and an oddity there.
func changed(t *rapid.T, stream string) string {
	at := rapid.IntRange(0, len(stream)).Draw(t, "at")
	end := min(len(stream), at+rapid.SampledFrom([]int{0, 0, 1, 2, 10}).Draw(t, "less"))
	return stream[:at] + rapid.SampledFrom(oddities).Draw(t, "odd") + stream[end:]
}
