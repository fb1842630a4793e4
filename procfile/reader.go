package procfile

import (
	"strings"
	"time"
)

// reader turns nodes into typed values and collects what is wrong with them. It
// knows no service: what a value means beside others is for the builder to say.
type reader struct {
	src    *source
	words  *vocabulary
	errs   ErrorList
	meant  map[string]bool // keys of the current table that were written wrongly
	listed map[string]bool // tables whose keys were listed in a hint
}

// newReader begins to read a text, with the words that hints may name.
func newReader(src *source, words *vocabulary) *reader {
	return &reader{src: src, words: words, meant: map[string]bool{}, listed: map[string]bool{}}
}

// fail reports what is wrong at a place.
func (r *reader) fail(at span, msg, hint string) {
	r.errs = append(r.errs, r.src.errorAt(at, msg, hint))
}

// failFile reports what is wrong with the file as a whole.
func (r *reader) failFile(msg, hint string) {
	r.errs = append(r.errs, &Error{File: r.src.name, Pos: Position{1, 1}, Msg: msg, Hint: hint})
}

// want reports a value of the wrong kind.
func (r *reader) want(n *node, what, hint string) {
	r.fail(n.value, quote(n.key)+" must be "+what+", not "+r.describe(n), hint)
}

// wantItem is want for an item of a list.
func (r *reader) wantItem(item *node, what string) {
	r.fail(item.value, "an item of "+quote(item.key)+" must be "+what+", not "+r.describe(item), "")
}

// ref is a second place that a message names.
func (r *reader) ref(p Position) string { return r.src.name + ":" + p.String() }

// raw returns a value as it was written.
func (r *reader) raw(n *node) string { return r.src.text[n.value.start:n.value.end] }

// describe names what was found, for "must be ..., not ...".
func (r *reader) describe(n *node) string {
	switch v := n.val.(type) {
	case string:
		if v == "" {
			return "an empty text"
		}
		return "the text " + quote(v)
	case int64, float64:
		return "the number " + r.raw(n)
	case bool:
		return r.raw(n)
	case time.Time:
		return "the date " + r.raw(n)
	}
	if n.kind == listNode {
		return "a list"
	}
	return "a table"
}

// nulBytes refuses what TOML can write and no program can be given.
func (r *reader) nulBytes(n *node) {
	if s, _ := n.val.(string); strings.ContainsRune(s, 0) {
		r.fail(n.value, "a text cannot hold a NUL byte", "")
	}
	for _, c := range n.keys {
		r.nulBytes(c)
	}
	for _, c := range n.items {
		r.nulBytes(c)
	}
}

// text reads a text that is not blank.
func (r *reader) text(n *node, what string) (string, bool) {
	if !n.isText() {
		r.want(n, what, "")
		return "", false
	}
	return n.val.(string), true
}

// items reads a list of texts; a single one is a list of one.
func (r *reader) items(n *node, what string) []*node {
	if n.kind != listNode {
		if _, ok := r.text(n, what+" or a list of them"); !ok {
			return nil
		}
		return []*node{n}
	}
	good := make([]*node, 0, len(n.items))
	for _, item := range n.items {
		if !item.isText() {
			r.wantItem(item, what)
			continue
		}
		good = append(good, item)
	}
	return good
}

// texts returns the values of items that are known to be texts.
func texts(items []*node) []string {
	all := make([]string, len(items))
	for i, item := range items {
		all[i] = item.val.(string)
	}
	return all
}
