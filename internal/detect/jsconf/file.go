package jsconf

import (
	"cmp"
	"slices"
)

// maxFound bounds how many places of one key are read.
const maxFound = 32

// File is the text of a configuration.
type File struct {
	tokens []token
	names  map[string]definition
	env    map[string]string
}

// definition is what a name stands for.
type definition struct {
	at       int  // the token where its expression begins
	fromEnv  bool // const { PORT = 3000 } = process.env
	variable string
}

// Parse reads a text. env are variables whose values are known; all others are
// taken as not set.
func Parse(text string, env map[string]string) *File {
	f := &File{tokens: lex(text), names: map[string]definition{}, env: env}
	f.define()
	return f
}

// Find returns the values of all properties of a name, and of all that is assigned
// to one, outer ones first.
// Outer ones first: "port" of the server stands above that of one of its proxies.
func (f *File) Find(key string) []Value {
	type place struct{ at, depth int }
	var places []place
	for i, t := range f.tokens {
		if (t.kind == word || t.kind == text) && t.value == key && f.isProperty(i) {
			places = append(places, place{i, t.depth})
		}
	}
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(a.depth, b.depth) })
	var found []Value
	for _, p := range places[:min(len(places), maxFound)] {
		e := f.evaluator()
		if f.isMethod(p.at) {
			v, _ := e.body(f.tokens[p.at+1].match + 1)
			found = append(found, v)
		} else if f.is(p.at+1, ":") || f.is(p.at+1, "=") {
			found = append(found, e.value(p.at+2))
		} else {
			// "key" alone, or a method's name: the name itself is the expression.
			found = append(found, e.value(p.at))
		}
	}
	return found
}

// isMethod reports whether a name stands as "key(…) {".
func (f *File) isMethod(i int) bool {
	return f.is(i+1, "(") && f.tokens[i+1].match > 0 && f.is(f.tokens[i+1].match+1, "{") && !f.is(i-1, ".") && !f.isWord(i-1, "function")
}

// isProperty reports whether a name stands as a property of an object literal
// ("key: …", "key() {…}", or "key" alone between commas) or is assigned to
// (".key = …").
func (f *File) isProperty(i int) bool {
	if f.isMethod(i) {
		return true
	}
	if f.is(i+1, ":") {
		// Behind "?" it is a branch of a conditional, behind "." a label of nothing.
		return i == 0 || !f.is(i-1, "?") && !f.is(i-1, ".")
	}
	if f.is(i+1, "=") {
		return f.is(i-1, ".")
	}
	short := (f.is(i+1, ",") || f.is(i+1, "}")) && (f.is(i-1, ",") || f.is(i-1, "{"))
	_, defined := f.names[f.tokens[i].value]
	// { proxy } is the same as { proxy: proxy } only for a name that the file gives a
	// value.
	return short && defined && f.tokens[i].kind == word
}

// Exported returns what the file exports ("export default …", "module.exports =
// …"), or, of a JSON file, its content.
func (f *File) Exported() Value {
	for i := range f.tokens {
		switch {
		case f.isWord(i, "export") && f.isWord(i+1, "default"):
			return f.evaluator().value(i + 2)
		case f.isWord(i, "module") && f.is(i+1, ".") && f.isWord(i+2, "exports") && f.is(i+3, "="):
			return f.evaluator().value(i + 4)
		}
	}
	// A JSON file is one expression.
	return f.evaluator().value(0)
}

// Calls reports whether the text names a word: a function that it calls, or a
// module that it imports.
func (f *File) Calls(name string) bool {
	return slices.ContainsFunc(f.tokens, func(t token) bool {
		return (t.kind == word || t.kind == text) && t.value == name
	})
}

func (f *File) is(i int, m string) bool {
	return i >= 0 && i < len(f.tokens) && f.tokens[i].is(m)
}

func (f *File) isWord(i int, w string) bool {
	return i >= 0 && i < len(f.tokens) && f.tokens[i].isWord(w)
}

// define finds what names stand for: the first value that is given to each.
// Later assignments would need the order in which the program runs.
func (f *File) define() {
	for i, t := range f.tokens {
		switch {
		case t.isWord("const") || t.isWord("let") || t.isWord("var"):
			f.declare(i + 1)
		case t.kind == word && f.is(i+1, "=") && !f.is(i-1, "."):
			f.add(t.value, definition{at: i + 2})
		}
	}
}

func (f *File) add(name string, d definition) {
	if _, known := f.names[name]; !known {
		f.names[name] = d
	}
}

// declare reads what stands behind const, let or var.
func (f *File) declare(i int) {
	if f.is(i, "{") {
		f.unpack(i)
		return
	}
	if i >= len(f.tokens) || f.tokens[i].kind != word {
		return
	}
	name := f.tokens[i].value
	// "const a: UserConfig = …": the type in between is skipped; 40 tokens are more than
	// a type on one line.
	for j := i + 1; j < min(len(f.tokens), i+40); j++ { // over a type
		switch t := f.tokens[j]; {
		case t.is("="):
			f.add(name, definition{at: j + 1})
			return
		case t.is(";"), t.isWord("const"), t.isWord("let"), t.isWord("var"), t.isWord("if"), t.isWord("export"):
			return
		}
	}
}

// unpack reads "{ PORT = 3000, API: api } = process.env".
func (f *File) unpack(open int) {
	end := f.tokens[open].match
	// Only what comes from the environment: of other objects nobody knows the fields.
	if end < 0 || !f.is(end+1, "=") || !f.namesEnvironment(end+2) {
		return
	}
	for i := open + 1; i < end; i++ {
		if f.tokens[i].kind != word || f.tokens[i].depth != f.tokens[open].depth+1 || !(f.is(i-1, "{") || f.is(i-1, ",")) {
			continue
		}
		name, variable := f.tokens[i].value, f.tokens[i].value
		at := -1
		if f.is(i+1, ":") && i+2 < end {
			i += 2
			name = f.tokens[i].value
		}
		if f.is(i+1, "=") {
			at = i + 2
		}
		f.add(name, definition{at: at, fromEnv: true, variable: variable})
	}
}

// namesEnvironment reports whether an expression is the environment: process.env,
// import.meta.env, loadEnv(…).
func (f *File) namesEnvironment(i int) bool {
	// Names alternate with dots, so every second token is looked at.
	for ; i < len(f.tokens) && f.tokens[i].kind == word; i += 2 {
		switch f.tokens[i].value {
		case "env", "environment", "loadEnv":
			return true
		}
		if !f.is(i+1, ".") {
			return false
		}
	}
	return false
}

// evaluator starts one evaluation, with a number of steps of its own: names that
// stand for sums of names would otherwise take exponential time.
func (f *File) evaluator() *evaluator { return &evaluator{File: f, steps: maxSteps} }
