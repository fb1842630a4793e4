package procfile

import (
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Position is a place in a file. The zero value means that no place is known.
type Position struct {
	Line   int // 1-based
	Column int // 1-based, in runes; 0 when only the line is known
}

// IsZero reports whether no place is known.
func (p Position) IsZero() bool { return p == Position{} }

// String returns "line:column", "line" without a column, or "" for the zero value.
func (p Position) String() string {
	switch {
	case p.IsZero():
		return ""
	case p.Column == 0:
		return strconv.Itoa(p.Line)
	}
	return strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}

// before orders positions as a reader meets them.
func (p Position) before(q Position) bool {
	return p.Line < q.Line || p.Line == q.Line && p.Column < q.Column
}

// span is a half-open range of byte offsets in a source.
type span struct{ start, end int }

// runeStep is the distance of the rune counts that a source keeps. Without them
// a file of one long line would cost its length for every position.
const runeStep = 256

// source is a text and what is needed to speak of places in it. The text has no
// byte order mark and is valid UTF-8 wherever positions are asked for.
type source struct {
	name  string
	text  string
	lines []int // offset of the first byte of each line
	runes []int // runes[i]: how many runes start before byte i*runeStep

	windows bool // it is to be run by the rules of Windows
}

// newSource counts lines and runes once, for all positions that follow. The line
// ends of Windows become newlines here, before anybody sees them: in a command they
// would reach the shell, to which a carriage return is a letter. No line and no
// column is another for it.
func newSource(name, text string) *source {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	s := &source{name: name, text: text, lines: []int{0}, windows: onWindows}
	count := 0
	for i := 0; i < len(text); i++ {
		if i%runeStep == 0 {
			s.runes = append(s.runes, count)
		}
		if utf8.RuneStart(text[i]) {
			count++
		}
		if text[i] == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	return s
}

// runesBefore counts the runes that start before offset off.
func (s *source) runesBefore(off int) int {
	if len(s.runes) == 0 {
		return 0
	}
	step := min(off/runeStep, len(s.runes)-1)
	count := s.runes[step]
	for i := step * runeStep; i < off; i++ {
		if utf8.RuneStart(s.text[i]) {
			count++
		}
	}
	return count
}

// lineAt returns the index of the line that holds offset off.
func (s *source) lineAt(off int) int {
	return sort.Search(len(s.lines), func(i int) bool { return s.lines[i] > off }) - 1
}

// position returns the place of an offset. The end of a text that ends with a
// newline belongs to the last line that has text, where a person would look.
func (s *source) position(off int) Position {
	off = max(0, min(off, len(s.text)))
	line := s.lineAt(off)
	if line > 0 && off == len(s.text) && s.lines[line] == off {
		line--
		off--
	}
	return Position{line + 1, s.runesBefore(off) - s.runesBefore(s.lines[line]) + 1}
}

// lineSpan returns the line that holds off, without its line ending.
func (s *source) lineSpan(off int) span {
	i := s.lineAt(off)
	start, end := s.lines[i], len(s.text)
	if i+1 < len(s.lines) {
		end = s.lines[i+1] - 1
	}
	return span{start, end}
}

// ref returns "file:line:column" of an offset, for messages that name a second place.
func (s *source) ref(off int) string { return s.name + ":" + s.position(off).String() }

// marks are the places of values, by their keys. Keys below are joined by a dot:
// "env.PATH", "ready.timeout"; so are the texts of a list, from 0 on: "after.1".
type marks map[string]span

// add keeps where a key stands, and what is below it.
func (m marks) add(n *node) {
	m[n.key] = n.value
	texts := 0
	for _, item := range n.items {
		// Counted as r.items gives them: what is no text has an error already.
		if item.isText() {
			m[n.key+"."+strconv.Itoa(texts)] = item.value
			texts++
		}
	}
	for _, c := range n.keys {
		m[n.key+"."+c.key] = c.value
	}
}

// item is where the i-th text of a list stands, or its only one.
func (m marks) item(key string, i int) span {
	if at, ok := m[key+"."+strconv.Itoa(i)]; ok {
		return at
	}
	return m[key]
}

// markPosition returns the place of a marked key, or the zero Position.
func (s *source) markPosition(marks marks, key string) Position {
	at, ok := marks[key]
	if !ok {
		return Position{}
	}
	return s.position(at.start)
}

// offset is the inverse of position. A column past the end means the end of the line.
func (s *source) offset(p Position) int {
	off := s.lines[p.Line-1]
	end := s.lineSpan(off).end
	for n := 1; n < p.Column && off < end; n++ {
		_, size := utf8.DecodeRuneInString(s.text[off:])
		off += size
	}
	return off
}

// wordAt returns the marked span that begins at a position, or one rune there.
func (s *source) wordAt(p Position, all []marks) span {
	off := s.offset(p)
	for _, m := range all {
		for _, at := range m {
			if at.start == off {
				return at
			}
		}
	}
	return span{off, off + 1}
}
