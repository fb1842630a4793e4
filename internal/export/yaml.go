package export

import (
	"fmt"
	"strings"
)

// yaml writes a document line by line: keys that need no quotes, and values that
// were quoted before.
type yaml struct {
	b      strings.Builder
	indent int
}

// line writes one line at the present depth.
func (y *yaml) line(format string, args ...any) {
	fmt.Fprintf(&y.b, strings.Repeat("  ", y.indent)+format+"\n", args...)
}

// comment writes one that may hold any text.
func (y *yaml) comment(format string, args ...any) {
	y.line("%s", "# "+plainText(fmt.Sprintf(format, args...)))
}

// in writes a key and what is below it.
func (y *yaml) in(key string, below func()) {
	y.line("%s:", key)
	y.indent++
	below()
	y.indent--
}

// item writes what is below as one of a list: the first line gets the dash.
func (y *yaml) item(below func()) {
	start := y.b.Len()
	y.indent++
	below()
	y.indent--
	text := y.b.String()
	at := start + 2*y.indent
	if len(text) < at+2 {
		return
	}
	text = text[:at] + "- " + text[at+2:]
	y.b.Reset()
	y.b.WriteString(text)
}

// list is values in one line.
func list(quote func(string) string, values ...string) string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = quote(v)
	}
	return "[" + strings.Join(all, ", ") + "]"
}
