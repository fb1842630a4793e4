package procfile

import (
	"fmt"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Error is one thing that is wrong in a file, in words for the person who wrote it.
type Error struct {
	File  string   // the name given to [Parse], or the path of [Read] as seen from the working directory
	Pos   Position // zero: the file as a whole, for example one that cannot be read
	Msg   string   // what is wrong: lowercase, no full stop
	Hint  string   // what to do about it; may have several lines; "" when there is nothing to say
	Line  string   // the source line, or an excerpt of a very long one; "" prints none
	Caret int      // where in Line the fault begins, in runes
	Width int      // how many runes of Line are at fault; 0 counts as 1
	Err   error    // the cause for errors.Is, such as fs.ErrNotExist; usually nil
}

// Error returns the message with its place, the source line with carets, and the
// hint, without a newline at the end:
//
//	Devgatefile:7:8: port 70000 is out of range (want 1-65535)
//	    7 | port = 70000
//	      |        ^^^^^
//	  hint: ...
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(clean(e.File))
	if !e.Pos.IsZero() {
		b.WriteString(":" + e.Pos.String())
	}
	b.WriteString(": " + clean(e.Msg))
	if e.Line != "" {
		text, pad, carets := e.excerpt()
		fmt.Fprintf(&b, "\n%5d | %s\n      | %s%s", e.Pos.Line, text, pad, carets)
	}
	if e.Hint != "" {
		b.WriteString("\n  hint: " + strings.ReplaceAll(cleanLines(e.Hint), "\n", "\n        "))
	}
	return b.String()
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// excerpt returns the line as it is shown, what stands before the carets, and the carets.
func (e *Error) excerpt() (text, pad, carets string) {
	var t, p, c strings.Builder
	i := 0
	for _, r := range e.Line {
		shown := printable(r)
		t.WriteRune(shown)
		switch {
		case i < e.Caret && shown == '\t':
			p.WriteByte('\t')
		case i < e.Caret:
			p.WriteString(strings.Repeat(" ", cells(shown)))
		case i < e.Caret+max(e.Width, 1):
			c.WriteString(strings.Repeat("^", cells(shown)))
		}
		i++
	}
	// Past the end of the line: something is missing there.
	p.WriteString(strings.Repeat(" ", max(0, e.Caret-i)))
	if c.Len() == 0 {
		c.WriteByte('^')
	}
	return t.String(), p.String(), c.String()
}

// printable keeps control characters of a broken file away from the terminal.
func printable(r rune) rune {
	if r == '\t' || r != utf8.RuneError && unicode.IsPrint(r) {
		return r
	}
	return '\uFFFD'
}

// clean is printable for a text on one line.
func clean(text string) string { return strings.Map(printable, text) }

// cleanLines is clean for a text of several lines.
func cleanLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = clean(lines[i])
	}
	return strings.Join(lines, "\n")
}

// cells is the width of a rune in a terminal: 2 for the scripts and symbols that
// terminals draw wide, so that carets stand under what they mean.
func cells(r rune) int {
	switch {
	case r < 0x1100:
		return 1
	case r <= 0x115F, r >= 0x2E80 && r <= 0xA4CF, r >= 0xAC00 && r <= 0xD7A3,
		r >= 0xF900 && r <= 0xFAFF, r >= 0xFE30 && r <= 0xFE6F, r >= 0xFF00 && r <= 0xFF60,
		r >= 0x1F300 && r <= 0x1FAFF, r >= 0x20000 && r <= 0x3FFFD:
		return 2
	}
	return 1
}

// ErrorList is every error of one file, sorted by position. It is never empty
// when it is returned as an error.
type ErrorList []*Error

// printMax is how many errors are printed: more than any person will read, and
// fewer than a terminal can choke on. The list itself has all.
const printMax = 500

// Error prints all errors, each as [Error.Error] does, one after the other. Beyond
// 500 it says how many more there are.
func (l ErrorList) Error() string {
	texts := make([]string, 0, min(len(l), printMax)+1)
	for _, e := range l[:min(len(l), printMax)] {
		texts = append(texts, e.Error())
	}
	if more := len(l) - printMax; more > 0 {
		texts = append(texts, fmt.Sprintf("%s: and %d more errors", l[0].File, more))
	}
	return strings.Join(texts, "\n")
}

// Unwrap returns the single errors.
func (l ErrorList) Unwrap() []error {
	errs := make([]error, len(l))
	for i, e := range l {
		errs[i] = e
	}
	return errs
}

// sorted returns the errors by position, each said once: a value in [defaults]
// is read for every service.
func (l ErrorList) sorted() ErrorList {
	type said struct {
		pos Position
		msg string
	}
	// The hint does not count: only the first of its kind lists all keys.
	seen := make(map[said]bool, len(l))
	out := make(ErrorList, 0, len(l))
	for _, e := range l {
		if s := (said{e.Pos, e.Msg}); !seen[s] {
			seen[s] = true
			out = append(out, e)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Pos.before(out[j].Pos) })
	return out
}

// orNil returns the list sorted as an error, or nil when there is nothing in it.
func (l ErrorList) orNil() error {
	if len(l) == 0 {
		return nil
	}
	return l.sorted()
}

// excerptMax is how many runes of a line are shown on each side of a fault.
const excerptMax = 70

// errorAt makes an error for a span of the source.
func (s *source) errorAt(at span, msg, hint string) *Error {
	at.start = max(0, min(at.start, len(s.text)))
	e := &Error{File: s.name, Pos: s.position(at.start), Msg: msg, Hint: hint}
	line := s.lineSpan(s.lines[e.Pos.Line-1])
	from, to := at.start, min(at.end, line.end)
	if from > line.end {
		from = line.end
	}
	e.Width = max(1, utf8.RuneCountInString(s.text[from:max(from, to)]))
	e.Line, e.Caret = window(s.text[line.start:line.end], from-line.start)
	return e
}

// window cuts a line to what is near offset off, and returns off in runes of the cut.
func window(line string, off int) (text string, caret int) {
	start, end := off, off
	for n := 0; n < excerptMax && start > 0; n++ {
		_, size := utf8.DecodeLastRuneInString(line[:start])
		start -= size
	}
	for n := 0; n < excerptMax && end < len(line); n++ {
		_, size := utf8.DecodeRuneInString(line[end:])
		end += size
	}
	text, caret = line[start:end], utf8.RuneCountInString(line[start:off])
	if start > 0 {
		text, caret = "…"+text, caret+1
	}
	if end < len(line) {
		text += "…"
	}
	return text, caret
}
