package shell

import "strings"

// hereDocument is one that was announced: its lines follow those of the command.
type hereDocument struct {
	end    string // the line that ends it
	tabs   bool   // <<-: tabs at the beginning of its lines do not count
	quoted bool   // nothing is expanded in it
}

// hereDocument scans << and the word behind it.
// POSIX, Shell Command Language, 2.7.4.
func (s *scanner) hereDocument() (d hereDocument) {
	if s.depth > 0 {
		// Where its lines begin, and what ends them, shells do not agree on.
		s.giveUp("in a here-document within a substitution, or behind it")
		return d
	}
	s.pos += len("<<")
	if d.tabs = s.at("-"); d.tabs {
		s.pos++
	}
	for s.at(" ") || s.at("\t") {
		s.pos++
	}
	begin := s.pos
	var end strings.Builder
	for !s.over() && strings.IndexByte(separators, s.text[s.pos]) < 0 && s.lost == "" {
		end.WriteString(s.endWord())
	}
	d.end = end.String()
	// POSIX: if any part of the word is quoted, the lines are not expanded.
	d.quoted = strings.ContainsAny(s.text[begin:s.pos], `'"\`) // any of it quoted counts for all
	if d.end == "" {
		s.giveUp("behind a here-document without an end")
	}
	return d
}

// endWord scans a piece of the word that ends a here-document, and returns it
// without its quotes.
func (s *scanner) endWord() string {
	c, begin := s.text[s.pos], s.pos
	word := string(c)
	s.pos++
	switch c {
	case '\'', '"':
		quoted, rest, closed := strings.Cut(s.text[s.pos:s.end], word)
		word = quoted
		if s.pos = s.end - len(rest); !closed || c == '"' && strings.ContainsAny(quoted, "\\$`") {
			s.giveUp("behind a here-document without an end")
		}
	case '\\':
		if word = ""; !s.over() {
			word = s.text[s.pos : s.pos+1]
			s.pos++
		}
	case '$', '`':
		s.giveUp("behind a here-document without an end")
	}
	// A placeholder in the ending word would change where the document ends.
	if s.next < len(s.spans) && s.spans[s.next].Start >= begin && s.spans[s.next].Start < s.pos {
		s.giveUp("in the word that ends a here-document, or behind it")
	}
	return word
}

// bodies scans here-documents, which begin at pos.
func (s *scanner) bodies(all []hereDocument) {
	for _, d := range all {
		last, after := d.find(s.text[s.pos:s.end])
		if last < 0 {
			s.giveUp("in a here-document that cannot be followed, or behind it")
			return
		}
		start, end := s.pos, s.end
		// A quote that is open in a line of the document ends with it.
		s.end = start + last // nothing in its lines reaches beyond them
		s.body(d)
		s.pos, s.end = start+after, end
	}
}

// find returns where the line that ends the document begins in a text, and where
// the next begins; -1 when there is none.
func (d hereDocument) find(text string) (last, after int) {
	for at := 0; at < len(text); {
		line, _, more := strings.Cut(text[at:], "\n")
		next := at + len(line)
		if more {
			next++
		}
		if line == d.end || d.tabs && strings.TrimLeft(line, "\t") == d.end {
			return at, next
		}
		at = next
	}
	return -1, 0
}

// body scans the lines of a document.
func (s *scanner) body(d hereDocument) {
	place := Place{context: document, end: d.end}
	if d.quoted {
		place.context = verbatim
	}
	for !s.over() {
		if s.place(place) {
			continue
		}
		switch c := s.text[s.pos]; {
		case d.quoted:
			s.pos++
		case s.at("\\\n"):
			// The lines are one: is it the last?
			s.giveUp("in a here-document that cannot be followed, or behind it")
		case c == '\\':
			s.escaped()
		case s.at("${"):
			s.pos += len("${")
			s.pattern()
		case c == '`', s.at("$("):
			// Some shells join lines that end with a backslash in there, quoted or not.
			s.giveUp("in a substitution within a here-document, or behind it")
		default:
			s.pos++
		}
	}
}
