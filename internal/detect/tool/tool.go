package tool

import (
	"slices"
	"strings"

	"devgate/internal/detect/files"
	"devgate/internal/detect/found"
	"devgate/internal/detect/pattern"
	"devgate/internal/detect/split"
)

// tool is a program that dev scripts start: what it is, and how it is told its port.
type tool struct {
	// calls are the ways in which it is called: "vite", or "next dev" where the
	// second word is among the program's first arguments.
	calls []string
	not   []string // first arguments with which it is something else

	kind found.Kind
	port int    // that it has by itself; 0: none
	set  string // what is put behind its command to give it a port; "" for none
	env  string // the variable that it takes its port from; "" for none

	numbered bool     // the port may stand among its arguments, as "8000" or "0.0.0.0:8000"
	flags    []string // that give it a port; nil: the usual ones

	foreign bool   // it is no program of node_modules
	skip    string // why it is never started; "" for what is
	paste   bool   // a person may want it all the same
	asks    bool   // and answers its questions: it wants a terminal

	// look reads the tool's own files. It may change everything about the service;
	// a kind of none says that there is nothing to start.
	look func(*Kit, *split.Leaf, *Made)
}

// usualFlags give a program its port where nothing else is known.
var usualFlags = []string{"--port", "-p"}

// isCall reports whether a leaf is a call of the tool.
func (t *tool) isCall(l *split.Leaf) bool {
	words := l.Arguments()
	if len(words) > 0 && slices.Contains(t.not, words[0]) {
		return false
	}
	return slices.ContainsFunc(t.calls, func(call string) bool {
		// A second word may stand behind values of flags, which nobody can tell from
		// words: the first three are looked at.
		program, sub, more := strings.Cut(call, " ")
		return program == l.Tool() && (!more || slices.Contains(words[:min(3, len(words))], sub))
	})
}

var (
	// fallbackPort finds ${PORT:-3000}.
	fallbackPort = pattern.New(`^\$\{PORT:?-([0-9]+)\}$`)
	// lastNumber finds "3000", ":3000", "0.0.0.0:3000".
	lastNumber = pattern.New(`^(?:[A-Za-z0-9_.\[\]-]*:)?([0-9]{2,5})$`)
)

// written is a port that a leaf's text names.
type written struct {
	port int
	word int  // the word that it stands in; -1: a variable in front
	free bool // it comes from $PORT
}

// writtenPort finds the port in a leaf's text: behind a flag, among the arguments, in
// a variable.
func (t *tool) writtenPort(l *split.Leaf) (written, bool) {
	flags := t.flags
	if flags == nil {
		flags = usualFlags
	}
	value, at := l.Flag(flags...)
	for i := 1; at < 0 && t.numbered && i < len(l.Words); i++ {
		if lastNumber.MatchString(l.Words[i].Text) {
			value, at = l.Words[i].Text, i
		}
	}
	if at < 0 {
		// A number in front of a program that does not read $PORT says nothing.
		n := files.Port(l.Vars["PORT"])
		return written{port: n, word: -1}, n != 0 && t.env == "PORT"
	}
	if m := fallbackPort.FindStringSubmatch(value); m != nil {
		return written{port: files.Port(m[1]), word: at, free: true}, true
	}
	if value == "$PORT" || value == "${PORT}" {
		return written{word: at, free: true}, true
	}
	m := lastNumber.FindStringSubmatch(value)
	if m == nil {
		return written{}, false
	}
	return written{port: files.Port(m[1]), word: at}, true
}
