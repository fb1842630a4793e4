package proxy

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"devgate/proxy/wire"
)

// quoteMax is how much of a refused answer the explaining page shows.
const quoteMax = 2 << 10

// quote is the beginning of a refused answer as text; where that is no text, what it
// is and how long.
func quote(resp *wire.Response) string {
	// Prefetched is what was read to look at the answer: the page costs no further
	// reading.
	b := resp.Body.Prefetched()
	if len(b) == 0 {
		return ""
	}
	coding := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding")))
	text, ok := decoded(coding, b)
	// NUL is in no text that anybody sends.
	if !ok || bytes.IndexByte(text, 0) >= 0 {
		media, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
		return fmt.Sprintf("(%s, %s)", cmp.Or(coding, strings.TrimSpace(media), "no text"), sizeText(max(int64(len(b)), resp.Length)))
	}
	return beginning(text)
}

// decoded is the beginning of a body without its coding; false for one that is not
// known.
func decoded(coding string, b []byte) ([]byte, bool) {
	var r io.Reader
	var err error
	switch coding {
	case "", "identity":
		return b[:min(len(b), quoteMax)], true
	case "gzip", "x-gzip":
		r, err = gzip.NewReader(bytes.NewReader(b))
	case "deflate":
		r, err = zlib.NewReader(bytes.NewReader(b))
	default:
		return nil, false
	}
	if err != nil {
		return nil, false
	}
	text, _ := io.ReadAll(io.LimitReader(r, quoteMax)) // of a longer one the end is not here
	return text, len(text) > 0
}

// beginning is text that may end within a character.
func beginning(b []byte) string {
	for len(b) > 0 && !utf8.Valid(b) {
		if r, n := utf8.DecodeLastRune(b); r != utf8.RuneError || n > 1 {
			break
		}
		b = b[:len(b)-1]
	}
	return strings.ToValidUTF8(string(b), "\uFFFD")
}

// sizeText is a number of bytes for people.
func sizeText(n int64) string {
	if n < 1000 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f kB", float64(n)/1000)
}
