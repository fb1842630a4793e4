package schema

import (
	"bytes"
	"encoding/json"
)

// node is a schema, with its keywords in the order in which they are written. The
// zero node accepts everything.
type node struct {
	Schema      string `json:"$schema,omitempty"`
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
	Ref         string `json:"$ref,omitempty"`
	Default     any    `json:"default,omitempty"` // nil: there is none
	Type        string `json:"type,omitempty"`

	Enum             []any  `json:"enum,omitempty"`
	Pattern          string `json:"pattern,omitempty"`
	Minimum          *int64 `json:"minimum,omitempty"`
	Maximum          *int64 `json:"maximum,omitempty"`

	Items    *node `json:"items,omitempty"`
	MinItems int   `json:"minItems,omitempty"`

	Required          []string            `json:"required,omitempty"`
	Properties        members             `json:"properties,omitempty"`
	Additional        *node               `json:"additionalProperties,omitempty"`
	PropertyNames     *node               `json:"propertyNames,omitempty"`
	DependentRequired map[string][]string `json:"dependentRequired,omitempty"`
	DependentSchemas  members             `json:"dependentSchemas,omitempty"`

	AnyOf []*node `json:"anyOf,omitempty"`
	Not   *node   `json:"not,omitempty"`
	If    *node   `json:"if,omitempty"`
	Then  *node   `json:"then,omitempty"`
	Else  *node   `json:"else,omitempty"`

	Defs members `json:"$defs,omitempty"`

	never bool // it accepts nothing: the schema `false`
}

// members are schemas by name, in order: that of the reference.
type members []member

type member struct {
	name string
	node *node
}

// add appends one.
func (m *members) add(name string, n *node) { *m = append(*m, member{name, n}) }

// nothing is the schema that accepts no value.
func nothing() *node { return &node{never: true} }

// reference is a schema that is written at the end, under $defs.
func reference(name string) *node { return &node{Ref: "#/$defs/" + name} }

// MarshalJSON writes false for a schema that accepts nothing.
func (n *node) MarshalJSON() ([]byte, error) {
	if n.never {
		return []byte("false"), nil
	}
	type plain node // without this method
	return encode((*plain)(n))
}

// MarshalJSON writes an object with its members in order.
func (m members) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, one := range m {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := encode(one.name)
		if err != nil {
			return nil, err
		}
		value, err := encode(one.node)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// encode is json.Marshal without the escapes that only HTML needs.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
