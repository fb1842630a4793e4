package jsconf

import "strings"

// maxText bounds the work: each search for a key goes over the whole text.
const maxText = 256 << 10

// kind is what a token is.
type kind byte

const (
	word kind = iota
	number
	text     // a string; its content in value
	template // `…`; the raw content in value
	regex
	mark // punctuation
)

// token is a piece of the source.
type token struct {
	kind  kind
	value string
	depth int // brackets around it
	match int // of a bracket: the index of its partner; -1: none
}

func (t token) is(mark_ string) bool { return t.kind == mark && t.value == mark_ }
func (t token) isWord(w string) bool { return t.kind == word && t.value == w }

// marks of more than one character, longer ones first.
var marks = []string{"===", "!==", "...", "**=", "&&=", "||=", "??=", "=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/="}

type lexer struct {
	src    string
	at     int
	tokens []token
	open   []int // indexes of the brackets that are open
}

// lex never fails: a character that begins nothing is a mark.
func lex(src string) []token {
	// A cut text reads like one whose brackets are left open.
	l := &lexer{src: src[:min(len(src), maxText)]}
	for l.skipBlank(); l.at < len(l.src); l.skipBlank() {
		l.next()
	}
	return l.tokens
}

// skipBlank goes over blanks and comments.
func (l *lexer) skipBlank() {
	for l.at < len(l.src) {
		rest := l.src[l.at:]
		switch {
		case strings.IndexByte(" \t\r\n", rest[0]) >= 0:
			l.at++
		case strings.HasPrefix(rest, "//"):
			l.at += endOf(rest, "\n", 2)
		case strings.HasPrefix(rest, "/*"):
			l.at += endOf(rest, "*/", 2)
		default:
			return
		}
	}
}

// endOf is the offset behind the first end from a place on, or the text's end.
func endOf(s, end string, from int) int {
	if i := strings.Index(s[from:], end); i >= 0 {
		return from + i + len(end)
	}
	return len(s)
}

func (l *lexer) next() {
	c := l.src[l.at]
	switch {
	case c == '"' || c == '\'':
		l.quoted(c, text)
	case c == '`':
		l.quoted(c, template)
	// Hexadecimal numbers and exponents come along as words would; they are no ports.
	case c >= '0' && c <= '9':
		l.run(number, func(c byte) bool { return isLetter(c) || c >= '0' && c <= '9' || c == '.' })
	case isLetter(c):
		l.run(word, func(c byte) bool { return isLetter(c) || c >= '0' && c <= '9' })
	case c == '/' && l.regexMayBegin():
		l.regex()
	default:
		l.mark()
	}
}

func isLetter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$' || c >= 0x80
}

func (l *lexer) add(k kind, value string) {
	l.tokens = append(l.tokens, token{kind: k, value: value, depth: len(l.open), match: -1})
}

func (l *lexer) run(k kind, in func(byte) bool) {
	start := l.at
	for l.at < len(l.src) && in(l.src[l.at]) {
		l.at++
	}
	l.add(k, l.src[start:l.at])
}

// quoted reads a string or a template. Of a template the raw text is kept, as its
// parts are read later.
// What stands in "${…}" may hold quotes and braces of its own; only the braces are
// counted.
func (l *lexer) quoted(quote byte, k kind) {
	start := l.at + 1
	nested := 0
	for l.at++; l.at < len(l.src); l.at++ {
		c := l.src[l.at]
		switch {
		case c == '\\':
			l.at++
		case k == template && c == '$' && strings.HasPrefix(l.src[l.at:], "${"):
			nested++
			l.at++
		case nested > 0:
			if c == '}' {
				nested--
			}
		// A string ends at its line in any case, so one open quote does not take the rest
		// of the file with it.
		case c == quote, k == text && c == '\n':
			l.addQuoted(k, l.src[start:l.at])
			l.at++
			return
		}
	}
	l.at = len(l.src)
	l.addQuoted(k, l.src[min(start, len(l.src)):])
}

func (l *lexer) addQuoted(k kind, raw string) {
	if k == text {
		raw = unescape(raw)
	}
	l.add(k, raw)
}

// unescape resolves the escapes that paths and addresses have.
func unescape(raw string) string {
	if !strings.Contains(raw, `\`) {
		return raw
	}
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		if raw[i] == '\\' && i+1 < len(raw) {
			i++
			switch raw[i] {
			case 'n':
				b.WriteByte('\n')
				continue
			case 't':
				b.WriteByte('\t')
				continue
			}
		}
		b.WriteByte(raw[i])
	}
	return b.String()
}

// regexMayBegin tells a regular expression from a division by what stands before.
// Behind a value "/" divides, behind an operator or the beginning it opens an expression.
func (l *lexer) regexMayBegin() bool {
	if len(l.tokens) == 0 {
		return true
	}
	last := l.tokens[len(l.tokens)-1]
	switch last.kind {
	case mark:
		return last.value != ")" && last.value != "]" && last.value != "}"
	case word:
		return last.value == "return" || last.value == "typeof" || last.value == "case"
	}
	return false
}

func (l *lexer) regex() {
	start, class := l.at, false
	for l.at++; l.at < len(l.src) && l.src[l.at] != '\n'; l.at++ {
		switch c := l.src[l.at]; {
		case c == '\\':
			l.at++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			l.at++
			for l.at < len(l.src) && isLetter(l.src[l.at]) {
				l.at++
			}
			l.add(regex, l.src[start:l.at])
			return
		}
	}
	l.at = min(l.at, len(l.src))
	l.add(regex, l.src[start:l.at])
}

func (l *lexer) mark() {
	for _, m := range marks {
		if strings.HasPrefix(l.src[l.at:], m) {
			l.at += len(m)
			l.add(mark, m)
			return
		}
	}
	c := l.src[l.at : l.at+1]
	l.at++
	switch c {
	case "(", "[", "{":
		l.add(mark, c)
		l.open = append(l.open, len(l.tokens)-1)
	case ")", "]", "}":
		l.closeBracket(c)
	default:
		l.add(mark, c)
	}
}

// closeBracket pairs a bracket with the one that it closes. One that closes
// nothing is a mark as any other.
func (l *lexer) closeBracket(c string) {
	if n := len(l.open); n > 0 && partner(l.tokens[l.open[n-1]].value) == c {
		first := l.open[n-1]
		l.open = l.open[:n-1]
		l.add(mark, c)
		l.tokens[first].match, l.tokens[len(l.tokens)-1].match = len(l.tokens)-1, first
		return
	}
	l.add(mark, c)
}

func partner(open string) string {
	switch open {
	case "(":
		return ")"
	case "[":
		return "]"
	}
	return "}"
}
