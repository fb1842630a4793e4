package dashboard

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"devgate/internal/control"
)

// messageView is a message in words.
type messageView struct {
	Whose   string // what a screen reader says beside "body"
	Headers []headerLine
	Kept    bool   // there is something to say about the header
	Text    string // of the body, where it is one
	Picture string // path of a picture, where the body is one
	Size    string // of the body; "" where there is none
	Note    string // what is missing of the body
}

type headerLine struct{ Name, Value string }

// pictures are the types that a page shows as such.
var pictures = []string{"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/svg+xml", "image/x-icon", "image/vnd.microsoft.icon", "image/bmp"}

// unpackedMax is how much of a packed body is shown, in bytes.
const unpackedMax = 4 * control.MessageBodyMax

func viewOf(m control.Message, id uint64, name string) messageView {
	v := messageView{Kept: m.Header != nil}
	for _, key := range slices.Sorted(maps.Keys(m.Header)) {
		for _, value := range m.Header[key] {
			v.Headers = append(v.Headers, headerLine{key, value})
		}
	}
	if m.Size == 0 && len(m.Body) == 0 {
		return v
	}
	v.Size = sizeText(m.Size)
	body, whole := decoded(m)
	kind := mediaType(m)
	switch {
	case len(body) == 0:
		v.Note = "the body was not kept"
		return v
	case slices.Contains(pictures, kind) && whole:
		v.Picture = fmt.Sprintf("/requests/%d/body/%s", id, name)
	case isText(body, kind, whole):
		v.Text = pretty(body, kind)
	default:
		v.Note = "not a text"
	}
	if !whole && v.Text != "" {
		v.Note = "only the beginning was kept"
	}
	return v
}

// mediaType is the type of a body, without parameters.
func mediaType(m control.Message) string {
	kind, _, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return kind
}

// decoded is the body as its program means it, and whether it is there as a whole.
func decoded(m control.Message) (body []byte, whole bool) {
	var r io.Reader
	var err error
	switch strings.ToLower(m.Header.Get("Content-Encoding")) {
	case "", "identity":
		return m.Body, m.Kept
	case "gzip", "x-gzip":
		r, err = gzip.NewReader(bytes.NewReader(m.Body))
	case "deflate":
		r, err = zlib.NewReader(bytes.NewReader(m.Body))
	default:
		return m.Body, false // as it is, it is none of its type
	}
	if err != nil {
		return m.Body, false
	}
	// Of one that was cut, what comes before the cut.
	body, err = io.ReadAll(io.LimitReader(r, unpackedMax))
	return body, m.Kept && err == nil && len(body) < unpackedMax
}

// isText reports whether a body can be read by people.
func isText(body []byte, kind string, whole bool) bool {
	if bytes.IndexByte(body, 0) >= 0 {
		return false
	}
	// A cut may fall within a character.
	for i := 0; !whole && i < utf8.UTFMax && !utf8.Valid(body) && len(body) > 0; i++ {
		body = body[:len(body)-1]
	}
	return utf8.Valid(body) || strings.HasPrefix(kind, "text/")
}

// pretty is a text with JSON indented.
func pretty(body []byte, kind string) string {
	var b bytes.Buffer
	if (kind == "" || strings.HasSuffix(kind, "json")) && json.Indent(&b, body, "", "  ") == nil {
		return b.String()
	}
	return strings.ToValidUTF8(string(body), "\uFFFD")
}

// sizeText is a number of bytes for people.
func sizeText(n int64) string {
	switch {
	case n < 0:
		return "size not known"
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// isHop reports whether a header is about a connection and not about a request.
func isHop(name string) bool {
	switch http.CanonicalHeaderKey(name) {
	case "Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Content-Length":
		return true
	}
	return false
}
