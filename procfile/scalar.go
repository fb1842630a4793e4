package procfile

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// filled is the pattern of a text that is not blank.
const filled = `\S`

// projectName is a text for the eyes of people.
func projectName() valueType[string] {
	return valueType[string]{
		Type: Type{"text", []Form{{Shape: Text, Pattern: `^[^/]*[^/\s][^/]*$`}}},
		read: func(r *reader, n *node, _ string) string {
			s, ok := r.text(n, "a text in quotes")
			if ok && strings.ContainsFunc(s, func(c rune) bool { return c == '/' || !unicode.IsPrint(c) }) {
				r.fail(n.value, "bad project name "+quote(s), `a name has no "/" and fits on a line`)
			}
			return s
		},
	}
}

// folder is the name of one. Whether it exists is not for a parser to say.
func folder() valueType[string] {
	return valueType[string]{
		Type: Type{"folder", []Form{{Shape: Text, Pattern: filled, What: "folder"}}},
		read: func(r *reader, n *node, _ string) string {
			s, _ := r.text(n, "a folder")
			return s
		},
	}
}

// boolean is true or false. Words in quotes are refused, as "no" would be true in
// many languages.
func boolean() valueType[bool] {
	return valueType[bool]{
		Type:  Type{"true, false", []Form{{Shape: Boolean}}},
		read:  (*reader).boolean,
		write: func(b bool) any { return b },
	}
}

// boolean reads true or false; nothing else is either.
func (r *reader) boolean(n *node, _ bool) bool {
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

// enum is one of the words that a type has from 0 on, up to "invalid".
func enum[E interface {
	~int
	fmt.Stringer
}]() valueType[E] {
	var all []string
	// So the words stand in one place, String.
	for e := E(0); e.String() != invalid; e++ {
		all = append(all, e.String())
	}
	return valueType[E]{
		Type:  Type{"`" + strings.Join(quoted(all), "`, `") + "`", []Form{{Shape: Text, Words: all}}},
		read:  func(r *reader, n *node, _ E) E { return E(r.word(n, all)) },
		write: func(e E) any { return e.String() },
	}
}

// word reads one of some texts and returns its index; 0 when it is none of them.
func (r *reader) word(n *node, words []string) int {
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

// quoted puts words between quotes, as they are written.
func quoted(words []string) []string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = strconv.Quote(w)
	}
	return all
}

// oneOf lists words as `"a", "b" or "c"`.
func oneOf(words []string) string { return anyOf(quoted(words)) }

// anyOf lists words as "a, b or c".
func anyOf(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// invalid is the name of a value that an enum does not have.
const invalid = "invalid"

// pick names the value of an enum.
func pick(i int, names ...string) string {
	if i < 0 || i >= len(names) {
		return invalid
	}
	return names[i]
}
