package schema

import (
	"encoding/json"
	"strconv"
	"strings"
)

// object is an object of JSON with its members in order: that of the reference, and
// of keywords the one in which they are read best. The empty one is the schema that
// accepts everything.
type object []member

// member has a value that is an object, a text, a number, a boolean, or a list of these.
type member struct {
	name  string
	value any
}

// with is the object with one member more.
func (o object) with(name string, value any) object { return append(o, member{name, value}) }

// list is a list of values, each of which a member may have.
type list []any

// listOf is a list of values of one type.
func listOf[T any](values []T) list {
	all := make(list, len(values))
	for i, v := range values {
		all[i] = v
	}
	return all
}

// lineEnd begins a line that is so deep.
func lineEnd(depth int) string { return "\n" + strings.Repeat("  ", depth) }

// appendJSON appends a value as people read it: an object has a line a member, a list
// without objects is one line.
func appendJSON(dst []byte, value any, depth int) []byte {
	switch v := value.(type) {
	case object:
		return appendObject(dst, v, depth)
	case list:
		return appendList(dst, v, depth)
	case string:
		return appendText(dst, v)
	case bool:
		return strconv.AppendBool(dst, v)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case int:
		return strconv.AppendInt(dst, int64(v), 10)
	}
	panic("not a value of a schema")
}

func appendObject(dst []byte, o object, depth int) []byte {
	if len(o) == 0 {
		return append(dst, "{}"...)
	}
	for i, m := range o {
		dst = append(dst, "{,"[min(i, 1)])
		dst = append(dst, lineEnd(depth+1)...)
		dst = append(appendText(dst, m.name), ": "...)
		dst = appendJSON(dst, m.value, depth+1)
	}
	return append(append(dst, lineEnd(depth)...), '}')
}

func appendList(dst []byte, values list, depth int) []byte {
	between, after := ", ", ""
	dst = append(dst, '[')
	if len(values) > 0 {
		if _, ok := values[0].(object); ok {
			dst = append(dst, lineEnd(depth+1)...)
			between, after = ","+lineEnd(depth+1), lineEnd(depth)
		}
	}
	for i, v := range values {
		if i > 0 {
			dst = append(dst, between...)
		}
		dst = appendJSON(dst, v, depth+1)
	}
	return append(append(dst, after...), ']')
}

// appendText leaves <, > and & as they are, which mean nothing outside of HTML.
func appendText(dst []byte, text string) []byte {
	if isPlain(text) { // nearly all: the encoder costs more than the rest
		return append(append(append(dst, '"'), text...), '"')
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(text) // a text can always be written
	return append(dst, strings.TrimSuffix(b.String(), "\n")...)
}

// isPlain reports whether a text stands in JSON as it is.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
