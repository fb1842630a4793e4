package procfile

import (
	"maps"
	"math"
	"strings"
)

// variables is a table of them.
func variables() valueType[map[string]string] {
	return valueType[map[string]string]{
		Type: Type{"table", []Form{{
			Shape: Table, Names: `^[^= \t\r\n]+$`,
			Values: []Form{{Shape: Text}, {Shape: Integer, Min: math.MinInt64, Max: math.MaxInt64}, {Shape: Float}, {Shape: Boolean}, {Shape: Date}},
		}}},
		read: (*reader).env,
	}
}

// env lays the variables of a table over those that there are.
func (r *reader) env(n *node, old map[string]string) map[string]string {
	if n.kind != tableNode {
		r.want(n, "a table", `write `+n.key+` = { NAME = "value" }`)
		return old
	}
	// A table of variables lies over that of [defaults], name by name; other keys replace
	// it whole.
	env := maps.Clone(old) // old may be that of [defaults], which others get too
	if env == nil {
		env = map[string]string{}
	}
	for _, c := range n.keys {
		if c.kind == brokenNode {
			continue
		}
		r.envName(c)
		switch v := c.val.(type) {
		case string:
			env[c.key] = v
		// A list or a table: no variable can hold one.
		case nil:
			r.fail(c.value, "variable "+quote(c.key)+" must be a text, not "+r.describe(c), "")
		default:
			// As it is written, so that VERSION = 1.10 stays 1.10.
			env[c.key] = r.raw(c)
		}
	}
	return env
}

// envName refuses what no environment can hold. Names that a shell cannot use,
// such as MY-VAR, are left to their users.
func (r *reader) envName(c *node) {
	if c.key == "" || strings.ContainsAny(c.key, "= \t\r\n\x00") {
		r.fail(c.at, "bad variable name "+quote(c.key), "names of variables hold no blank and no =")
	}
}
