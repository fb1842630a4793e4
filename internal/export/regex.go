package export

import (
	"fmt"
	"strings"

	"devgate/internal/routes"
)

// expression is a pattern as a regular expression for a path as it was sent, of
// letters that need no quotes in any engine's file. end is what follows the path
// where the engine cannot take the query off: `\?`.
//
// A name matches as browsers send it: letters, digits and the like as they are,
// other ASCII as it is or escaped, everything else escaped.
func expression(p routes.Pattern, end string) string {
	var b strings.Builder
	b.WriteString("^")
	for i, s := range p.Segments {
		b.WriteByte('/')
		switch {
		case i == len(p.Segments)-1 && p.Reach == routes.Rest:
			b.WriteString(literal(s))
			return b.String()
		case s == "*" && end != "":
			b.WriteString("[^/?]+")
		case s == "*":
			b.WriteString("[^/]+")
		default:
			b.WriteString(literal(s))
		}
	}
	switch {
	case p.Reach == routes.Below && end != "":
		b.WriteString("([/?]|$)")
	case p.Reach == routes.Below:
		b.WriteString("(/|$)")
	case end != "":
		b.WriteString("([?]|$)")
	default:
		b.WriteString("$")
	}
	return b.String()
}

// literal matches a name and nothing else.
func literal(name string) string {
	var b strings.Builder
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-', c == '~':
			b.WriteByte(c)
		case c == '.':
			b.WriteString("[.]")
		case strings.IndexByte("!&',;=:@", c) >= 0: // sent either way
			fmt.Fprintf(&b, "(%c|%%%s)", c, eitherCase(c))
		case strings.IndexByte("()+$", c) >= 0: // likewise; no backslash, which engines read in ways of their own
			fmt.Fprintf(&b, "([%c]|%%%s)", c, eitherCase(c))
		default:
			b.WriteString("%" + eitherCase(c))
		}
	}
	return b.String()
}

// eitherCase is a byte in hexadecimal digits, large or small.
func eitherCase(c byte) string {
	var b strings.Builder
	for _, digit := range fmt.Sprintf("%02x", c) {
		if digit >= 'a' {
			fmt.Fprintf(&b, "[%c%c]", digit, digit-'a'+'A')
		} else {
			b.WriteRune(digit)
		}
	}
	return b.String()
}
