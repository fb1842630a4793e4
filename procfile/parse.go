package procfile

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// Parse reads a Devgatefile or a Procfile. name is for messages, for File.Path, and
// for telling the format: a file named Procfile, with or without an ending, is one,
// and so is any whose every line is blank, a comment, or like "name: command". The
// error is an [ErrorList].
func Parse(name string, src []byte) (*File, error) {
	return parse(sourceOf(name, src), src)
}

func sourceOf(name string, src []byte) *source {
	return newSource(name, strings.TrimPrefix(string(src[:min(len(src), MaxSize+1)]), "\ufeff"))
}

func parse(s *source, src []byte) (*File, error) {
	if e := refused(s, src); e != nil {
		return nil, ErrorList{e}
	}
	if isProcfile(s) {
		return parseProcfile(s)
	}
	return parseDevgatefile(s)
}

// refused says why a text is not worth looking at: one error, as all others would
// only follow from it.
func refused(s *source, src []byte) *Error {
	switch {
	case len(src) > MaxSize:
		return &Error{File: s.name, Msg: "larger than 1 MiB", Hint: "is this the right file?"}
	case strings.HasPrefix(s.text, "\xff\xfe") || strings.HasPrefix(s.text, "\xfe\xff"):
		return &Error{File: s.name, Pos: Position{1, 1}, Msg: "the file is UTF-16 (want UTF-8)", Hint: "save it as UTF-8"}
	}
	for i := 0; i < len(s.text); {
		r, size := utf8.DecodeRuneInString(s.text[i:])
		at := span{i, i + size}
		switch {
		case r == utf8.RuneError && size == 1:
			return s.errorAt(at, fmt.Sprintf("byte 0x%02x is not UTF-8", s.text[i]), "save the file as UTF-8")
		case r == 0:
			return s.errorAt(at, "a NUL byte: this is not a text file", "is this the right file?")
		case r == '\r':
			return s.errorAt(at, "a carriage return without a newline", "save the file with the line endings of Unix or Windows")
		case r < ' ' && r != '\t' && r != '\n' || r == 0x7f:
			return s.errorAt(at, fmt.Sprintf("control character 0x%02x", r), `remove it; in a text between double quotes it is written \u`+fmt.Sprintf("%04x", r))
		}
		i += size
	}
	return nil
}

// procfileLine is a line of a Procfile: its name and its command.
var procfileLine = lazy(`^[ \t]*([A-Za-z0-9_-]+):[ \t]*(\S.*)$`)

// isProcfile tells the format. Text that is a Procfile is never TOML, as no TOML
// line begins with a name and a colon.
func isProcfile(s *source) bool {
	base := filepath.Base(s.name)
	if base == "Procfile" || strings.HasPrefix(base, "Procfile.") {
		return true
	}
	// One line that is another thing, and it is TOML: there its errors are told better.
	lines := 0
	for line := range strings.SplitSeq(s.text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if !procfileLine().MatchString(line) {
			return false
		}
		lines++
	}
	return lines > 0
}
