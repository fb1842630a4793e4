package shell

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Span is a half-open range of byte offsets in a script.
type Span struct{ Start, End int }

// Place is where in a script a value is to stand. The zero value is a bare word.
type Place struct {
	context  context
	ticks    int    // how many pairs of backquotes are around it
	unclear  string // why nothing can be quoted there; "" when it can
	redirect bool   // < or > follows: a bare number would be a file descriptor
	end      string // of a here-document: the line that ends it
}

// context is the quotes around a place.
type context int

// The contexts. The zero value is a bare word.
const (
	bare        context = iota
	double              // "…"
	doubleBrace         // "${NAME:-…}": } ends it too
	single              // '…'
	comment             // # …
	document            // a here-document in which the shell expands
	verbatim            // a here-document in which it does not
)

// Unclear says why a value cannot be quoted for the place, as the end of a
// sentence ("… stands "), or returns "".
func (p Place) Unclear() string { return p.unclear }

// Quote returns the value as it has to be written at the place. It is an error,
// the end of a sentence about the value, where that cannot be done.
func (p Place) Quote(value string) (string, error) {
	switch {
	// A here-document has no quotes that a value could do without: its escapes are no
	// more text, and its end is a line.
	case p.context == document || p.context == verbatim:
		if err := p.fits(value); err != nil {
			return "", err
		}
	case Plain(value) && !p.meansMore(value):
		return value, nil
	}
	if p.unclear != "" {
		return "", fmt.Errorf("holds %q and stands %s", oddOf(value), p.unclear)
	}
	if p.context == doubleBrace && (strings.Contains(value, "'") || strings.HasPrefix(value, "~")) {
		// In there, some shells take these for what they are outside of "…".
		return "", errors.New(`holds ' or begins with ~, and stands within ${…} within "…"`)
	}
	text := p.quote(value)
	for range p.ticks {
		text = escape(text, "\\$`") // the shell takes one layer away before it reads what is within
	}
	return text, nil
}

// quote writes a value for its context.
func (p Place) quote(value string) string {
	switch p.context {
	case double:
		return escape(value, "\\$`\"")
	case doubleBrace:
		return escape(value, "\\$`\"}")
	case single:
		return strings.ReplaceAll(value, "'", `'\''`)
	case comment:
		return strings.ReplaceAll(value, "\n", " ") // a newline would end the comment
	case document:
		return escape(value, "\\$`")
	case verbatim:
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}

// escape puts a backslash before each of some characters.
func escape(text, special string) string {
	if !strings.ContainsAny(text, special) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if strings.IndexByte(special, text[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// fits refuses what would change the lines of a here-document: there are no quotes
// for a line break, nor for the line that ends it.
func (p Place) fits(value string) error {
	switch {
	case strings.ContainsAny(value, "\n\t"):
		return errors.New("holds a line break or a tab, and stands in a here-document")
	case strings.Contains(p.end, value), strings.Contains(value, p.end):
		// The second is for dash, which loses a letter behind what looks like the end.
		return fmt.Errorf("may end the here-document in which it stands, as its last line is %q", p.end)
	}
	return nil
}

// Plain reports whether a value means itself wherever it stands in a script, but
// for a few places that Quote knows.
func Plain(value string) bool {
	return value != "" && oddOf(value) == ""
}

// oddOf is the first character of a value that a shell may take for something else.
func oddOf(value string) string {
	for _, c := range value {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && !strings.ContainsRune("_./:@+-", c) {
			return string(c)
		}
	}
	return ""
}

// meansMore reports whether a plain value is more than a word where it stands: a
// reserved word, or the number of a file descriptor.
func (p Place) meansMore(value string) bool {
	if p.context != bare || p.unclear != "" {
		return false
	}
	return p.redirect && strings.Trim(value, "0123456789") == "" || slices.Contains(reserved(), value)
}

// reserved are the words that begin or go on with a command of several parts, in
// POSIX and in the shells that are /bin/sh somewhere.
func reserved() []string {
	return []string{"if", "then", "elif", "else", "fi", "do", "done", "case", "esac", "while", "until", "for", "in",
		"function", "select", "time", "coproc"}
}
