package procfile

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// This file words what the scanner does not understand. Each method is called
// where the scanner stands at the fault, and leaves it there or behind it.

// quote puts a word of the file into a message, cut when it is very long.
func quote(word string) string {
	const long = 60
	if utf8.RuneCountInString(word) > long {
		word = string([]rune(word)[:long]) + "…"
	}
	return strconv.Quote(word)
}

// literal writes a text as a TOML value, with the quotes that need no escapes.
func literal(text string) string {
	if strings.ContainsAny(text, `"\`) && !strings.ContainsAny(text, "'\n") {
		return "'" + text + "'"
	}
	return strconv.Quote(text)
}

// rest returns what stands from off to the end of its line, without a comment.
func (s *scanner) rest(off int) span {
	text := s.text[off:s.lineEnd(off)]
	// Perhaps within a text: this only says how much is underlined.
	if i := strings.Index(text, " #"); i >= 0 {
		text = text[:i]
	}
	return span{off, off + len(strings.TrimRight(text, " \t"))}
}

// runeAt returns the rune at an offset as text.
func (s *scanner) runeAt(off int) string {
	_, size := utf8.DecodeRuneInString(s.text[off:])
	return s.text[off : off+size]
}

// statementHint is what a line may be, for all that are nothing of it.
const statementHint = "want key = value, or [name] for a service"

// keyFault: a statement does not begin with a key.
func (s *scanner) keyFault(start int) {
	line := s.rest(start)
	if s.pos >= len(s.text) || s.text[s.pos] == '\n' {
		if c := s.text[start]; c == '"' || c == '\'' {
			s.fail(line, "the quote of this key is not closed", "")
			return
		}
		s.fail(line, "a name is missing after the dot", "")
		return
	}
	c := s.runeAt(s.pos)
	at := span{s.pos, s.pos + len(c)}
	// From the special to the general: what people of other formats write is told as
	// such, the rest as what TOML lacks there.
	switch {
	case s.pos > start && c != "=":
		s.fail(at, "a key cannot hold "+quote(c)+" without quotes", "keys are letters, digits, _ and -; others go between quotes")
	case s.pos > start:
		s.fail(at, "a name is missing after the dot", "")
	case c == "{" && len(s.stmts) == 0:
		s.stop(at, "this file looks like JSON (want TOML)", statementHint)
	case c == "=":
		s.fail(at, `a key is missing before "="`, statementHint)
	case c == ";" || strings.HasPrefix(s.text[s.pos:], "//"):
		s.fail(line, "this is not a comment in TOML", "a comment begins with #")
	default:
		s.fail(at, "a line cannot begin with "+quote(c), statementHint)
	}
}

// separatorFault: no "=" after a key.
func (s *scanner) separatorFault(start int, parts []keyPart) {
	// The key is known, so the hint can be the line as it should be.
	line, key := s.rest(start), pathText(parts)
	if strings.Trim(key, "-") == "" {
		s.fail(line, "this looks like YAML (want TOML)", statementHint)
		return
	}
	if s.pos >= line.end {
		s.fail(line, quote(key)+` has no value (want "=" and a value)`, statementHint)
		return
	}
	c := s.runeAt(s.pos)
	at := span{s.pos, s.pos + len(c)}
	value := strings.TrimSpace(strings.TrimPrefix(s.text[s.pos:line.end], c))
	if i := strings.IndexAny(value, ",}"); i >= 0 && s.nested > 0 {
		value = strings.TrimSpace(value[:i])
	}
	switch {
	case c == ":" && len(parts) == 1 && !s.words.has(key) && s.nested == 0:
		s.procfileLine(line, key, value)
	case c == ":":
		s.fail(at, `a key and its value are joined by "=" in TOML, not by ":"`, "write "+key+" = "+asValue(value))
	case key == "export" && c != "=":
		s.fail(line, "variables are not exported in a Devgatefile", `they go into a table: env = { NAME = "value" }`)
	case s.pos == parts[len(parts)-1].at.end:
		s.fail(at, "a key cannot hold "+quote(c)+" without quotes", "keys are letters, digits, _ and -; others go between quotes")
	default:
		s.fail(at, `"=" is missing after `+quote(key), "write "+key+" = "+asValue(strings.TrimSpace(s.text[s.pos:line.end])))
	}
}

// procfileLine: the file mixes the two formats, so tell how the line reads in TOML.
func (s *scanner) procfileLine(line span, name, command string) {
	n := s.src.position(line.start).Line
	if command == "" {
		s.fail(line, fmt.Sprintf("line %d looks like YAML (want TOML)", n), "write ["+name+"]")
		return
	}
	s.fail(line, fmt.Sprintf("line %d looks like a Procfile line, but this file is TOML", n),
		"write\n["+name+"]\ncommand = "+literal(command))
}

// asValue writes what a person meant as a value: as it is when it is one already.
func asValue(text string) string {
	if text == "" {
		return "..."
	}
	switch c := text[0]; {
	case c == '"' || c == '\'' || c == '[' || c == '{',
		text == "true", text == "false", numberForm().MatchString(text):
		return text
	}
	return literal(text)
}

// missingValue: nothing, or no beginning of a value, behind the "=".
func (s *scanner) missingValue(n *node) {
	at := span{s.pos, s.pos + 1}
	if s.pos >= len(s.text) || strings.ContainsRune("\n#,", rune(s.text[s.pos])) {
		s.fail(at, quote(n.key)+" has no value", "")
		return
	}
	s.fail(at, "unexpected "+quote(s.runeAt(s.pos))+" (want a value)", "")
}

// curly are quotes as word processors and web pages make them.
var curly = lazy("^[“”„‟‘’«»`´]")

// unquoted: a value that is neither a number nor a date, true or false.
func (s *scanner) unquoted(n *node, start int) {
	at := s.rest(start)
	if s.nested > 0 {
		if i := strings.IndexAny(s.text[at.start:at.end], ",]}"); i >= 0 {
			at.end = at.start + len(strings.TrimRight(s.text[at.start:at.start+i], " \t"))
		}
	}
	text := s.text[at.start:at.end]
	// All of it is one fault, also "my shop", of which the scanner has read a word.
	s.pos = max(s.pos, at.end)
	write := "write " + n.key + " = "
	if s.nested > 0 {
		write = "write "
	}
	switch word := strings.ToLower(text); {
	case curly().MatchString(text):
		inner := strings.Trim(text, "“”„‟‘’«»`´")
		s.fail(at, `a text is written in straight quotes (" or ')`, write+literal(inner))
	case word == "true" || word == "yes" || word == "on":
		s.fail(at, text+" is not a value of TOML", write+"true")
	case word == "false" || word == "no" || word == "off":
		s.fail(at, text+" is not a value of TOML", write+"false")
	case word == "null" || word == "nil" || word == "none" || word == "~":
		s.fail(at, text+" is not a value of TOML", "remove the line to leave "+quote(n.key)+" unset")
	case n.key == "port" && s.nested == 0 && word != "auto":
		s.fail(at, `"port" must be a number from 1 to 65535 or "auto", not `+quote(text), "write port = 3000")
	case strings.ContainsAny(text[:1], "0123456789+-"):
		s.fail(at, quote(text)+" is neither a number nor a text in quotes", "a text needs quotes: "+strings.TrimPrefix(write, "write ")+literal(text))
	default:
		s.fail(at, "a text needs quotes", write+literal(text))
	}
}

// unclosedText: a quote without its partner on the line.
func (s *scanner) unclosedText(n *node, start int) {
	q := s.text[start : start+1]
	at := span{start, start + len(strings.TrimRight(s.text[start:s.pos], " \t"))}
	hint := "a text over several lines goes between " + strings.Repeat(q, 3) + " and " + strings.Repeat(q, 3)
	if s.nested == 0 && at.end > start+1 {
		hint = "write " + n.key + " = " + literal(s.text[start+1:at.end]) + "; " + hint
	}
	s.fail(at, "this text is not closed (want "+q+" at its end)", hint)
}

// trailingFault: something stands behind a complete statement.
func (s *scanner) trailingFault(n *node) {
	at := s.rest(s.pos)
	text := s.text[at.start:at.end]
	// What stands in front tells most: a quote that closed too early is the usual case.
	before := s.text[max(0, s.pos-80):s.pos]
	before = strings.TrimRight(before, " \t")
	switch {
	case text == "," || text == ";":
		s.fail(at, "unexpected "+quote(text)+" after the value", "lines end without one")
	case strings.HasPrefix(text, "//") || strings.HasPrefix(text, ";"):
		s.fail(at, "this is not a comment in TOML", "a comment begins with #")
	case strings.HasSuffix(before, `"`):
		s.fail(at, "this stands behind the closing quote", `a text that holds " is written between single quotes: 'say "hi"'`)
	case strings.HasSuffix(before, "'"):
		s.fail(at, "this stands behind the closing quote", `a text that holds ' is written between double quotes: "it's"`)
	case n != nil && n.declared && n.kind == tableNode && strings.HasSuffix(before, "]"):
		s.fail(at, "nothing may follow a table header on its line", "put it on the next line")
	default:
		s.fail(at, "unexpected "+quote(text)+" after the value", "a line holds one key and one value")
	}
	s.pos = at.end
}

// headerFault: a line that begins with "[" is not a table header.
func (s *scanner) headerFault(start int) {
	line := s.rest(start)
	if s.pos >= len(s.text) || s.pos >= line.end {
		s.fail(line, `this table header is not closed (want "]")`, "write "+strings.TrimRight(s.text[start:line.end], " \t")+"]")
		return
	}
	// The header is closed somewhere: what stands within it is at fault.
	c := s.runeAt(s.pos)
	at := span{s.pos, s.pos + len(c)}
	if strings.Trim(s.text[start:line.end], "[] \t") == "" {
		s.fail(line, "a table needs a name", "write [name]")
		return
	}
	if c == " " || s.pos > start && strings.ContainsRune(" \t", rune(s.text[s.pos-1])) {
		s.fail(line, "a service name cannot hold a blank", "names are letters, digits, _ and -")
		return
	}
	if strings.HasSuffix(strings.TrimRight(s.text[start:s.pos], " \t"), ".") {
		s.fail(at, "a name is missing after the dot", "")
		return
	}
	s.fail(at, "a table header cannot hold "+quote(c)+" here", "names are letters, digits, _ and -")
}

// statementForm matches a line that begins a statement of its own: where it shows
// up inside a list, the list was not closed.
var statementForm = lazy(`^([A-Za-z0-9_.-]+[ \t]*=|\[[A-Za-z0-9_.-]+\][ \t]*(#[^\n]*)?(\n|$))`)

// beginsStatement reports whether a line begins at off, and with a statement.
func (s *scanner) beginsStatement(off int) bool {
	line := s.src.lines[s.src.lineAt(off)]
	return strings.TrimLeft(s.text[line:off], " \t") == "" && statementForm().MatchString(s.text[off:min(off+200, len(s.text))])
}

// itemFault: an item of a list is at fault, unless it is no item at all.
func (s *scanner) itemFault(open span, item int) {
	if s.beginsStatement(item) {
		s.fault = nil
		s.unclosed(open, ']')
	}
	s.stopped = true
}

// unclosed: the text, or the list, goes on where its end should have been. All
// that follows may be inside or outside of it, so the scan ends.
func (s *scanner) unclosed(open span, closing byte) {
	what := map[byte]string{']': "list", '}': "table"}[closing]
	hint := fmt.Sprintf("write %q at its end", string(closing))
	if s.pos < len(s.text) {
		hint = fmt.Sprintf("write %q at its end, before line %d", string(closing), s.src.position(s.pos).Line)
	}
	s.stop(open, fmt.Sprintf("this %s is not closed (want %q)", what, string(closing)), hint)
}

// missingComma: an item stands where a comma or the end should. On a new line that
// reads as a statement, the end is more likely missing than the comma.
func (s *scanner) missingComma(open span, closing byte, sameLine bool) {
	if !sameLine && s.beginsStatement(s.pos) {
		s.unclosed(open, closing)
		return
	}
	c := s.runeAt(s.pos)
	if strings.ContainsAny(c, `"'[{`) || isBare(c[0]) {
		s.stop(span{s.pos, s.pos + len(c)}, "a comma is missing before this", "")
		return
	}
	s.stop(span{s.pos, s.pos + len(c)}, fmt.Sprintf("unexpected %s (want %q or %q)", quote(c), ",", string(closing)), "")
}
