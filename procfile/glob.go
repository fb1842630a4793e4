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
	case r.src.windows && separatorIn(s) != "":
		r.fail(n.value, "pattern "+quote(s)+` has a "\" in it, which separates no folders in a pattern`, "write "+quote(separatorIn(s)))
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

// separatorIn is a pattern with "/" where it has a "\" that was meant to be one, and ""
// where it has none: in front of a bracket it makes that an ordinary character, as in the
// folders of some frameworks ("app/\[id\]/**"), and elsewhere it could only make sense in a
// name that Windows does not allow.
func separatorIn(pattern string) string {
	separator := false
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch {
		case c != '\\':
		case i+1 < len(pattern) && strings.IndexByte("[]{}", pattern[i+1]) >= 0:
			b.WriteByte(c)
			i++
			c = pattern[i]
		default:
			separator, c = true, '/'
		}
		b.WriteByte(c)
	}
	if !separator {
		return ""
	}
	return b.String()
}
