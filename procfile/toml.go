package procfile

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/BurntSushi/toml"
)

// maxRetries is how many statements that the library refuses are reported at
// once. Each costs one more pass over the file.
const maxRetries = 20

// decode lets the library read what the scanner understood, and attaches the
// values to the tree. Each statement that the library refuses becomes a problem
// and is left out. It reports whether the tree has values.
func (d *document) decode() bool {
	// The library stops at its first error. So that all come at once, what it is about is
	// blanked out, and the rest is read again.
	for range maxRetries {
		var values map[string]any
		err := unmarshal(d.repaired(), &values)
		if err == nil {
			return d.attach(values)
		}
		var pe toml.ParseError
		if !errors.As(err, &pe) || !d.refuse(pe) {
			d.problems = append(d.problems, problem{msg: "this file is not TOML: " + err.Error()})
			return false
		}
		if d.vague {
			return false
		}
	}
	return false
}

// attach gives the tree its values. Scanner and library agree about every file
// known to us; where they ever do not, saying so is better than guessing.
func (d *document) attach(values map[string]any) bool {
	if d.root.attachTable(values) {
		return true
	}
	d.problems = append(d.problems, problem{msg: "the tables of this file cannot be told apart", hint: "write each table once, with all its keys below it"})
	return false
}

// unmarshal turns a panic of the library into an error: whatever the bytes are,
// the caller gets an answer.
func unmarshal(text string, values *map[string]any) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	_, err = toml.Decode(text, values)
	return err
}

// refuse notes the library's error and blanks the statement it is about.
func (d *document) refuse(pe toml.ParseError) bool {
	off := max(0, min(pe.Position.Start, len(d.src.text)))
	i := sort.Search(len(d.stmts), func(i int) bool { return d.stmts[i].start > off }) - 1
	if i < 0 {
		return false
	}
	stmt := d.stmts[i]
	d.problems = append(d.problems, d.reword(pe, stmt))
	d.blanks = append(d.blanks, stmt.span)
	// Without a header, the keys below it would go to the table above.
	if stmt.header || stmt.node == nil || stmt.node.kind == brokenNode {
		d.vague = true // a header, or a statement refused twice: give up
		return true
	}
	stmt.node.breakUp()
	return true
}

// The library's messages that are said in other words.
var (
	badEscape = lazy(`^invalid escape in string '(\\.*)'$`)
	hexEscape = lazy(`^expected (\w+) hexadecimal digits after '(\\.)'`)
	badNumber = lazy(`^Invalid (integer|float) "(.*)": (.*)$`)
	badRange  = lazy(`^(.*) is out of range for (int|float)64$`)
	badDate   = lazy(`^invalid datetime: (".*")$`)
	defined   = lazy(`^Key '(.*)' (has already been defined|was already created.*)\.$`)
)

// reword says the library's message in the words of the rest.
func (d *document) reword(pe toml.ParseError, stmt statement) problem {
	at := d.faultSpan(pe, stmt)
	p := problem{at: at, msg: strings.ToLower(pe.Message[:min(1, len(pe.Message))]) + pe.Message[min(1, len(pe.Message)):]}
	if m := badEscape().FindStringSubmatch(pe.Message); m != nil {
		p.msg = m[1] + " means nothing in a text between double quotes"
		p.hint = `write \` + m[1] + `, or put the text between single quotes, where \ is an ordinary character`
	} else if m := hexEscape().FindStringSubmatch(pe.Message); m != nil {
		p.msg = m[2] + " wants " + m[1] + " hexadecimal digits after it"
		p.hint = `write \` + m[2] + `, or put the text between single quotes, where \ is an ordinary character`
	} else if m := badNumber().FindStringSubmatch(pe.Message); m != nil {
		p.msg = m[2] + " is not a number: " + strings.Replace(m[3], "leading zeroes", "leading zeros", 1)
		p.hint = "a text needs quotes: " + literal(m[2])
	} else if m := badRange().FindStringSubmatch(pe.Message); m != nil {
		p.msg = "the number " + m[1] + " is too large"
	} else if m := badDate().FindStringSubmatch(pe.Message); m != nil {
		p.msg = "there is no date or time " + m[1]
	} else if m := defined().FindStringSubmatch(pe.Message); m != nil {
		p.msg, p.hint = quote(m[1])+" is written twice", "remove one of the two"
	}
	return p
}

// faultSpan is where the library's error is shown: its own place when that is
// within the statement, else the whole statement.
func (d *document) faultSpan(pe toml.ParseError, stmt statement) span {
	at := span{pe.Position.Start, pe.Position.Start + max(1, pe.Position.Len)}
	if badEscape().MatchString(pe.Message) || hexEscape().MatchString(pe.Message) {
		// The library's place is the text up to the escape: point to the escape.
		if i := strings.LastIndexByte(d.src.text[at.start:min(at.end, stmt.end)], '\\'); i >= 0 {
			return span{at.start + i, at.start + i + 2}
		}
	}
	if at.start < stmt.start || at.start >= stmt.end {
		return stmt.span
	}
	return at
}
