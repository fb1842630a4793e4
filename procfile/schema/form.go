package schema

import (
	"math"
	"reflect"
	"regexp"
	"slices"
	"sync"

	"devgate/procfile"
)

// ofForms accepts a value that has one of the forms, or that one of the further
// schemas accepts.
func ofForms(forms []procfile.Form, further ...object) object {
	var all []object
	for _, f := range forms {
		one := ofForm(f)
		// A date is a text to JSON, which may be there already.
		if !slices.ContainsFunc(all, func(o object) bool { return reflect.DeepEqual(o, one) }) {
			all = append(all, one)
		}
	}
	return anyOf(append(all, further...)...)
}

// anyOf accepts what one of some schemas does.
func anyOf(all ...object) object {
	if len(all) == 1 {
		return all[0]
	}
	return object{{"anyOf", listOf(all)}}
}

// ofForm accepts a value of a form.
func ofForm(f procfile.Form) object {
	switch f.Shape {
	case procfile.Integer:
		return ofInteger(f)
	case procfile.Float:
		return object{{"type", "number"}}
	case procfile.Boolean:
		return object{{"type", "boolean"}}
	case procfile.List:
		return ofList(f)
	case procfile.Table:
		return ofTable(f)
	}
	text := object{{"type", "string"}}
	if f.Pattern != "" {
		text = text.with("pattern", f.Pattern)
	}
	if f.Words != nil {
		text = text.with("enum", listOf(f.Words))
	}
	return text
}

// ofInteger leaves out a limit that is only that of the type.
func ofInteger(f procfile.Form) object {
	o := object{{"type", "integer"}}
	if f.Min != math.MinInt64 {
		o = o.with("minimum", f.Min)
	}
	if f.Max != math.MaxInt64 {
		o = o.with("maximum", f.Max)
	}
	if len(f.Except) > 0 {
		o = o.with("not", object{{"enum", listOf(f.Except)}})
	}
	return o
}

func ofList(f procfile.Form) object {
	o := object{{"type", "array"}, {"items", ofForms(f.Items)}}
	if f.AtLeast > 0 {
		o = o.with("minItems", f.AtLeast)
	}
	return o
}

// ofTable accepts a table with certain keys, or with keys of a certain form.
func ofTable(f procfile.Form) object {
	if f.Keys == nil {
		return object{{"type", "object"}, {"propertyNames", object{{"pattern", f.Names}}}, {"additionalProperties", ofForms(f.Values)}}
	}
	return ofKeys(f.Keys).with("dependentRequired", needs(f.Keys))
}

// ofKeys accepts a table that has no others than these keys.
func ofKeys(keys []procfile.Key) object {
	var all object
	for _, k := range keys {
		all = all.with(k.Name, ofKey(k))
	}
	return object{{"type", "object"}, {"properties", all}, {"additionalProperties", false}}
}

// needs are the keys without which others have no effect.
func needs(keys []procfile.Key) object {
	var all object
	for _, k := range keys {
		if k.Needs != "" {
			all = all.with(k.Name, list{k.Needs})
		}
	}
	return all
}

// ofKey accepts what may stand at a key, and says what an editor shows of it.
func ofKey(k procfile.Key, further ...object) object {
	o := object{{"description", description(k)}}
	switch v := k.Default.(type) {
	case nil:
	case []int64:
		o = o.with("default", listOf(v))
	default:
		o = o.with("default", v)
	}
	return append(o, ofForms(k.Type.Forms, further...)...)
}

// link is one of Markdown's: where it leads to means nothing outside of the reference.
var link = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`) })

// description is the meaning of a key with what holds without it, where that is no
// value which could be written.
func description(k procfile.Key) string {
	text := link().ReplaceAllString(k.Doc, "$1")
	if k.Placeholders {
		text += ". Placeholders such as {port} work here"
	}
	if k.Default == nil && k.Unset != "" {
		text += ". Default: " + k.Unset
	}
	return text
}
