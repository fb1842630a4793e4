package envfile

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// bare reads a value without quotes: what stands from offset to end, without the
// blanks around it and without a comment. Only a "#" behind a blank begins one:
// colours and URLs hold others.
func (s *scanner) bare(offset, end int) value {
	text := s.text[offset:end]
	afterBlank := s.isBlankBefore(offset)
	for i, c := range text {
		if c == '#' && afterBlank {
			text = text[:i]
			break
		}
		afterBlank = unicode.IsSpace(c)
	}
	return template(strings.TrimSpace(text), false)
}

// isBlankBefore reports whether a blank stands before an offset.
func (s *scanner) isBlankBefore(offset int) bool {
	c, _ := utf8.DecodeLastRuneInString(s.text[:offset])
	return unicode.IsSpace(c)
}

// quoted reads the value that begins with the quote at open, and returns where
// its line ends. False: what is wrong has been said, and nothing was read.
func (s *scanner) quoted(name string, open int) (v value, end int, ok bool) {
	closing := s.closing(open)
	if closing < 0 {
		s.unclosed(name, open)
		return nil, s.nextAssignment(open), false
	}
	end = s.lineEnd(closing)
	if rest := strings.TrimSpace(s.text[closing+1 : end]); rest != "" && rest[0] != '#' {
		s.behind(name, open, closing, closing+1+strings.Index(s.text[closing+1:end], rest))
		if s.lineOf(open) == s.lineOf(closing) {
			return nil, end, false
		}
		return nil, s.nextAssignment(open), false
	}
	text := strings.ReplaceAll(s.text[open+1:closing], "\r\n", "\n")
	if s.text[open] == '\'' {
		return value{{text: text}}, end, true
	}
	return template(text, true), end, true
}

// closing returns where the quote that closes the one at open is; -1: nowhere.
func (s *scanner) closing(open int) int {
	for i := open + 1; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '\\' && s.text[open] == '"':
			i++
		case c == s.text[open] && !s.isInside(i):
			return i
		}
	}
	return -1
}

// isInside reports whether a single quote is a part of the value that it stands
// in: a backslash is before it, as in 'it\'s', and it does not end the line, as
// it does in 'C:\tools\'.
func (s *scanner) isInside(quote int) bool {
	if s.text[quote] != '\'' || s.text[quote-1] != '\\' {
		return false
	}
	rest := strings.TrimSpace(s.text[quote+1 : s.lineEnd(quote)])
	return rest != "" && rest[0] != '#'
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
