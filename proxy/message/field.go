package message

import (
	"net/http"
	"net/textproto"
	"slices"
	"strings"
)

// Field is one line of a header section, or of a trailer.
type Field struct {
	Name  string // as its sender spells it
	Key   string // the same in canonical form, as http.Header has it
	Value string // without the blanks around it
	nth   int    // of those with its Key, counted from 0; HeaderOf sets it
}

// parseField splits a line; false where it is no field. A blank before the colon is
// none of a name's bytes.
func parseField(line string) (Field, bool) {
	name, value, ok := strings.Cut(line, ":")
	return NewField(name, value, ok)
}

// NewField is a field of what stands before and behind the colon, where there is one;
// false where it is none.
func NewField(name, value string, colon bool) (f Field, ok bool) {
	value = strings.Trim(value, " \t")
	if !colon || !ValidName(name) || !ValidValue(value) {
		return Field{}, false
	}
	return Field{Name: name, Key: textproto.CanonicalMIMEHeaderKey(name), Value: value}, true
}

// HeaderOf has the values of fields by their names, and numbers the fields.
func HeaderOf(fields []Field) http.Header {
	h := make(http.Header, len(fields))
	values := make([]string, len(fields)) // one allocation for all of them
	for i := range fields {
		f := &fields[i]
		if had := h[f.Key]; had != nil {
			// Several lines of a name are one list in order (RFC 9110, section 5.3).
			f.nth = len(had)
			h[f.Key] = append(had, f.Value)
			continue
		}
		values[i] = f.Value
		// Its capacity is one, so that a second value does not run into the next name's.
		h[f.Key] = values[i : i+1 : i+1]
	}
	return h
}

// AppendField appends a header line. Name and value have been checked before: whatever
// stands in them is written as it is.
func AppendField(b []byte, name, value string) []byte {
	b = append(b, name...)
	b = append(b, ": "...)
	b = append(b, value...)
	return append(b, "\r\n"...)
}

// AppendHeader appends the lines of h, but for those whose name skip has (nil: it has
// none): in the order and spelling of like, which HeaderOf has read, as far as that has
// their names, and the others behind them, sorted.
func AppendHeader(b []byte, h http.Header, like []Field, skip func(key string) bool) []byte {
	for i := range like {
		f := &like[i]
		if values := h[f.Key]; f.nth < len(values) && (skip == nil || !skip(f.Key)) {
			b = AppendField(b, f.spelled(), inLine(values[f.nth]))
		}
	}
	var room [16]string
	for _, key := range unlike(h, like, room[:0]) {
		if skip == nil || !skip(key) {
			for _, v := range h[key][occurrences(like, key):] {
				b = AppendField(b, spelled(key), inLine(v))
			}
		}
	}
	return b
}

// unlike are the sorted names of which h has more values than like.
func unlike(h http.Header, like []Field, keys []string) []string {
	if len(like) > fewFields {
		counts := make(map[string]int, len(like))
		for i := range like {
			counts[like[i].Key]++
		}
		for key, values := range h {
			if counts[key] < len(values) {
				keys = append(keys, key)
			}
		}
	} else {
		for key, values := range h {
			if occurrences(like, key) < len(values) {
				keys = append(keys, key)
			}
		}
	}
	slices.Sort(keys)
	return keys
}

// fewFields are counted sooner by looking at each than by a map.
const fewFields = 50

// occurrences is how often fields have a name.
func occurrences(fields []Field, key string) (n int) {
	for i := range fields {
		if fields[i].Key == key {
			n++
		}
	}
	return n
}

// spelled is the name that is sent on: its sender's, but for those of RFC 6455.
func (f *Field) spelled() string {
	if strings.HasPrefix(f.Key, webSocket) {
		return spelled(f.Key)
	}
	return f.Name
}

// webSocket begins canonical names of RFC 6455.
const webSocket = "Sec-Websocket-"

// spelled is a canonical name as RFC 6455 spells it: some read nothing else.
func spelled(key string) string {
	if rest, is := strings.CutPrefix(key, webSocket); is {
		return "Sec-WebSocket-" + rest
	}
	return key
}

// inLine is a value that cannot end its line, whoever has made it.
func inLine(v string) string {
	if strings.ContainsAny(v, "\r\n\x00") {
		return strings.NewReplacer("\r", " ", "\n", " ", "\x00", " ").Replace(v)
	}
	return v
}
