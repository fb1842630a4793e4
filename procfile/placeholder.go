package procfile

import (
	"fmt"
	"strings"

	"devgate/procfile/shell"
)

// placeholderForm finds what may be a placeholder: {{word}}, {word}, {word.word}.
// What stands behind a $ belongs to the shell.
var placeholderForm = lazy(`\$\{+|\{\{[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})?\}\}|\{[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})?\}`)

// A Lookup returns what stands for a placeholder, given what is between its braces
// ("port", "api.url"). Where it knows nothing, the text stays as it is: [Parse] has
// refused near misses, so that what remains is meant as text.
type Lookup func(word string) (value string, known bool)

// Expand replaces the placeholders of a text by their values. {{word}} becomes {word}.
func Expand(text string, lookup Lookup) string {
	return placeholderForm().ReplaceAllStringFunc(text, func(m string) string {
		if m[0] == '$' {
			return m
		}
		if strings.HasPrefix(m, "{{") {
			return m[1 : len(m)-1]
		}
		if value, ok := lookup(m[1 : len(m)-1]); ok {
			return value
		}
		return m
	})
}

// ExpandScript is Expand for a text that a shell runs: each value is quoted for the
// place that it stands in, so that the shell reads it as it is. The error says which
// value cannot be written where it stands.
func ExpandScript(script string, lookup Lookup) (string, error) {
	var values []string
	var spans []shell.Span
	for _, p := range placeholders(script) {
		if value, ok := lookup(p.word); ok {
			values, spans = append(values, value), append(spans, p.span)
		}
	}
	var b strings.Builder
	at := 0
	for i, place := range shell.Scan(script, spans) {
		value, err := place.Quote(values[i])
		if err != nil {
			return "", fmt.Errorf("the value of %s %w", script[spans[i].Start:spans[i].End], err)
		}
		b.WriteString(Expand(script[at:spans[i].Start], nothing) + value)
		at = spans[i].End
	}
	return b.String() + Expand(script[at:], nothing), nil
}

// ExpandPlaced is Expand for a text that is read by something with rules of its own:
// place gets what stands before a placeholder in the text as it is written, its word and
// its value, and returns what is to stand there.
func ExpandPlaced(text string, lookup Lookup, place func(before, word, value string) (string, error)) (string, error) {
	var b strings.Builder
	at := 0
	for _, p := range placeholders(text) {
		value, known := lookup(p.word)
		if !known {
			continue
		}
		value, err := place(text[:p.span.Start], p.word, value)
		if err != nil {
			return "", err
		}
		b.WriteString(Expand(text[at:p.span.Start], nothing) + value)
		at = p.span.End
	}
	return b.String() + Expand(text[at:], nothing), nil
}

// nothing is the Lookup that knows no placeholder.
func nothing(string) (string, bool) { return "", false }

// placeholder is the word of one, and where it stands in a text.
type placeholder struct {
	word string
	span shell.Span
}

// placeholders returns what may be placeholders of a text, in order, without the
// escaped ones.
func placeholders(text string) (all []placeholder) {
	for _, m := range placeholderForm().FindAllStringIndex(text, -1) {
		if found := text[m[0]:m[1]]; found[0] != '$' && !strings.HasPrefix(found, "{{") {
			all = append(all, placeholder{found[1 : len(found)-1], shell.Span{Start: m[0], End: m[1]}})
		}
	}
	return all
}
