package procfile

import "strings"

// nodeKind says what stands at a key.
type nodeKind int

// The kinds. The zero value is a single value.
const (
	leafNode   nodeKind = iota // a single value
	listNode                   // [ ... ]
	tableNode                  // a header, an inline table, or implied by a dotted key
	brokenNode                 // was written, but its syntax cannot be understood
)

// node is a key of a Devgatefile with the places of its key and value. Nodes are
// made by the scanner; their values are attached from what the TOML library read.
type node struct {
	key      string
	kind     nodeKind
	at       span // the key; of a table with a header of its own, the header
	value    span // the value; of a table with a header, the header
	declared bool // a table that a header or an inline table has declared

	items []*node          // of a list
	keys  []*node          // of a table, as they stand in the file
	byKey map[string]*node // of a table

	val any // string, int64, float64, bool, time.Time; nil for lists and tables
}

// newTable makes an empty table that no header has declared yet.
func newTable(key string, at span) *node {
	return &node{key: key, kind: tableNode, at: at, value: at, byKey: map[string]*node{}}
}

// child returns the node of a key, or nil. It may be called on a nil node.
func (n *node) child(key string) *node {
	if n == nil || n.byKey == nil {
		return nil
	}
	return n.byKey[key]
}

// add appends a key to a table.
func (n *node) add(c *node) {
	n.byKey[c.key] = c
	n.keys = append(n.keys, c)
}

// breakUp marks a node whose statement the library does not get to see.
func (n *node) breakUp() {
	n.kind, n.items, n.keys, n.byKey = brokenNode, nil, nil, nil
}

// isText reports whether the value is a text that is not blank.
func (n *node) isText() bool {
	s, ok := n.val.(string)
	return ok && strings.TrimSpace(s) != ""
}

// hollow reports whether all that stands at a key is broken, so that the library
// has not seen it.
func (n *node) hollow() bool {
	if n.kind != tableNode || n.declared {
		return n.kind == brokenNode
	}
	for _, c := range n.keys {
		if !c.hollow() {
			return false
		}
	}
	return len(n.keys) > 0
}

// attach gives the nodes the values that the TOML library decoded. It reports
// whether the two agree about what there is.
func (n *node) attach(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return n.attachTable(v)
	case []map[string]any:
		items := make([]any, len(v))
		for i := range v {
			items[i] = v[i]
		}
		return n.attachList(items)
	case []any:
		return n.attachList(v)
	}
	n.val = v
	return n.kind == leafNode
}

// attachTable also wants every key of the library to have a node: a key without a
// place could not be spoken of.
func (n *node) attachTable(v map[string]any) bool {
	if n.kind != tableNode {
		return false
	}
	// Counted rather than looked up from both sides: keys are unique on each.
	seen := 0
	for _, c := range n.keys {
		w, there := v[c.key]
		switch {
		case there && c.attach(w):
			seen++
		case !there && c.hollow():
		default:
			return false
		}
	}
	return seen == len(v)
}

// attachList pairs the items by their order.
func (n *node) attachList(v []any) bool {
	if n.kind != listNode || len(n.items) != len(v) {
		return false
	}
	for i, item := range n.items {
		if !item.attach(v[i]) {
			return false
		}
	}
	return true
}
