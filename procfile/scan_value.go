package procfile

import (
	"strings"
)

// value reads the value of a node. What it means is for the library to say.
func (s *scanner) value(n *node) {
	start := s.pos
	if s.pos >= len(s.text) {
		s.missingValue(n)
		return
	}
	switch c := s.text[s.pos]; c {
	case '"', '\'':
		s.quoted(n)
	case '[':
		s.list(n)
	case '{':
		s.inline(n)
	default:
		s.bare(n)
	}
	n.value = span{start, max(s.pos, start)}
}

// quoted reads a text in one or three quotes.
func (s *scanner) quoted(n *node) {
	start := s.pos
	// Three quotes in a row: an empty text and the beginning of a long one look the same
	// until then.
	triple := strings.Repeat(s.text[s.pos:s.pos+1], 3)
	if !strings.HasPrefix(s.text[s.pos:], triple) {
		if _, ok := s.lineString(); !ok {
			s.unclosedText(n, start)
		}
		return
	}
	s.pos += 3
	for s.pos < len(s.text) {
		switch {
		// An escape may be of a quote; only the texts in double quotes have escapes.
		case s.text[s.pos] == '\\' && triple[0] == '"':
			s.pos = min(s.pos+2, len(s.text))
		case strings.HasPrefix(s.text[s.pos:], triple):
			s.pos += 3
			// Up to two quotes may stand right before the closing three.
			for i := 0; i < 2 && s.pos < len(s.text) && s.text[s.pos] == triple[0]; i++ {
				s.pos++
			}
			return
		default:
			s.pos++
		}
	}
	s.stop(span{start, start + 3}, "this text is not closed (want "+triple+" at its end)", "")
}

// list reads [ ... ]. Its items become nodes of their own.
func (s *scanner) list(n *node) {
	n.kind = listNode
	s.nested++
	open := span{s.pos, s.pos + 1}
	if !s.deeper(open, 0) {
		return
	}
	s.pos++
	for {
		if !s.toItem(open, ']') {
			return
		}
		if s.text[s.pos] == ']' {
			break
		}
		at := span{s.pos, s.pos + 1}
		item := &node{key: n.key, at: at, value: at}
		s.value(item)
		// A value that went wrong has been told; what follows in the list cannot be
		// placed.
		if s.fault != nil {
			s.itemFault(open, at.start) // where the list ends is not known any more
			return
		}
		n.items = append(n.items, item)
		if !s.toComma(open, ']') {
			return
		}
	}
	s.pos++
	s.depth--
	s.nested--
}

// inline reads { ... }. Its keys become nodes of their own.
func (s *scanner) inline(n *node) {
	n.kind, n.declared, n.byKey = tableNode, true, map[string]*node{}
	// keyValue puts keys into the current table, so that is this one for a while.
	open, depth, path, table := span{s.pos, s.pos + 1}, s.depth, s.path, s.table
	s.pos++
	s.nested++
	for {
		// Set anew for each key: a dotted key has moved them.
		s.table, s.depth, s.path = n, depth, path
		if !s.toItem(open, '}') {
			return
		}
		if s.text[s.pos] == '}' {
			break
		}
		s.keyValue()
		if s.fault != nil {
			s.stopped = true
			return
		}
		if !s.toComma(open, '}') {
			return
		}
	}
	s.pos++
	s.nested--
	s.table, s.depth, s.path = table, depth, path
}

// toItem moves to the next item or the closing bracket.
func (s *scanner) toItem(open span, closing byte) bool {
	if !s.toStatement() {
		s.unclosed(open, closing)
		return false
	}
	if s.text[s.pos] == ',' {
		s.stop(span{s.pos, s.pos + 1}, "a comma without a value before it", "remove it")
		return false
	}
	return true
}

// toComma moves behind the comma after an item, or to the closing bracket.
// Which of the two is missing is a guess for the message; both are errors.
func (s *scanner) toComma(open span, closing byte) bool {
	// Two values on one line want a comma, on two lines perhaps a bracket.
	line := s.src.lineAt(s.pos)
	if !s.toStatement() {
		s.unclosed(open, closing)
		return false
	}
	switch s.text[s.pos] {
	case ',':
		s.pos++
	case closing:
	default:
		s.missingComma(open, closing, s.src.lineAt(s.pos) == line)
		return false
	}
	return true
}

// What the library takes for a number or a date, and more: it has the last word.
var (
	// Too wide rather than too narrow: what the library refuses it refuses with its own
	// words.
	numberForm = lazy(`^[+-]?(0x[0-9a-fA-F_]+|0o[0-7_]+|0b[01_]+|[0-9][0-9_]*(\.[0-9_]+)?([eE][+-]?[0-9_]+)?|inf|nan)$`)
	dateForm   = lazy(`^(\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)?)?|\d\d:\d\d(:\d\d(\.\d+)?)?)$`)
	dateStart  = lazy(`^\d{4}-\d\d-\d\d \d\d:`)
)

// bare reads a value without quotes: a number, a date, true or false.
func (s *scanner) bare(n *node) {
	start := s.pos
	if dateStart().MatchString(s.text[start:min(start+14, len(s.text))]) {
		s.pos += len("1979-05-27 ") // the one value without quotes that holds a blank
	}
	// These end a value in every place; what else is in it belongs to the token.
	for s.pos < len(s.text) && !strings.ContainsRune(" \t\n,#]}", rune(s.text[s.pos])) {
		s.pos++
	}
	token := s.text[start:s.pos]
	if token == "" {
		s.missingValue(n)
		return
	}
	if token != "true" && token != "false" && !numberForm().MatchString(token) && !dateForm().MatchString(token) {
		s.unquoted(n, start)
	}
}
