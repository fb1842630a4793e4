package jsconf

import (
	"slices"
	"strconv"
)

// Kind is what a value is.
type Kind int

// The kinds. The zero value means that nothing stands there.
const (
	None   Kind = iota
	Opaque      // something stands there that only running it would tell
	String
	Number
	Bool
	Object
	Array
	Function
	Regexp
)

// Value is what an expression says.
type Value struct {
	Kind   Kind
	Text   string // of a String, a Number, a Regexp
	True   bool   // of a Bool
	Items  []Value
	Fields []Field // of an Object, in order, a name once

	// Env are the variables of the environment that the value comes from or gives
	// way to. A value with a default has the default.
	Env []string
}

// Field is a property of an object.
type Field struct {
	Name  string
	Value Value
}

// Get follows names through objects. A name that is not there gives None.
func (v Value) Get(names ...string) Value {
	for _, name := range names {
		i := slices.IndexFunc(v.Fields, func(f Field) bool { return f.Name == name })
		if i < 0 {
			return Value{}
		}
		v = v.Fields[i].Value
	}
	return v
}

// Int returns a whole number, also one that is written as a text; 0 if it is none.
// Texts count, as "3000" out of a variable is a port to everybody who reads it.
func (v Value) Int() int {
	n, err := strconv.Atoi(v.Text)
	if err != nil || v.Kind != Number && v.Kind != String {
		return 0
	}
	return n
}

// IsSet reports whether something stands there that is not false, null or empty.
// Opaque counts as set: somebody wrote something there.
func (v Value) IsSet() bool {
	switch v.Kind {
	case None:
		return false
	case Bool:
		return v.True
	case String, Number:
		return v.Text != "" && v.Text != "0"
	}
	return true
}

// known reports whether the value is more than a place.
// A place is something that is written down without saying what it is.
func (v Value) known() bool { return v.Kind != None && v.Kind != Opaque }

// with adds variables to those that a value comes from.
func (v Value) with(env []string) Value {
	for _, name := range env {
		if !slices.Contains(v.Env, name) {
			// A copy, as values are handed around by value and share their slices.
			v.Env = append(slices.Clone(v.Env), name)
		}
	}
	return v
}

// replaced is another value that stands for v, with the variables of both.
func (v Value) replaced(other Value) Value {
	other.Env = v.with(other.Env).Env
	return other
}

func (v *Value) set(name string, value Value) {
	if i := slices.IndexFunc(v.Fields, func(f Field) bool { return f.Name == name }); i >= 0 {
		v.Fields[i].Value = value
		return
	}
	v.Fields = append(v.Fields, Field{name, value})
}
