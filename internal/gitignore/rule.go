package gitignore

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// rule is one line of a .gitignore.
type rule struct {
	negated    bool           // starts with "!"
	folderOnly bool           // ends with "/"
	anchored   bool           // has a "/" elsewhere: matched against the whole path
	text       string         // the pattern
	kind       ruleKind       //
	re         *regexp.Regexp // for wildRule
}

// ruleKind tells the quick cases, which are most, from the others.
type ruleKind uint8

const (
	wildRule   ruleKind = iota // re decides
	exactRule                  // no wildcards: equal to text
	suffixRule                 // "*" and then no wildcards: ends in text
	neverRule                  // malformed: Git lets it match nothing
)

// wildcards are the bytes that are not themselves in a pattern.
const wildcards = `*?[\`

// parseRules reads the text of a .gitignore.
func parseRules(src string) []rule {
	var rules []rule
	src = strings.TrimPrefix(src, "\ufeff")
	for line := range strings.SplitSeq(src, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if strings.HasPrefix(line, "#") {
			continue
		}
		if r, ok := parseRule(trimSpaces(line)); ok {
			rules = append(rules, r)
		}
	}
	return rules
}

// trimSpaces takes off trailing spaces that no backslash protects.
func trimSpaces(line string) string {
	end := len(line)
	for end > 0 && line[end-1] == ' ' {
		end--
	}
	slashes := len(line[:end]) - len(strings.TrimRight(line[:end], `\`))
	if end < len(line) && slashes%2 == 1 {
		end++ // the protected one
	}
	return line[:end]
}

// parseRule reads one line, which is neither empty nor a comment.
func parseRule(line string) (rule, bool) {
	var r rule
	line, r.negated = strings.CutPrefix(line, "!")
	line, r.folderOnly = strings.CutSuffix(line, "/")
	if line == "" {
		return rule{}, false
	}
	r.anchored = strings.Contains(line, "/")
	line = strings.TrimPrefix(line, "/")
	r.text = line
	switch {
	case !strings.ContainsAny(line, wildcards):
		r.kind = exactRule
	case !r.anchored && line[0] == '*' && !strings.ContainsAny(line[1:], wildcards):
		r.kind, r.text = suffixRule, line[1:]
	default:
		expr, ok := translate(line)
		if !ok {
			r.kind = neverRule
			break
		}
		r.re = regexp.MustCompile(`(?s)\A(?:` + expr + `)\z`)
	}
	return r, true
}

// match reports whether the rule names rel, a path seen from the .gitignore's
// folder, whose last segment is name.
func (r *rule) match(rel, name string, folder bool) bool {
	if r.folderOnly && !folder {
		return false
	}
	text := name
	if r.anchored {
		text = rel
	}
	switch r.kind {
	case exactRule:
		return text == r.text
	case suffixRule:
		return strings.HasSuffix(text, r.text)
	case wildRule:
		return r.re.MatchString(bytewise(text))
	}
	return false
}

// bytewise returns text with each byte as a character of its own: Git compares
// bytes, and names need not be UTF-8.
func bytewise(text string) string {
	if strings.IndexFunc(text, func(c rune) bool { return c >= utf8.RuneSelf }) < 0 {
		return text
	}
	var b strings.Builder
	for i := range len(text) {
		b.WriteRune(rune(text[i]))
	}
	return b.String()
}

// translate turns a pattern into a regular expression, and so into a matcher
// whose time is linear whatever the pattern. False: the pattern is malformed.
// It is not doublestar, since Git differs: braces are text, classes may be
// POSIX ones, a malformed pattern matches nothing.
func translate(pattern string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(pattern); {
		switch c := pattern[i]; c {
		case '*':
			i += translateStars(&b, pattern, i)
		case '?':
			b.WriteString(`[^/]`)
			i++
		case '[':
			class, n, ok := translateClass(pattern[i:])
			if !ok {
				return "", false
			}
			b.WriteString(class)
			i += n
		case '\\':
			if i++; i == len(pattern) {
				return "", false
			}
			fallthrough
		default:
			b.WriteString(regexp.QuoteMeta(bytewise(pattern[i : i+1])))
			i++
		}
	}
	return b.String(), true
}

// translateStars writes the run of stars at i and returns how much it has read.
// Two or more between slashes, or at an end, span folders; others do not. Git
// compares the text before the first wildcard apart, so that stars which follow
// it stand at a beginning too.
func translateStars(b *strings.Builder, pattern string, i int) int {
	n := len(pattern[i:]) - len(strings.TrimLeft(pattern[i:], "*"))
	after := pattern[i+n:]
	spans := n > 1 && (i == strings.IndexAny(pattern, wildcards) || pattern[i-1] == '/')
	switch {
	case spans && after == "":
		b.WriteString(`.*`)
	case spans && after[0] == '/':
		b.WriteString(`(?:.*/)?`)
		return n + 1
	case spans && strings.HasPrefix(after, `\/`):
		b.WriteString(`.*`)
	default:
		b.WriteString(`[^/]*`)
	}
	return n
}

// translateClass reads a bracket expression and returns it as one that never
// matches a slash, and how long it was.
func translateClass(pattern string) (class string, n int, ok bool) {
	c := classReader{src: pattern, i: 1}
	negated := c.i < len(pattern) && (pattern[c.i] == '!' || pattern[c.i] == '^')
	if negated {
		c.i++
	}
	for first := true; first || c.peek() != ']'; first = false {
		if !c.item() {
			return "", 0, false
		}
	}
	return c.expression(negated), c.i + 1, true
}

// classReader collects the bytes that a bracket expression names.
type classReader struct {
	src  string
	i    int
	prev int // the last single byte, which may begin a range; 0: none
	set  [256]bool
}

// peek returns the next byte, 0 at the end.
func (c *classReader) peek() byte {
	if c.i < len(c.src) {
		return c.src[c.i]
	}
	return 0
}

// next takes a byte, and with a backslash the one after it.
func (c *classReader) next() (byte, bool) {
	if c.peek() == '\\' {
		c.i++
	}
	b := c.peek()
	c.i++
	return b, b != 0
}

// item reads a byte, a range or a named class.
func (c *classReader) item() bool {
	switch {
	case c.peek() == '-' && c.prev != 0 && c.i+1 < len(c.src) && c.src[c.i+1] != ']':
		return c.span()
	case strings.HasPrefix(c.src[min(c.i, len(c.src)):], "[:"):
		return c.named()
	}
	b, ok := c.next()
	c.set[b], c.prev = true, int(b)
	return ok
}

// span reads the second half of a range.
func (c *classReader) span() bool {
	c.i++
	hi, ok := c.next()
	for b := c.prev; b <= int(hi); b++ {
		c.set[b] = true
	}
	c.prev = 0
	return ok
}

// named reads a class like [:alpha:]. Without its end it is a lone bracket.
func (c *classReader) named() bool {
	end := strings.IndexByte(c.src[c.i+2:], ']')
	if end < 0 {
		return false
	}
	name, ok := strings.CutSuffix(c.src[c.i+2:c.i+2+end], ":")
	if !ok {
		c.i++
		c.set['['], c.prev = true, '['
		return true
	}
	re, err := regexp.Compile(`\A[[:` + name + `:]]`)
	if err != nil || name == "word" { // Go's own, which Git does not know
		return false
	}
	for b := range 128 {
		c.set[b] = c.set[b] || re.MatchString(string(rune(b)))
	}
	c.i += end + 3
	c.prev = 0
	return true
}

// expression writes the set as a class of regexp.
func (c *classReader) expression(negated bool) string {
	var b strings.Builder
	for i := range 256 {
		if c.set[i] != negated && i != '/' {
			fmt.Fprintf(&b, `\x%02x`, i)
		}
	}
	if b.Len() == 0 {
		return `[^\x00-\x{10ffff}]` // matches nothing
	}
	return `[` + b.String() + `]`
}
