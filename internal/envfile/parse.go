package envfile

import (
	"strings"
	"unicode"
)

// Parse reads the text of an env file. The errors are in the order of the text;
// the File has the variables that have none, and is never nil.
func Parse(text []byte) (*File, []*Error) {
	s := &scanner{source: newSource(strings.TrimPrefix(string(text), "\ufeff"))}
	if s.isText() {
		s.scan()
	}
	return &s.file, s.errs
}

// scanner goes through a text, one assignment after the other.
type scanner struct {
	source
	file File
	errs []*Error
}

func (s *scanner) fail(f *fault) { s.errs = append(s.errs, s.error(f)) }

func (s *scanner) set(name string, v value) {
	s.file.variables = append(s.file.variables, variable{name, v})
}

const (
	formHint = "a value over several lines goes between double quotes; # begins a comment"
	nameHint = "a name holds letters, digits, _, . and -; a value over several lines goes between double quotes"
)

// isText refuses what only looks like a file of variables to a program: one
// error, as all others would only follow from it.
func (s *scanner) isText() bool {
	nul := strings.IndexByte(s.text, 0)
	switch {
	case strings.HasPrefix(s.text, "\xff\xfe"), strings.HasPrefix(s.text, "\xfe\xff"), nul == 0 || nul == 1:
		s.fail(&fault{0, "the file is UTF-16 (want UTF-8)", "save it as UTF-8"})
	case nul >= 0:
		s.fail(&fault{nul, "a NUL byte: this is not a text file", "is this the right file?"})
	default:
		return true
	}
	return false
}

// scan reads line by line; a value in quotes takes as many as it has.
func (s *scanner) scan() {
	for at := 0; at < len(s.text); {
		end := s.lineEnd(at)
		if !s.hasLoneReturn(at, end) {
			end = s.statement(at, end)
		}
		at = len(s.text)
		if next := s.lineOf(end) + 1; next < len(s.lines) {
			at = s.lines[next]
		}
	}
}

// hasLoneReturn refuses a carriage return that ends no line: some readers take
// it for the end of one, others for a part of the value.
func (s *scanner) hasLoneReturn(at, end int) bool {
	for i := at; i < end; i++ {
		if s.text[i] == '\r' && s.text[i+1:min(i+2, len(s.text))] != "\n" {
			s.fail(&fault{i, "a carriage return without a newline", `save the file with the line endings of Unix or Windows; between double quotes, \r is a carriage return`})
			return true
		}
	}
	return false
}

// statement reads the line from at to end, and returns the end of what it read.
func (s *scanner) statement(at, end int) int {
	line := s.text[at:end]
	start := at + len(line) - len(strings.TrimLeftFunc(line, unicode.IsSpace))
	if start == end || s.text[start] == '#' {
		return end
	}
	separator := strings.IndexAny(s.text[start:end], "=:")
	if separator < 0 {
		s.fail(&fault{start, "this line is not NAME=value", formHint})
		return end
	}
	name, ok := s.name(start, start+separator)
	if !ok {
		return end
	}
	return s.assignment(name, start+separator, end)
}

// name reads what stands before a separator.
func (s *scanner) name(start, separator int) (string, bool) {
	name := strings.TrimRightFunc(s.text[start:separator], unicode.IsSpace)
	end := start + len(name)
	if rest, ok := strings.CutPrefix(name, "export"); ok && strings.TrimLeft(rest, " \t") != rest {
		name = strings.TrimLeft(rest, " \t")
	}
	if name == "" {
		s.fail(&fault{separator, "a name is missing here", formHint})
		return "", false
	}
	if i := strings.IndexFunc(name, isNoNameRune); i >= 0 {
		s.fail(&fault{end - len(name) + i, "a name cannot hold this character", nameHint})
		return "", false
	}
	return name, true
}

func isNoNameRune(c rune) bool {
	return !unicode.IsLetter(c) && !unicode.IsNumber(c) && c != '_' && c != '.' && c != '-'
}

// assignment reads a value. It returns the end of what it read.
func (s *scanner) assignment(name string, separator, end int) int {
	rest := s.text[separator+1 : end]
	at := end - len(strings.TrimLeftFunc(rest, unicode.IsSpace))
	switch {
	case s.text[separator] == ':' && rest != "" && at == separator+1:
		s.fail(&fault{at, "a blank is missing behind this colon", "want NAME=value or NAME: value"})
		return end
	case at == end || s.text[at] != '"' && s.text[at] != '\'':
		s.set(name, bare(rest))
		return end
	}
	v, over, wrong := s.quoted(name, at)
	if wrong != nil {
		s.fail(wrong)
		return s.nextAssignment(at, wrong.at == at)
	}
	if !s.hasLoneReturn(end, over) {
		s.set(name, v)
	}
	return over
}

// nextAssignment returns where to go on behind a value at an offset that could
// not be read: on the next line or, if the value has no end that can be trusted,
// on the next one that looks like an assignment.
func (s *scanner) nextAssignment(at int, endless bool) int {
	if !endless {
		return s.lineEnd(at)
	}
	for line := s.lineOf(at) + 1; line < len(s.lines); line++ {
		text := s.text[s.lines[line]:s.lineEnd(s.lines[line])]
		name, _, ok := strings.Cut(text, "=")
		name = strings.TrimPrefix(strings.TrimSpace(name), "export ")
		if ok && name != "" && strings.IndexFunc(name, isNoNameRune) < 0 {
			return s.lines[line] - 1
		}
	}
	return len(s.text)
}
