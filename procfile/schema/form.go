package schema

import (
	"math"
	"reflect"
	"regexp"
	"slices"

	"devgate/procfile"
)

// ofForms accepts a value that has one of the forms, or that one of the further
// schemas accepts.
func ofForms(forms []procfile.Form, further ...*node) *node {
	var all []*node
	for _, f := range forms {
		one := ofForm(f)
		// A date is a text to JSON, which may be there already.
		if !slices.ContainsFunc(all, func(n *node) bool { return reflect.DeepEqual(n, one) }) {
			all = append(all, one)
		}
	}
	return anyOf(append(all, further...)...)
}

// anyOf accepts what one of some schemas does.
func anyOf(all ...*node) *node {
	if len(all) == 1 {
		return all[0]
	}
	return &node{AnyOf: all}
}

// ofForm accepts a value of a form.
func ofForm(f procfile.Form) *node {
	switch f.Shape {
	case procfile.Integer:
		return ofInteger(f)
	case procfile.Float:
		return &node{Type: "number"}
	case procfile.Boolean:
		return &node{Type: "boolean"}
	case procfile.List:
		return &node{Type: "array", Items: ofForms(f.Items), MinItems: f.AtLeast}
	case procfile.Table:
		return ofTable(f)
	}
	text := &node{Type: "string", Pattern: f.Pattern}
	for _, word := range f.Words {
		text.Enum = append(text.Enum, word)
	}
	return text
}

// ofInteger leaves out a limit that is only that of the type.
func ofInteger(f procfile.Form) *node {
	n := &node{Type: "integer"}
	if f.Min != math.MinInt64 {
		n.Minimum = &f.Min
	}
	if f.Max != math.MaxInt64 {
		n.Maximum = &f.Max
	}
	if len(f.Except) > 0 {
		n.Not = &node{}
		for _, number := range f.Except {
			n.Not.Enum = append(n.Not.Enum, number)
		}
	}
	return n
}

// ofTable accepts a table with certain keys, or with keys of a certain form.
func ofTable(f procfile.Form) *node {
	if f.Keys != nil {
		n := ofKeys(f.Keys)
		n.DependentRequired = needs(f.Keys)
		return n
	}
	return &node{Type: "object", PropertyNames: &node{Pattern: f.Names}, Additional: ofForms(f.Values)}
}

// ofKeys accepts a table that has no others than these keys.
func ofKeys(keys []procfile.Key) *node {
	n := &node{Type: "object", Additional: nothing()}
	for _, k := range keys {
		n.Properties.add(k.Name, ofKey(k))
	}
	return n
}

// needs are the keys without which others have no effect.
func needs(keys []procfile.Key) map[string][]string {
	all := map[string][]string{}
	for _, k := range keys {
		if k.Needs != "" {
			all[k.Name] = []string{k.Needs}
		}
	}
	return all
}

// ofKey accepts what may stand at a key, and says what an editor shows of it.
func ofKey(k procfile.Key, further ...*node) *node {
	n := ofForms(k.Type.Forms, further...)
	n.Description, n.Default = description(k), k.Default
	return n
}

// link is one of Markdown's: where it leads to means nothing outside of the reference.
var link = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)

// description is the meaning of a key with what holds without it, where that is no
// value which could be written.
func description(k procfile.Key) string {
	text := link.ReplaceAllString(k.Doc, "$1")
	if k.Placeholders {
		text += ". Placeholders such as {port} work here"
	}
	if k.Default == nil && k.Unset != "" {
		text += ". Default: " + k.Unset
	}
	return text
}
