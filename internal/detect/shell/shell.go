package shell

import (
	"errors"
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// maxText is the length of a text that is taken apart; longer ones are programs.
const maxText = 16 << 10

// Line is a text for the shell.
type Line struct {
	Parts []Part // side by side: "a & b" has two
}

// Part is what runs beside the others.
type Part struct {
	Text  string    // as it is written
	Start int       // the offset of Text in what was parsed
	Steps []Command // one after the other: "a && b" and "a; b" have two
	Stage int       // how many of Steps have run before the rest is put beside what follows

	// Open: a word that is put behind Text becomes an argument of the last step. It
	// does not after a pipe, a closing bracket or "||".
	Open bool
}

// Command is one simple command.
type Command struct {
	Text  string // as it is written, variables included
	Env   []Var
	Words []Word

	// Start is the offset of Text in the text that was parsed.
	Start int

	// Exported: it is nothing but an export of Env, to all that follows.
	Exported bool

	// Strange: it is no simple command (a loop, a function, a case), or its
	// program's name is only known when it runs.
	Strange bool
}

// Var is a variable that is set for a command.
type Var struct {
	Name, Value string
	Plain       bool // Value is what the program gets
}

// Word is one word of a command.
type Word struct {
	// Where nothing expands the shell hands on this very text.
	Text  string // without quotes; expansions ("$PORT") as they are written
	Plain bool   // Text is what the program gets
	Start int    // offsets in Command.Text
	End   int
}

// Texts returns the words' texts.
func (c Command) Texts() []string {
	all := make([]string, len(c.Words))
	for i, w := range c.Words {
		all[i] = w.Text
	}
	return all
}

// Parse takes a text apart. The error says what the shell would not understand.
func Parse(text string) (Line, error) {
	// The parser is fast, but it recurses, and nobody writes a dev script of this length.
	if len(text) > maxText {
		return Line{}, errors.New("a text of more than 16 KiB")
	}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err != nil {
		var pe syntax.ParseError
		// Its position is one in a text that no file has in this form: it would mislead.
		if errors.As(err, &pe) {
			return Line{}, errors.New(pe.Text)
		}
		return Line{}, fmt.Errorf("parse: %w", err)
	}
	s := &splitter{text: text}
	return Line{Parts: s.statements(file.Stmts)}, nil
}

type splitter struct{ text string }

// statements groups what is separated by "&" into parts, and what is separated by
// ";" or a line's end into the steps of one.
func (s *splitter) statements(stmts []*syntax.Stmt) []Part {
	var parts []Part
	var current *Part
	var from uint
	for _, stmt := range stmts {
		// Only a group that is the whole text is opened here; beside others it is a step
		// of its part.
		if inner := group(stmt); inner != nil && len(stmts) == 1 {
			return closed(s.statements(inner))
		}
		if current == nil {
			from = stmt.Pos().Offset()
			parts = append(parts, Part{Open: true, Start: int(from)})
			current = &parts[len(parts)-1]
		}
		// What ran before this statement holds for the parts beside it.
		current.Stage = len(current.Steps)
		s.statement(current, stmt)
		current.Text = s.slice(from, end(stmt))
		if stmt.Background {
			current = nil
		}
	}
	return parts
}

// end is where a statement ends, without a "&" or ";" behind it.
// stmt.End() would count the "&" in, which must not become part of a command.
func end(stmt *syntax.Stmt) uint {
	at := stmt.Pos().Offset()
	if stmt.Cmd != nil {
		at = stmt.Cmd.End().Offset()
	}
	for _, r := range stmt.Redirs {
		at = max(at, r.End().Offset())
	}
	return at
}

// group returns the statements within (…) or {…;}.
// With redirections or a "!" it is not the same as what stands in it.
func group(stmt *syntax.Stmt) []*syntax.Stmt {
	if stmt.Negated || len(stmt.Redirs) > 0 {
		return nil
	}
	switch c := stmt.Cmd.(type) {
	case *syntax.Subshell:
		return c.Stmts
	case *syntax.Block:
		return c.Stmts
	}
	return nil
}

func closed(parts []Part) []Part {
	for i := range parts {
		parts[i].Open = false
	}
	return parts
}

// statement adds the steps of a statement to a part.
func (s *splitter) statement(p *Part, stmt *syntax.Stmt) {
	if inner := group(stmt); inner != nil {
		p.Open = false
		for _, sub := range inner {
			s.statement(p, sub)
		}
		p.Open = false
		return
	}
	binary, ok := stmt.Cmd.(*syntax.BinaryCmd)
	if !ok {
		p.Steps = append(p.Steps, s.command(stmt))
		// Words behind a redirection still belong to the command; behind a here-document
		// they would be its text.
		p.Open = len(stmt.Redirs) == 0 || !hasHereDocument(stmt)
		return
	}
	s.statement(p, binary.X)
	if binary.Op == syntax.AndStmt {
		s.statement(p, binary.Y)
		return
	}
	p.Open = false // "a | b", "a || b": a is what runs, what is put behind is b's
}

func hasHereDocument(stmt *syntax.Stmt) bool {
	for _, r := range stmt.Redirs {
		if r.Hdoc != nil {
			return true
		}
	}
	return false
}

func (s *splitter) command(stmt *syntax.Stmt) Command {
	start := stmt.Pos().Offset()
	c := Command{Text: s.slice(start, end(stmt)), Start: int(start)}
	switch cmd := stmt.Cmd.(type) {
	case *syntax.CallExpr:
		for _, a := range cmd.Assigns {
			c.Env = append(c.Env, s.variable(a))
		}
		for _, w := range cmd.Args {
			c.Words = append(c.Words, s.word(w, start))
		}
		// "! x" turns the result around, and with "$CMD x" nobody knows the program.
		c.Strange = stmt.Negated || len(c.Words) > 0 && !c.Words[0].Plain
	case *syntax.DeclClause: // export A=1
		// "declare", "local" and "readonly" come here, too, and reach no other program.
		c.Exported = cmd.Variant.Value == "export"
		for _, a := range cmd.Args {
			if a.Name != nil {
				c.Env = append(c.Env, s.variable(a))
			}
		}
	default:
		c.Strange = true
	}
	return c
}

func (s *splitter) variable(a *syntax.Assign) Var {
	v := Var{Plain: true}
	if a.Name != nil {
		v.Name = a.Name.Value
	}
	if a.Value != nil {
		w := s.word(a.Value, 0)
		v.Value, v.Plain = w.Text, w.Plain
	}
	return v
}

// Offsets are within the command, as its text may be cut out and moved.
func (s *splitter) word(w *syntax.Word, base uint) Word {
	word := Word{Start: int(w.Pos().Offset() - base), End: int(w.End().Offset() - base), Plain: true}
	var b strings.Builder
	for _, part := range w.Parts {
		s.wordPart(&b, &word, part)
	}
	word.Text = b.String()
	return word
}

func (s *splitter) wordPart(b *strings.Builder, word *Word, part syntax.WordPart) {
	switch p := part.(type) {
	case *syntax.Lit:
		b.WriteString(unescape(p.Value))
	case *syntax.SglQuoted:
		b.WriteString(p.Value)
	case *syntax.DblQuoted:
		for _, inner := range p.Parts {
			if lit, ok := inner.(*syntax.Lit); ok {
				b.WriteString(unescapeQuoted(lit.Value))
				continue
			}
			s.wordPart(b, word, inner)
		}
	default:
		word.Plain = false
		b.WriteString(s.slice(part.Pos().Offset(), part.End().Offset()))
	}
}

// unescape takes the backslashes of a bare word away.
// Each may stand before a line's end, which both then vanish.
func unescape(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			i++
			if text[i] == '\n' {
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// unescapeQuoted does so within double quotes, where only some characters need one.
func unescapeQuoted(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) && strings.IndexByte("$`\"\\\n", text[i+1]) >= 0 {
			i++
			if text[i] == '\n' {
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// Offsets of the parser are clamped: on a text that it repairs they may lie behind the
// end.
func (s *splitter) slice(from, to uint) string {
	n := uint(len(s.text))
	return s.text[min(from, to, n):min(max(from, to), n)]
}
