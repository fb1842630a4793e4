package envfile

import (
	"strconv"
	"unicode/utf8"
)

// Error is one thing that is wrong in an env file, in words that give no value
// away.
type Error struct {
	Line   int    // 1-based
	Column int    // 1-based, in runes
	Msg    string // lowercase, no full stop
	Hint   string // what to do about it
}

// Error returns the place and the message.
func (e *Error) Error() string {
	return strconv.Itoa(e.Line) + ":" + strconv.Itoa(e.Column) + ": " + e.Msg
}

const (
	formHint = "a value over several lines goes between double quotes; # begins a comment"
	nameHint = "a name holds letters, digits, _, . and -; a value over several lines goes between double quotes"
)

func (s *scanner) fail(offset int, msg, hint string) {
	line, column := s.place(offset)
	s.errs = append(s.errs, &Error{Line: line, Column: column, Msg: msg, Hint: hint})
}

// place returns where an offset is, for people.
func (s *scanner) place(offset int) (line, column int) {
	line = s.lineOf(offset)
	return line + 1, utf8.RuneCountInString(s.text[s.lines[line]:offset]) + 1
}

// unclosed: there is no end to a value that begins with a quote.
func (s *scanner) unclosed(name string, open int) {
	quote, other := s.text[open:open+1], "'"
	if quote == other {
		other = `"`
	}
	hint := "a value that begins with " + quote + " as a part of it goes between " + other
	if s.endsEscaped(open) {
		hint = `a backslash before " makes it a part of the value; write \\ at the end, or use single quotes`
	}
	s.fail(open, "the quote of "+name+" is not closed", hint)
}

// endsEscaped reports whether the line ends with a quote that a backslash hides,
// as a path of Windows does.
func (s *scanner) endsEscaped(open int) bool {
	line := s.text[open:s.lineEnd(open)]
	return len(line) > 2 && line[0] == '"' && line[len(line)-2:] == `\"`
}

// behind: the value goes on after its closing quote.
func (s *scanner) behind(name string, open, closing, rest int) {
	const hint = `a value with quotes in it goes between the other kind of quotes; between double quotes, \" is one`
	if s.lineOf(open) == s.lineOf(closing) {
		s.fail(rest, "something stands behind the closing quote of "+name, hint)
		return
	}
	line, column := s.place(closing)
	at := strconv.Itoa(line) + ":" + strconv.Itoa(column)
	s.fail(open, "the quote of "+name+" is closed at "+at+", and something stands behind it", "close it where the value ends; "+hint)
}
