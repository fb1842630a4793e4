package render

import (
	"fmt"
	"strings"
	"unicode"

	"devgate/internal/detect/found"
	"devgate/internal/detect/pattern"
)

// placeholder is what devgate would replace in a text, or take for a typing
// mistake. Behind a "$" it belongs to the shell.
var placeholder = pattern.New(`\$\{+|\{+[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})?\}+`)

// expand writes the marks of a text as placeholders, and doubles the braces of what
// only looks like one.
func expand(t found.Text) string {
	parts := strings.Split(string(t), "\x00")
	// The marks stand between NULs: every second part is one, as no text of a project has
	// a NUL.
	for i := range parts {
		if i%2 == 1 {
			parts[i] = "{" + parts[i] + "}"
			continue
		}
		parts[i] = placeholder.ReplaceAllStringFunc(parts[i], func(m string) string {
			if m[0] == '$' {
				return m
			}
			// "{{" and "}}" are how a Devgatefile writes a brace that means itself.
			return "{" + m + "}"
		})
	}
	return strings.Join(parts, "")
}

// isHidden reports whether a terminal or an editor would do something about a
// character instead of showing it: control it, or turn the text around it.
func isHidden(c rune) bool { return unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) }

// text writes a TOML string. A text with double quotes and without single ones is
// easier to read between these.
// Between single quotes TOML has no escapes, so nothing that would need one may be in it.
func text(s string) string {
	plain := strings.IndexFunc(s, isHidden) < 0
	if plain && strings.Contains(s, `"`) && !strings.Contains(s, "'") {
		return "'" + s + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\t':
			b.WriteString(`\t`)
		case isHidden(c):
			// \u takes four digits: every control and bidi character is below U+10000.
			fmt.Fprintf(&b, `\u%04X`, c)
		default:
			b.WriteRune(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
