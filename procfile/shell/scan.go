package shell

import "strings"

// maxDepth is how deep substitutions are followed into each other.
const maxDepth = 50

// scanner walks over a script once, as a shell does that splits it into words and
// quotes. Where it loses its way, all that follows is unclear.
type scanner struct {
	text   string
	end    int // of what is scanned; more of the text may follow
	pos    int
	spans  []Span // of the places, in order
	places []Place
	next   int    // the first span that was not met
	depth  int    // of substitutions around pos
	ticks  int    // of those, how many are backquotes
	lost   string // why the rest of the script cannot be understood
}

// Scan tells what the places are at which some spans of a script stand: texts
// that are to be replaced, whose own characters mean nothing. They are in order
// and do not overlap.
func Scan(script string, spans []Span) []Place {
	s := &scanner{text: script, end: len(script), spans: spans, places: make([]Place, len(spans))}
	s.code(0)
	s.giveUp("where the script cannot be followed")
	return s.places
}

// giveUp makes everything from here on unclear. why is the end of a sentence.
func (s *scanner) giveUp(why string) {
	if s.lost == "" {
		s.lost = why
	}
	for ; s.next < len(s.spans) && s.spans[s.next].Start < s.end; s.next++ {
		s.places[s.next].unclear = s.lost
	}
	s.pos = s.end
}

// over reports whether there is nothing left to scan.
func (s *scanner) over() bool { return s.pos >= s.end }

// at reports whether a text stands at pos.
func (s *scanner) at(text string) bool { return strings.HasPrefix(s.text[s.pos:s.end], text) }

// place notes the place that stands at pos, if one does, and goes behind it.
func (s *scanner) place(p Place) bool {
	if s.next == len(s.spans) || s.spans[s.next].Start != s.pos {
		return false
	}
	s.pos = s.spans[s.next].End
	if s.lost != "" {
		p.unclear = s.lost
	}
	p.ticks, p.redirect = s.ticks, p.context == bare && p.unclear == "" && (s.at("<") || s.at(">"))
	s.places[s.next] = p
	s.next++
	return true
}

// unclear is a place at which nothing can be quoted. where is the end of a sentence.
func unclear(where string) Place { return Place{unclear: where} }

// escaped goes over a backslash and what it stands before. A place there would
// lose the first character of its quotes to it.
func (s *scanner) escaped() {
	s.pos++
	if !s.over() && !s.place(unclear(`behind a \`)) {
		s.pos++
	}
}

// separators end a word.
const separators = " \t\n;&|<>()"

// code scans commands, up to the closing ) and with it, or to the end where
// closing is 0.
func (s *scanner) code(closing byte) {
	var documents []hereDocument
	parens, word := 0, s.pos // where the current word began
	for !s.over() {
		if s.place(Place{}) {
			continue
		}
		separated := strings.IndexByte(separators, s.text[s.pos]) >= 0
		switch {
		case separated && closing == ')' && s.text[word:s.pos] == "case":
			// The ) behind each of its patterns ends nothing, and only a parser of the
			// whole language can tell which they are.
			s.giveUp("behind a case within $(…)")
			return
		case s.between(s.pos == word, &documents):
			word = s.pos
		case s.at(")") && closing == ')' && parens == 0:
			s.pos++
			return
		default:
			c := s.text[s.pos]
			parens += strings.Count(string(c), "(") - strings.Count(string(c), ")")
			if s.element(c); separated {
				word = s.pos
			}
		}
	}
	if closing != 0 || documents != nil {
		s.giveUp("within what is not closed")
	}
}

// between scans what stands between words and is more than a character, if that is
// what is here. begins: a word would begin here; only there does # begin a comment.
func (s *scanner) between(begins bool, documents *[]hereDocument) bool {
	switch {
	case begins && s.at("#"):
		s.comment()
	case begins && s.at("\\\n"):
		s.pos += len("\\\n") // the shell sees neither, so a comment may still begin
	case s.at("\n"):
		s.pos++
		s.bodies(*documents) // they follow the line that announces them
		*documents = nil
	case s.at("<<<"):
		s.pos += len("<<<") // a word follows, in the shells that know it
	case s.at("<<"):
		*documents = append(*documents, s.hereDocument())
	default:
		return false
	}
	return true
}

// element scans what may stand in a bare word: a quote, an expansion, a character.
func (s *scanner) element(c byte) {
	switch c {
	case '\\':
		s.escaped()
	case '\'':
		s.single()
	case '"':
		s.double()
	case '`':
		s.backquotes()
	case '$':
		s.dollar(false)
	default:
		s.pos++
	}
}

// comment scans to the end of the line.
func (s *scanner) comment() {
	for !s.over() && s.text[s.pos] != '\n' {
		if !s.place(Place{context: comment}) {
			s.pos++
		}
	}
}

// single scans '…', in which nothing is special.
func (s *scanner) single() {
	// No escapes: a ' ends it, wherever it stands.
	for s.pos++; !s.over(); {
		if s.place(Place{context: single}) {
			continue
		}
		s.pos++
		if s.text[s.pos-1] == '\'' {
			return
		}
	}
	s.giveUp("within quotes that are not closed")
}

// double scans "…".
func (s *scanner) double() {
	for s.pos++; !s.over(); {
		if s.place(Place{context: double}) {
			continue
		}
		switch s.text[s.pos] {
		case '"':
			s.pos++
			return
		case '\\':
			s.escaped()
		case '$':
			s.dollar(true)
		case '`':
			s.quotedBackquotes()
		default:
			s.pos++
		}
	}
	s.giveUp("within quotes that are not closed")
}
