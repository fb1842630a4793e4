package proxy

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"strings"
	"testing"
)

// coded is text in a coding.
func coded(t *testing.T, coding, text string) string {
	var b bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&b)
	if coding == "deflate" {
		w = zlib.NewWriter(&b)
	}
	io.WriteString(w, text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// G8: the explaining page quotes what was said as text, whatever its coding; what is
// none it describes.
func TestQuotes(t *testing.T) {
	const text = "Cannot GET /nowhere"
	long := strings.Repeat("much more than is shown. ", 40_000)
	for name, c := range map[string]struct{ body, coding, media, want string }{
		"plain":           {text, "", "text/plain", text},
		"gzip":            {coded(t, "gzip", text), "gzip", "text/plain", text},
		"a long one":      {coded(t, "gzip", long), "gzip", "text/plain", "much more than"},
		"deflate":         {coded(t, "deflate", text), "deflate", "text/plain", text},
		"a coding of man": {"\x01\x02\x03", "br", "text/plain", "(br, 3 bytes)"},
		"broken gzip":     {"no gzip", "gzip", "text/plain", "(gzip, 7 bytes)"},
		"an image":        {"\x89PNG\x00" + strings.Repeat("x", 2395), "", "image/png", "(image/png, 2.4 kB)"},
		"no type":         {"\x00\x01", "", "", "(no text, 2 bytes)"},
	} {
		t.Run(name, func(t *testing.T) {
			a := backend(t, "a", func(w http.ResponseWriter, r *http.Request) {
				w.Header()["Content-Type"] = nil
				if c.media != "" {
					w.Header().Set("Content-Type", c.media)
				}
				if c.coding != "" {
					w.Header().Set("Content-Encoding", c.coding)
				}
				w.WriteHeader(404)
				io.WriteString(w, c.body)
			})
			page := gateway(t, Config{}, a).get("/nowhere", navigation...).body
			if !strings.Contains(page, `aria-label="answer of a">`+c.want) {
				t.Errorf("no %q in %s", c.want, page)
			}
		})
	}
}
