package procfile

import (
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// globs are patterns for files. Their form in a schema refuses "!" alone; whether
// brackets match is beyond a regular expression.
func globs() valueType[[]string] {
	return textList("list of globs", "a pattern", Form{Shape: Text, Pattern: `^([^!\s]|\s+\S)`, What: "glob"}, (*reader).glob)
}

// glob checks one pattern. What no file matches is not an error: the file may come.
func (r *reader) glob(n *node, s string) {
	switch {
	case strings.HasPrefix(s, "!"):
		r.fail(n.value, "pattern "+quote(s)+` begins with "!"`, `what is not to be watched goes into "ignore"`)
	case !doublestar.ValidatePattern(s):
		r.fail(n.value, "pattern "+quote(s)+" is not complete", globHint(s))
	}
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
