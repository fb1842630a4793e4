package procfile

import (
	"slices"
	"strings"
)

// vocabulary is every key of the language by its name, and what others call it.
type vocabulary struct {
	file, service []string
	synonyms      map[string]string // of a service's keys
}

// has reports whether a word is a key at the top or of a service.
func (v *vocabulary) has(word string) bool {
	return slices.Contains(v.file, word) || slices.Contains(v.service, word)
}

// synonym returns the service key that people coming from other tools mean, or "".
func (v *vocabulary) synonym(word string) string {
	return v.synonyms[strings.ToLower(strings.ReplaceAll(word, "-", "_"))]
}

// unknownKey words a key that nobody knows. where is the table for messages, ""
// at the top; known are the keys that may stand there.
func (r *reader) unknownKey(n *node, where string, known []string) {
	msg := "unknown key " + quote(n.key)
	if where != "" {
		msg += " in [" + where + "]"
	}
	hint := ""
	if len(r.errs) < printMax { // a hint that nobody reads is not worth its search
		hint = r.keyHint(n, where, known)
	}
	r.fail(n.at, msg, hint)
}

// keyHint guesses what an unknown key was meant to be: right but in the wrong
// place, the word of another tool, or mistyped. A guess is kept in meant, so that
// nobody says that "command" is missing beside "comand".
func (r *reader) keyHint(n *node, where string, known []string) string {
	isService := where != "" && slices.Contains(known, "command")
	switch {
	case where == "" && slices.Contains(r.words.service, n.key):
		return quote(n.key) + " is a key of a service: write it below a table, as in\n[web]\n" + n.key + " = ..."
	case isService && slices.Contains(r.words.file, n.key):
		return quote(n.key) + " is a key of the whole file: move it above the first [table]"
	}
	meant := nearest(n.key, known)
	if other := r.words.synonym(n.key); isService && other != "" {
		meant = other // "path" is like "paths" too, but "signal" is like nothing
	}
	if meant != "" {
		r.meant[meant] = true
		return "did you mean " + quote(meant) + "?"
	}
	if where == "" {
		if near := nearest(n.key, r.words.service); near != "" {
			return "did you mean " + quote(near) + "? It is a key of a service, below a table such as [web]"
		}
	}
	return r.listKeys(where, known)
}

// listKeys names what may stand in a table, the first time that it is asked.
func (r *reader) listKeys(where string, known []string) string {
	if where != "" && where != "ready" {
		where = "service"
	}
	if r.listed[where] {
		return ""
	}
	r.listed[where] = true
	return "known here: " + strings.Join(known, ", ")
}
