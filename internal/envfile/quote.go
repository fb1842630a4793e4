package envfile

import (
	"strconv"
	"strings"
)

// quoted reads the value of name that begins with the quote at open, and returns
// where it ends.
func (s *source) quoted(name string, open int) (v value, end int, _ *fault) {
	closing := s.closing(open)
	if closing < 0 {
		return nil, 0, s.unclosed(name, open)
	}
	end = s.lineEnd(closing)
	if rest := strings.TrimSpace(s.text[closing+1 : end]); rest != "" && rest[0] != '#' {
		return nil, 0, s.behind(name, open, closing, closing+1+strings.Index(s.text[closing+1:end], rest))
	}
	text := strings.ReplaceAll(s.text[open+1:closing], "\r\n", "\n")
	if s.text[open] == '\'' {
		return value{{text: text}}, end, nil
	}
	return template(text, true), end, nil
}

// closing returns where the quote that closes the one at open is; -1: nowhere.
func (s *source) closing(open int) int {
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
func (s *source) isInside(quote int) bool {
	if s.text[quote] != '\'' || s.text[quote-1] != '\\' {
		return false
	}
	rest := strings.TrimSpace(s.text[quote+1 : s.lineEnd(quote)])
	return rest != "" && rest[0] != '#'
}

// unclosed: there is no end to a value that begins with a quote.
func (s *source) unclosed(name string, open int) *fault {
	quote, other := s.text[open:open+1], "'"
	if quote == other {
		other = `"`
	}
	hint := "a value that begins with " + quote + " as a part of it goes between " + other
	if line := s.text[open+1 : s.lineEnd(open)]; quote == `"` && strings.HasSuffix(line, `\"`) { // as a path of Windows does
		hint = `a backslash before " makes it a part of the value; write \\ at the end, or use single quotes`
	}
	return &fault{open, "the quote of " + name + " is not closed", hint}
}

// behind: the value goes on after its closing quote, at rest.
func (s *source) behind(name string, open, closing, rest int) *fault {
	const hint = `a value with quotes in it goes between the other kind of quotes; between double quotes, \" is one`
	line, column := s.place(closing)
	if s.lineOf(open)+1 == line {
		return &fault{rest, "something stands behind the closing quote of " + name, hint}
	}
	at := strconv.Itoa(line) + ":" + strconv.Itoa(column)
	return &fault{open, "the quote of " + name + " is closed at " + at + ", and something stands behind it", "close it where the value ends; " + hint}
}
