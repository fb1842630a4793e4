package envfile

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// source is a text with its lines.
type source struct {
	text  string
	lines []int // the offsets at which they begin
}

func newSource(text string) source {
	s := source{text: text, lines: []int{0}}
	for i := range len(text) {
		if text[i] == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	return s
}

// lineOf returns the index of the line that an offset is in.
func (s *source) lineOf(offset int) int {
	return sort.SearchInts(s.lines, offset+1) - 1
}

// lineEnd returns where the line of an offset ends, before its line ending.
func (s *source) lineEnd(offset int) int {
	end := len(s.text)
	if next := s.lineOf(offset) + 1; next < len(s.lines) {
		end = s.lines[next] - 1
	}
	return offset + len(strings.TrimSuffix(s.text[offset:end], "\r"))
}

// place returns where an offset is, for people.
func (s *source) place(offset int) (line, column int) {
	line = s.lineOf(offset)
	return line + 1, utf8.RuneCountInString(s.text[s.lines[line]:offset]) + 1
}

// fault is what is wrong at an offset.
type fault struct {
	at        int
	msg, hint string
}

// error makes a fault one for people.
func (s *source) error(f *fault) *Error {
	line, column := s.place(f.at)
	return &Error{Line: line, Column: column, Msg: f.msg, Hint: f.hint}
}
