package message

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// G1: the lines of a header that has been read are written as they were, whatever has
// been taken out of it or added meanwhile.
func TestFieldsGoOutAsTheyCame(t *testing.T) {
	name := rapid.SampledFrom([]string{"X-A", "x-a", "X-B", "etag", "ETag", "Z", "a"})
	rapid.Check(t, func(t *rapid.T) {
		var came []Field
		for range rapid.IntRange(0, 80).Draw(t, "lines") {
			f, _ := NewField(name.Draw(t, "name"), rapid.StringMatching("[a-c]{0,2}").Draw(t, "value"), true)
			came = append(came, f)
		}
		h := HeaderOf(came)
		dropped := rapid.SampledFrom([]string{"", "X-A", "Etag", "Z"}).Draw(t, "dropped")
		h["X-Added"] = []string{"1", "2"}
		var want []byte
		for _, f := range came {
			if f.Key != dropped {
				want = AppendField(want, f.Name, f.Value)
			}
		}
		want = append(want, "X-Added: 1\r\nX-Added: 2\r\n"...)
		if got := AppendHeader(nil, h, came, func(key string) bool { return key == dropped }); !bytes.Equal(got, want) {
			t.Fatalf("\n got %q\nwant %q", got, want)
		}
	})
}

// Values that were added to a name, or taken from it, come out all the same.
func TestFieldsThatWereChanged(t *testing.T) {
	a, _ := NewField("x-a", "1", true)
	b, _ := NewField("x-b", "2", true)
	came := []Field{a, b, a}
	h := HeaderOf(came)
	h["X-A"], h["X-B"] = []string{"9"}, []string{"2", "3"}
	if got := string(AppendHeader(nil, h, came, nil)); got != "x-a: 9\r\nx-b: 2\r\nX-B: 3\r\n" {
		t.Errorf("%q", got)
	}
	h = http.Header{"Sec-Websocket-Key": {"k"}, "X": {"a\r\nb"}}
	if got := string(AppendHeader(nil, h, nil, nil)); got != "Sec-WebSocket-Key: k\r\nX: a  b\r\n" {
		t.Errorf("%q", got)
	}
}

// chunked reads a body in pieces of one byte, and whole.
func chunked(t *testing.T, body string) (data string, trailer []Field, rest string, err error) {
	t.Helper()
	for i, src := range []io.Reader{strings.NewReader(body), iotest.OneByteReader(strings.NewReader(body))} {
		br := bufio.NewReader(src)
		c := NewChunked(br)
		got, e := io.ReadAll(c)
		if i == 1 && (string(got) != data || (e == nil) != (err == nil)) {
			t.Errorf("%q: in pieces %q %v, whole %q %v", body, got, e, data, err)
		}
		left, _ := io.ReadAll(br)
		data, trailer, rest, err = string(got), c.Trailer, string(left), e
	}
	return data, trailer, rest, err
}

// RFC 9112, section 7.1.
func TestChunked(t *testing.T) {
	for body, want := range map[string]string{
		"0\r\n\r\n": "", "3\r\nabc\r\n0\r\n\r\nnext": "abc", "00003\r\nabc\r\n00\r\n\r\n": "abc", "A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n": "01234567890123456789",
		"3;a\r\nabc\r\n0;b=c;d=\"e\\\"\tf\" ; g\r\n\r\n": "abc", "3 ; a = b\r\nabc\r\n0\r\n\r\n": "abc",
	} {
		got, trailer, rest, err := chunked(t, body)
		if trailer != nil {
			t.Errorf("%q: trailer %v", body, trailer)
		}
		if got != want || err != nil || strings.HasSuffix(body, "next") != (rest == "next") {
			t.Errorf("%q: %q %q %v", body, got, rest, err)
		}
	}
	for _, body := range []string{
		"\r\n\r\n", "g\r\n\r\n", "-1\r\na\r\n0\r\n\r\n", "0x1\r\na\r\n0\r\n\r\n", " 1\r\na\r\n0\r\n\r\n", "1 \r\na\r\n0\r\n\r\n", "1;\r\na\r\n0\r\n\r\n", "1;=a\r\na\r\n0\r\n\r\n",
		"1;a=\r\na\r\n0\r\n\r\n", "1;a=\"\r\na\r\n0\r\n\r\n", "1;a=\"b\"c\r\na\r\n0\r\n\r\n", "1;a b\r\na\r\n0\r\n\r\n", "1\na\r\n0\r\n\r\n", "1\r\na\n0\r\n\r\n", "1\r\nab\r\n0\r\n\r\n",
		"1\r\na\r\n0\r\n\n", "1\r\na\r\n0\r\n", "1\r\na", "1\r", "fffffffffffffffff\r\na\r\n0\r\n\r\n", "0\r\nX : 1\r\n\r\n", "0\r\nContent-Length: 1\r\n\r\n",
		"0\r\n folded\r\n\r\n", "1;a=" + strings.Repeat("b", extensionMax+1) + "\r\na\r\n0\r\n\r\n",
	} {
		if got, _, _, err := chunked(t, body); err == nil {
			t.Errorf("%.60q is read as %q", body, got)
		}
	}
	_, trailer, _, err := chunked(t, "0\r\nx-Sum: 7\r\nMORE:8 \r\n\r\n")
	if want := []Field{{"x-Sum", "X-Sum", "7", 0}, {"MORE", "More", "8", 0}}; !slices.Equal(trailer, want) || err != nil {
		t.Errorf("%v %v", trailer, err)
	}
}

// Waits is true exactly where the next Read has nothing to give from what is there.
func TestChunkedWaits(t *testing.T) {
	const body = "2\r\nab\r\n3;x\r\ncde\r\n0\r\nX: 1\r\n\r\n"
	for n := range len(body) {
		more, src := io.Pipe()
		br := bufio.NewReaderSize(more, 100)
		go func() {
			io.WriteString(src, body[:n+1])
			src.CloseWithError(io.ErrNoProgress) // to wait is to come here
		}()
		br.Peek(n + 1)
		c := NewChunked(br)
		for {
			waits := c.Waits()
			got, err := c.Read(make([]byte, 10))
			if waited := err == io.ErrNoProgress; waited != waits {
				t.Errorf("%q: Waits is %t, and it has read %d, %v", body[:n+1], waits, got, err)
			}
			if err != nil {
				break
			}
		}
	}
}

// To Unicode a Kelvin sign is a letter k.
func TestTokensHaveASCIICase(t *testing.T) {
	if !EqualFold("Keep-Alive", "kEEP-aLIVE") || EqualFold("\u212aeep-alive", "keep-alive") || EqualFold("clo\u017fe", "close") || EqualFold("a", "ab") {
		t.Error("wrong")
	}
}

// G13: a head of more than 1 MiB is too large; one of less is read whatever it has.
func TestReadBlock(t *testing.T) {
	for text, want := range map[string]string{
		"a: b\r\n\r\nrest": "a: b\r\n\r\n", "a\nb\n\nrest": "a\nb\n\n", "\r\nrest": "\r\n", "a\r\r\n\r\nb": "a\r\r\n\r\n", "\r\r\n\r\n": "\r\r\n\r\n",
		strings.Repeat("x", 10_000) + "\r\n\r\nrest": strings.Repeat("x", 10_000) + "\r\n\r\n",
	} {
		got, err := ReadBlock(bufio.NewReader(strings.NewReader(text)), nil)
		if string(got) != want || err != nil {
			t.Errorf("%.40q: %.40q %v", text, got, err)
		}
	}
	if _, err := ReadBlock(bufio.NewReader(strings.NewReader(strings.Repeat("a: b\r\n", MaxHead/6+1))), nil); err != ErrTooLarge {
		t.Error(err)
	}
	if _, err := ReadBlock(bufio.NewReader(strings.NewReader("a: b\r\n")), nil); err != io.EOF {
		t.Error(err)
	}
}
