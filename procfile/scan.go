package procfile

import "strings"

// What the library would be slow with.
const (
	maxDepth = 100 // of nested values and dotted keys
	// Bytes of a key with all keys above it: the library keeps every path as a string.
	maxPath = 512
)

// statement is one key = value or one [header] of the text.
type statement struct {
	span
	node   *node
	header bool
}

// problem is something in the syntax that the scanner or the library refused.
type problem struct {
	at   span
	msg  string
	hint string
}

// document is the text split into statements and the tree of their keys.
type document struct {
	src      *source
	root     *node
	stmts    []statement
	problems []problem
	blanks   []span // what the library must not see
	// vague: the values are not worth checking, as it is not clear which table
	// they belong to, or where a value ends.
	vague bool
}

// scanner walks over the text once. It accepts everything that the TOML library
// accepts, and may accept more: the library has the last word.
type scanner struct {
	*document
	words   *vocabulary
	text    string
	pos     int
	table   *node // where keys go
	depth   int   // of table
	path    int   // bytes of the path of table
	nested  int   // lists and inline tables around pos
	skip    bool  // inside a table declared twice
	skipped int   // where that began
	fault   *problem
	stopped bool
}

// scan splits a text into statements. It never fails: see document.problems. What
// it does not understand is worded by the keys that there are.
func scan(src *source, words *vocabulary) *document {
	root := newTable("", span{})
	s := &scanner{document: &document{src: src, root: root}, words: words, text: src.text, table: root}
	for !s.stopped && s.toStatement() {
		s.statement()
	}
	s.endSkip(len(s.text))
	return s.document
}

// toStatement moves to the next statement and reports whether there is one.
func (s *scanner) toStatement() bool {
	for s.pos < len(s.text) {
		switch s.text[s.pos] {
		case ' ', '\t', '\n':
			s.pos++
		case '#':
			s.pos = s.lineEnd(s.pos)
		default:
			return true
		}
	}
	return false
}

// statement reads one statement, or notes its fault and goes behind it.
func (s *scanner) statement() {
	// A dotted key and an inline table go deeper for a while; only a header does for
	// what follows.
	start, table, depth, path := s.pos, s.table, s.depth, s.path
	var n *node
	header := s.text[s.pos] == '['
	if header {
		n = s.header()
	} else {
		n = s.keyValue()
		s.table, s.depth, s.path = table, depth, path
	}
	if s.fault == nil && !s.stopped {
		s.endOfStatement(n)
	}
	if s.fault != nil {
		s.recover(start, n, header)
		return
	}
	s.stmts = append(s.stmts, statement{span{start, s.pos}, n, header})
}

// recover notes the fault and goes on with the next line.
func (s *scanner) recover(start int, n *node, header bool) {
	if !s.skip || s.stopped {
		s.problems = append(s.problems, *s.fault)
	}
	s.fault = nil
	// Without the header, or the key, nobody can say what the lines below belong to: any
	// further error might be wrong.
	if header || n == nil || s.stopped {
		s.vague = true
	}
	if n != nil && !header {
		n.breakUp()
	}
	s.pos = s.lineEnd(max(start, s.pos))
	s.blanks = append(s.blanks, span{start, s.pos})
	s.stmts = append(s.stmts, statement{span{start, s.pos}, n, header})
}

// fail notes what is wrong with the statement. The first fault counts.
func (s *scanner) fail(at span, msg, hint string) {
	if s.fault == nil {
		s.fault = &problem{at, msg, hint}
	}
}

// stop is fail where the rest of the file cannot be told apart any more.
func (s *scanner) stop(at span, msg, hint string) {
	s.fail(at, msg, hint)
	s.stopped = true
}

// header reads [name] and makes it the current table.
func (s *scanner) header() *node {
	start := s.pos
	double := strings.HasPrefix(s.text[s.pos:], "[[")
	s.pos++
	if double {
		s.pos++
	}
	s.depth, s.path = 0, 0
	closing := "]"
	if double {
		closing = "]]"
	}
	parts, ok := s.keyPath()
	if !ok || !strings.HasPrefix(s.text[s.pos:], closing) {
		s.headerFault(start)
		// Its keys have to go somewhere where they clash with nobody's.
		s.table = newTable("", span{})
		return nil
	}
	s.pos += len(closing)
	at := span{start, s.pos}
	s.endSkip(start)
	if double {
		s.listOfTables(at)
	}
	return s.declare(parts, at, double)
}

// listOfTables reports [[name]] and hands the library [name] in its place.
func (s *scanner) listOfTables(at span) {
	name := s.text[at.start+2 : at.end-2]
	s.problems = append(s.problems, problem{at, "[[" + name + "]] is a list of tables (want one table)",
		"write [" + name + "]: a service is one table"})
	s.blanks = append(s.blanks, span{at.start, at.start + 1}, span{at.end - 1, at.end})
}

// declare finds or makes the table of a header.
func (s *scanner) declare(parts []keyPart, at span, double bool) *node {
	parent := s.descend(s.root, parts[:len(parts)-1])
	if parent == nil {
		s.table = newTable("", at)
		return nil
	}
	last := parts[len(parts)-1]
	n := parent.child(last.key)
	switch {
	case n == nil:
		n = newTable(last.key, at)
		parent.add(n)
	case n.kind != tableNode || n.declared:
		s.twice(n, parts, at, double)
		s.table = newTable(last.key, at)
		return s.table
	}
	n.at, n.value, n.declared = at, at, true
	s.table = n
	return n
}

// twice reports a table that exists already, and keeps the library from seeing it.
func (s *scanner) twice(first *node, parts []keyPart, at span, double bool) {
	s.skip, s.skipped = true, at.start
	if double {
		return // said already
	}
	msg := "[" + pathText(parts) + "] is declared twice (first at " + s.src.ref(first.at.start) + ")"
	hint := "rename one of the two, or put their keys into one table"
	if first.kind != tableNode {
		msg = "[" + pathText(parts) + "] is a value already (at " + s.src.ref(first.at.start) + ")"
		hint = "remove one of the two"
	}
	s.problems = append(s.problems, problem{at, msg, hint})
}

// endSkip ends a table declared twice: all of it is kept from the library, as its
// keys would clash with those of the first.
func (s *scanner) endSkip(at int) {
	if s.skip {
		s.blanks = append(s.blanks, span{s.skipped, at})
		s.skip = false
	}
}

// descend walks or makes the tables of a path; nil (and a fault) where a value is in the way.
func (s *scanner) descend(n *node, parts []keyPart) *node {
	for _, p := range parts {
		next := n.child(p.key)
		if next == nil {
			next = newTable(p.key, p.at)
			n.add(next)
		}
		if next.kind == brokenNode {
			*next = *newTable(p.key, p.at) // the library sees only what comes now
		}
		if next.kind != tableNode {
			s.fail(p.at, quote(p.key)+" is a value already (at "+s.src.ref(next.at.start)+"), it cannot be a table too", "remove one of the two")
			return nil
		}
		n = next
	}
	return n
}

// keyValue reads key = value into the current table. The node is nil when not
// even the key can be understood.
func (s *scanner) keyValue() *node {
	start := s.pos
	parts, ok := s.keyPath()
	if !ok {
		s.keyFault(start)
		return nil
	}
	if s.pos >= len(s.text) || s.text[s.pos] != '=' {
		s.separatorFault(start, parts)
		return s.brokenKey(parts)
	}
	s.pos++
	s.blankSpace()
	n := s.insert(parts)
	s.value(n)
	return n
}

// brokenKey marks a known key without a value as written, so that nobody
// says that it is missing.
func (s *scanner) brokenKey(parts []keyPart) *node {
	if len(parts) != 1 || strings.ContainsRune(s.text[s.pos:s.lineEnd(s.pos)], ':') {
		return nil
	}
	n := &node{key: parts[0].key, kind: brokenNode, at: parts[0].at, value: parts[0].at}
	if s.words.has(n.key) && s.table.child(n.key) == nil {
		s.table.add(n)
	}
	return n
}

// insert makes the node of a key. A key that exists already, and was not broken,
// is a fault; its node is then one that belongs to no table.
func (s *scanner) insert(parts []keyPart) *node {
	last := parts[len(parts)-1]
	n := &node{key: last.key, at: span{parts[0].at.start, last.at.end}, value: last.at}
	parent := s.descend(s.table, parts[:len(parts)-1])
	if parent == nil {
		return n // a value is in the way, which is told
	}
	if first := parent.child(last.key); first != nil {
		if first.kind != brokenNode {
			s.fail(n.at, quote(pathText(parts))+" is written twice (first at "+s.src.ref(first.at.start)+")", "remove one of the two")
			return n
		}
		*first = *n // the library sees only this one
		return first
	}
	parent.add(n)
	return n
}

// endOfStatement accepts a comment or the end of the line.
func (s *scanner) endOfStatement(n *node) {
	s.blankSpace()
	if s.pos >= len(s.text) {
		return
	}
	if c := s.text[s.pos]; c != '\n' && c != '#' {
		s.trailingFault(n)
	}
}

// blankSpace moves over blanks, but not to another line.
func (s *scanner) blankSpace() {
	for s.pos < len(s.text) && (s.text[s.pos] == ' ' || s.text[s.pos] == '\t') {
		s.pos++
	}
}

// lineEnd returns the offset of the newline after off, or the end of the text.
func (s *scanner) lineEnd(off int) int {
	off = min(off, len(s.text))
	if i := strings.IndexByte(s.text[off:], '\n'); i >= 0 {
		return off + i
	}
	return len(s.text)
}

// repaired returns the text without what the library must not see. Offsets and
// lines stay what they were.
func (d *document) repaired() string {
	if len(d.blanks) == 0 {
		return d.src.text
	}
	text := []byte(d.src.text)
	for _, b := range d.blanks {
		for i := b.start; i < b.end; i++ {
			// Newlines stay, so that all places stay what they are.
			if text[i] != '\n' {
				text[i] = ' '
			}
		}
	}
	return string(text)
}
