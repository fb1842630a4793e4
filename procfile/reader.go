package procfile

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"
)

// reader turns nodes into typed values and collects what is wrong with them. A
// value that is wrong reads as its zero value: its error is enough.
type reader struct {
	src      *source
	errs     ErrorList
	services []*Service          // in the order of the file
	byName   map[string]*Service // the same
	order    *node               // the value of `order`
	meant    map[string]bool     // keys of the current table that were written wrongly
	listed   map[string]bool     // tables whose keys were listed in a hint
	clean    bool                // the syntax has no fault
}

func newReader(src *source) *reader {
	return &reader{src: src, byName: map[string]*Service{}, meant: map[string]bool{}, listed: map[string]bool{}}
}

func (r *reader) service(name string) *Service { return r.byName[name] }

func (r *reader) addService(s *Service) {
	r.services = append(r.services, s)
	r.byName[s.Name] = s
}

// serviceNames lists the services for hints.
func (r *reader) serviceNames() []string {
	all := make([]string, len(r.services))
	for i, s := range r.services {
		all[i] = s.Name
	}
	return all
}

func (r *reader) fail(at span, msg, hint string) {
	r.errs = append(r.errs, r.src.errorAt(at, msg, hint))
}

// failFile reports what is wrong with the file as a whole.
func (r *reader) failFile(msg, hint string) {
	r.errs = append(r.errs, &Error{File: r.src.name, Pos: Position{1, 1}, Msg: msg, Hint: hint})
}

// want reports a value of the wrong kind.
func (r *reader) want(n *node, what, hint string) {
	r.fail(n.value, quote(n.key)+" must be "+what+", not "+r.describe(n), hint)
}

// nulBytes refuses what TOML can write and no program can be given.
func (r *reader) nulBytes(n *node) {
	if s, _ := n.val.(string); strings.ContainsRune(s, 0) {
		r.fail(n.value, "a text cannot hold a NUL byte", "")
	}
	for _, c := range n.keys {
		r.nulBytes(c)
	}
	for _, c := range n.items {
		r.nulBytes(c)
	}
}

// raw returns a value as it was written.
func (r *reader) raw(n *node) string { return r.src.text[n.value.start:n.value.end] }

// describe names what was found, for "must be ..., not ...".
func (r *reader) describe(n *node) string {
	switch v := n.val.(type) {
	case string:
		if v == "" {
			return "an empty text"
		}
		return "the text " + quote(v)
	case int64, float64:
		return "the number " + r.raw(n)
	case bool:
		return r.raw(n)
	case time.Time:
		return "the date " + r.raw(n)
	}
	if n.kind == listNode {
		return "a list"
	}
	return "a table"
}

// text reads a text that is not blank.
func (r *reader) text(n *node, what string) (string, bool) {
	s, ok := n.val.(string)
	if !ok || strings.TrimSpace(s) == "" {
		r.want(n, what, "")
		return "", false
	}
	return s, true
}

// boolean reads true or false. Words in quotes are refused, as "no" would be true
// in many languages.
func (r *reader) boolean(n *node) bool {
	b, ok := n.val.(bool)
	if ok {
		return b
	}
	hint := ""
	if s, _ := n.val.(string); s == "true" || s == "false" {
		hint = "write " + n.key + " = " + s + ", without quotes"
	}
	r.want(n, "true or false", hint)
	return false
}

// word reads one of some texts and returns its index; 0 when it is none of them.
func (r *reader) word(n *node, words ...string) int {
	s, _ := n.val.(string)
	for i, w := range words {
		if s == w {
			return i
		}
	}
	hint := ""
	if near := nearest(s, words); near != "" {
		hint = "did you mean " + quote(near) + "?"
	}
	r.want(n, oneOf(words), hint)
	return 0
}

// oneOf lists words as `"a", "b" or "c"`.
func oneOf(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = strconv.Quote(w)
	}
	last := len(quoted) - 1
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}

// items reads a list of texts; a single one is a list of one.
func (r *reader) items(n *node, what string) []*node {
	if n.kind != listNode {
		if _, ok := r.text(n, what+" or a list of them"); !ok {
			return nil
		}
		return []*node{n}
	}
	good := make([]*node, 0, len(n.items))
	for _, item := range n.items {
		if s, ok := item.val.(string); !ok || strings.TrimSpace(s) == "" {
			r.wantItem(item, what)
			continue
		}
		good = append(good, item)
	}
	return good
}

// wantItem is want for an item of a list.
func (r *reader) wantItem(item *node, what string) {
	r.fail(item.value, "an item of "+quote(item.key)+" must be "+what+", not "+r.describe(item), "")
}

// texts returns the values of items that are known to be texts.
func texts(items []*node) []string {
	all := make([]string, len(items))
	for i, item := range items {
		all[i] = item.val.(string)
	}
	return all
}

// path reads a folder. Whether it exists is not for a parser to say.
func (r *reader) path(n *node) string {
	s, _ := r.text(n, "a folder")
	return s
}

func (r *reader) paths(n *node) []string { return texts(r.items(n, "a file name")) }

func (r *reader) names(n *node) []string {
	return texts(r.items(n, "the name of a service"))
}

// port reads a number or "auto". What is wrong leaves the port as it was, so that
// rules about services without a port do not report it a second time.
func (r *reader) port(n *node, old Port) Port {
	const what = `a number from 1 to 65535 or "auto"`
	switch v := n.val.(type) {
	case string:
		if v == "auto" {
			return Port{Auto: true}
		}
		if _, err := strconv.ParseUint(v, 10, 16); err == nil {
			r.want(n, what, "write "+n.key+" = "+v+", without quotes")
			return old
		}
	case int64:
		if r.inRange(n, v) {
			return Port{Number: int(v)}
		}
		return old
	}
	r.want(n, what, "")
	return old
}

// inRange reports whether a number is a port, and says so when it is not.
func (r *reader) inRange(n *node, v int64) bool {
	if v >= 1 && v <= math.MaxUint16 {
		return true
	}
	hint := ""
	if v == 0 {
		hint = `"auto" chooses a free one`
	}
	r.fail(n.value, fmt.Sprintf("port %d is out of range (want 1-65535)", v), hint)
	return false
}

// duration reads "15s". A bare number is refused: seconds for one person are
// milliseconds for another.
func (r *reader) duration(n *node, old, least time.Duration) time.Duration {
	what := `a duration such as "` + short(old) + `"`
	if v, ok := n.val.(int64); ok {
		r.want(n, what, fmt.Sprintf(`write %s = "%ds"`, n.key, v))
		return old
	}
	s, ok := n.val.(string)
	if !ok {
		r.want(n, what, "")
		return old
	}
	d, err := time.ParseDuration(s)
	switch {
	case err != nil && strings.Trim(s, "0123456789") == "" && s != "":
		r.want(n, what, fmt.Sprintf(`write %s = "%ss"`, n.key, s))
	case err != nil:
		r.want(n, what, `units are ms, s, m and h: "500ms", "1m30s"`)
	case d < 0:
		r.want(n, what, "a duration cannot be negative")
	case d < least:
		r.want(n, what, "it must be more than nothing")
	default:
		return d
	}
	return old
}

// short writes a duration as a person would: "5s", "1m", not "1m0s".
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	return s
}

// size reads "64MiB" or a number of bytes.
func (r *reader) size(n *node) int64 {
	if v, ok := n.val.(int64); ok && v >= 0 {
		return v
	}
	if s, ok := n.val.(string); ok {
		if v, ok := parseSize(s); ok {
			return v
		}
	}
	r.want(n, `a size such as "1GiB"`, `units are KiB, MiB, GiB (1024) and KB, MB, GB (1000); a plain number is bytes`)
	return 0
}

// command reads a script, or a program with its arguments.
func (r *reader) command(n *node) Command {
	if n.kind != listNode {
		s, _ := r.text(n, `a command such as "npm run dev", or a list such as ["node", "server.js"]`)
		return Command{Shell: s}
	}
	if len(n.items) == 0 {
		r.fail(n.value, quote(n.key)+" is an empty list", `want a program and its arguments: ["node", "server.js"]`)
		return Command{}
	}
	args := make([]string, 0, len(n.items))
	for i, item := range n.items {
		s, ok := item.val.(string)
		switch {
		case !ok:
			hint := ""
			if item.kind == leafNode {
				hint = "write " + quote(r.raw(item))
			}
			r.fail(item.value, "an argument of "+quote(n.key)+" must be a text, not "+r.describe(item), hint)
		case i == 0 && strings.TrimSpace(s) == "":
			r.fail(item.value, quote(n.key)+" has no program", "")
		}
		args = append(args, s)
	}
	return Command{Args: args}
}

// globs reads patterns for files.
func (r *reader) globs(n *node) []string {
	items := r.items(n, "a pattern")
	for _, item := range items {
		switch s := item.val.(string); {
		case strings.HasPrefix(s, "!"):
			r.fail(item.value, "pattern "+quote(s)+` begins with "!"`, `what is not to be watched goes into "ignore"`)
		case !doublestar.ValidatePattern(s):
			r.fail(item.value, "pattern "+quote(s)+" is not complete", globHint(s))
		}
	}
	return texts(items)
}

// globHint says which bracket of a pattern is open.
func globHint(pattern string) string {
	switch {
	case strings.HasSuffix(pattern, `\`):
		return `a \ at the end escapes nothing`
	case strings.Count(pattern, "[") != strings.Count(pattern, "]"):
		return `"[" begins a set of characters and wants its "]"; \\[ is an ordinary bracket`
	case strings.Count(pattern, "{") != strings.Count(pattern, "}"):
		return `"{" begins a list of choices and wants its "}": "*.{js,ts}"`
	}
	return `patterns know *, **, ?, [a-z] and {js,ts}`
}

// env reads a table of variables into env, and marks their places.
func (r *reader) env(n *node, env map[string]string, marks map[string]span) {
	if n.kind != tableNode {
		r.want(n, "a table", `write `+n.key+` = { NAME = "value" }`)
		return
	}
	for _, c := range n.keys {
		if c.kind == brokenNode {
			continue
		}
		r.envName(c)
		switch v := c.val.(type) {
		case string:
			env[c.key] = v
		case nil:
			r.fail(c.value, "variable "+quote(c.key)+" must be a text, not "+r.describe(c), "")
		default:
			// As it is written, so that VERSION = 1.10 stays 1.10.
			env[c.key] = r.raw(c)
		}
		marks["env."+c.key] = c.value
	}
}

// envName refuses what no environment can hold. Names that a shell cannot use,
// such as MY-VAR, are left to their users.
func (r *reader) envName(c *node) {
	if c.key == "" || strings.ContainsAny(c.key, "= \t\r\n\x00") {
		r.fail(c.at, "bad variable name "+quote(c.key), "names of variables hold no blank and no =")
	}
}
