package shell

import (
	"regexp"
	"strings"
	"sync"
)

// dollar scans what begins with a $, if anything does. quoted: within "…", or where
// the shell reads as there.
func (s *scanner) dollar(quoted bool) {
	switch {
	case s.depth == maxDepth: // each level is one of the stack, too
		s.giveUp("nested too deep")
	case s.at("$(("): // before "$(": POSIX takes it for arithmetic wherever it can be

		s.arithmetic()
	case s.at("$("):
		s.pos += len("$(")
		s.depth++
		s.code(')')
		s.depth--
	case s.at("${"):
		s.parameter(quoted)
	case s.at("$'") && !quoted:
		s.ansi()
	default:
		s.pos++
	}
}

// arithmetic scans $((…)), where quotes mean nothing that shells agree on.
func (s *scanner) arithmetic() {
	parens := 0
	s.depth++
	defer func() { s.depth-- }()
	for s.pos += len("$(("); !s.over(); {
		if s.place(unclear("within $((…))")) {
			continue
		}
		switch c := s.text[s.pos]; {
		case c == ')' && parens == 0 && s.at("))"):
			s.pos += len("))")
			return
		case c == ')' && parens == 0, strings.IndexByte("'\"`\\", c) >= 0:
			s.giveUp("behind $((…)) that may be none")
		case c == '$':
			s.dollar(true)
		default:
			// Parentheses within are counted, so that "))" is the end and no pair of
			// inner ones.
			parens += strings.Count(string(c), "(") - strings.Count(string(c), ")")
			s.pos++
		}
	}
	s.giveUp("within what is not closed")
}

// ansi scans $'…', which is quoted in its own way in some shells, and a $ before
// ordinary quotes in others.
func (s *scanner) ansi() {
	for s.pos += len("$'"); !s.over(); {
		if s.place(unclear("within $'…'")) {
			continue
		}
		s.pos++
		switch s.text[s.pos-1] {
		case '\'':
			return
		case '\\':
			s.giveUp("behind $'…' with a \\")
		}
	}
	s.giveUp("within quotes that are not closed")
}

// parameterForm is a parameter's name, and what makes a word follow it.
var parameterForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-])(:?[-=?+])?`)
})

// parameter scans ${NAME}, and ${NAME:-WORD} with its kin. In all other forms a
// pattern follows, or what only some shells know.
func (s *scanner) parameter(quoted bool) {
	s.pos += len("${")
	s.depth++
	defer func() { s.depth-- }()
	m := parameterForm().FindStringSubmatch(s.text[s.pos:s.end])
	if m == nil || m[1] == "" {
		s.pattern()
		return
	}
	s.pos += len(m[0])
	for !s.over() {
		// A map for a choice in one expression: false is bare, the zero context.
		if s.place(Place{context: map[bool]context{true: doubleBrace}[quoted]}) { // else bare: quotes mean there what they do outside
			continue
		}
		switch c := s.text[s.pos]; {
		case c == '}':
			s.pos++
			return
		case !quoted:
			s.element(c)
		case c == '\\':
			s.escaped()
		case c == '$':
			s.dollar(true)
		case c == '"' || c == '`':
			s.giveUp(`behind quotes within ${…} within "…"`) // each shell has its own idea of them
		default:
			s.pos++
		}
	}
	s.giveUp("within what is not closed")
}

// pattern scans the rest of a ${…} in which quotes do not mean what they do elsewhere.
func (s *scanner) pattern() {
	for !s.over() {
		if s.place(unclear("within a pattern of ${…}")) {
			continue
		}
		switch c := s.text[s.pos]; {
		case c == '}':
			s.pos++
			return
		case c == '$':
			s.dollar(true)
		case strings.IndexByte("'\"`\\{", c) >= 0:
			s.giveUp("behind quotes in a pattern of ${…}")
		default:
			s.pos++
		}
	}
	s.giveUp("within what is not closed")
}

// backquotes scans `…`: a script of its own, from which the shell takes one layer
// of backslashes away.
func (s *scanner) backquotes() {
	inner, spans, end := s.unquoted()
	switch {
	case end < 0: // the shell will say so
		s.giveUp("within quotes that are not closed")
		return
	case s.depth == maxDepth:
		s.giveUp("nested too deep")
		return
	}
	// The inner scanner fills its own part of places, which are the same array.
	within := &scanner{text: inner, end: len(inner), spans: spans, places: s.places[s.next : s.next+len(spans)], depth: s.depth + 1, ticks: s.ticks + 1}
	within.code(0)
	lost := within.lost
	// What it has not reached cannot be quoted either.
	within.giveUp("where the script cannot be followed")
	s.next += len(spans)
	s.pos = end
	if lost != "" {
		s.giveUp(lost) // it may be that these backquotes are none
	}
}

// unquoted is what stands between the backquotes from pos on, without its layer of
// backslashes, with the spans in it; end is behind the second, or -1.
func (s *scanner) unquoted() (inner string, spans []Span, end int) {
	var b strings.Builder
	next := s.next
	for i := s.pos + 1; i < s.end; i++ {
		c := s.text[i]
		switch {
		case next < len(s.spans) && s.spans[next].Start == i:
			start := b.Len()
			b.WriteString(s.text[i:s.spans[next].End])
			spans = append(spans, Span{start, b.Len()})
			i = s.spans[next].End - 1
			next++
			continue
		case c == '`':
			return b.String(), spans, i + 1
		case c == '\\' && i+1 < s.end && strings.IndexByte("\\$`", s.text[i+1]) >= 0:
			i++ // before all else, a backslash in backquotes is one
		}
		b.WriteByte(s.text[i])
	}
	return "", nil, -1
}

// quotedBackquotes scans `…` within "…": which backslashes and quotes in it belong
// to which of the two, POSIX leaves open.
func (s *scanner) quotedBackquotes() {
	inner, spans, end := s.unquoted()
	if end < 0 || strings.Contains(inner, `"`) {
		s.giveUp("behind `…` within \"…\"")
		return
	}
	for range spans {
		s.pos = s.spans[s.next].Start
		s.place(unclear("in `…` within \"…\""))
	}
	s.pos = end
}
