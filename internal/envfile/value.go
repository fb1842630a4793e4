package envfile

import (
	"strings"
	"unicode"
)

// value is a text with references to other variables.
type value []part

// part is text as it is or, with a name, a reference: then text is how it is
// written.
type part struct{ text, name string }

// in is what a value is where env has the other variables.
func (v value) in(env map[string]string) string {
	var b strings.Builder
	for _, p := range v {
		known, ok := env[p.name]
		if !ok || p.name == "" {
			known = p.text
		}
		b.WriteString(known)
	}
	return b.String()
}

// bare reads a value without quotes, from what stands behind its separator to
// the end of the line: what is left without the blanks around it and without a
// comment. Only a "#" behind a blank begins one: colours and URLs hold others.
func bare(text string) value {
	afterBlank := false
	for i, c := range text {
		if c == '#' && afterBlank {
			text = text[:i]
			break
		}
		afterBlank = unicode.IsSpace(c)
	}
	return template(strings.TrimSpace(text), false)
}

// template reads the references in a text, and its escapes if it may have any.
func template(text string, escapes bool) (v value) {
	var plain strings.Builder
	for i := 0; i < len(text); {
		c, name := escape(text[i:]), reference(text[i:])
		switch {
		case escapes && c != 0:
			plain.WriteByte(c)
			i += len(`\n`)
		case name != "":
			written := "${" + name + "}"
			v = append(v, part{text: plain.String()}, part{written, name})
			plain.Reset()
			i += len(written)
		default:
			plain.WriteByte(text[i])
			i++
		}
	}
	return append(v, part{text: plain.String()})
}

// escape returns what the escape stands for that text begins with; 0: it is
// none, and a backslash stays one.
func escape(text string) byte {
	if len(text) < 2 || text[0] != '\\' {
		return 0
	}
	switch c := text[1]; c {
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case '"', '\\', '$':
		return c
	}
	return 0
}

// reference returns the name in the ${NAME} that text begins with; "": it is
// none. What a shell knows beside it, ${NAME:-x}, is text.
func reference(text string) string {
	text, ok := strings.CutPrefix(text, "${")
	if !ok {
		return ""
	}
	for i := range len(text) {
		c := text[i]
		switch {
		case c == '}':
			return text[:i]
		case c == '_', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', i > 0 && c >= '0' && c <= '9':
		default:
			return ""
		}
	}
	return ""
}
