package jsconf

import (
	"slices"
	"strings"
)

// primary reads a literal, a name with what is asked of it, or a bracket.
func (e *evaluator) primary(i int) (Value, int) {
	e.steps--
	if i >= len(e.tokens) || e.steps < 0 {
		return Value{}, i
	}
	switch t := e.tokens[i]; {
	case t.kind == text:
		return e.members(Value{Kind: String, Text: t.value}, i+1)
	case t.kind == number:
		// 1_000 is a number as JavaScript writes it.
		return Value{Kind: Number, Text: strings.ReplaceAll(t.value, "_", "")}, i + 1
	case t.kind == template:
		return e.members(e.template(t.value), i+1)
	case t.kind == regex:
		return e.members(Value{Kind: Regexp, Text: t.value}, i+1)
	case t.is("{"):
		return e.object(i)
	case t.is("["):
		v, next := e.array(i)
		return e.members(v, next)
	case t.is("(") && t.match > i:
		return e.members(e.value(i+1), t.match+1)
	case t.kind == word:
		return e.name(i)
	}
	return Value{Kind: Opaque}, e.skip(i)
}

// template puts `…${…}…` together.
func (e *evaluator) template(raw string) Value {
	v := Value{Kind: String}
	for {
		before, rest, more := strings.Cut(raw, "${")
		v = add(v, Value{Kind: String, Text: unescape(before)})
		if !more {
			return v
		}
		inner, after, closed := strings.Cut(rest, "}")
		if !closed {
			return Value{Kind: Opaque}
		}
		v = add(v, e.inner(inner))
		raw = after
	}
}

// inner evaluates the text of an expression within a template with the names of
// the file around it.
func (e *evaluator) inner(src string) Value {
	if e.depth >= maxDepth || e.steps < 0 {
		return Value{Kind: Opaque}
	}
	// The names of the file are places among its tokens: the expression's own
	// tokens are put behind them for as long as it is read.
	tokens := e.tokens
	defer func() { e.tokens = tokens }()
	begin := len(tokens)
	more := lex(src)
	for i := range more {
		// Bracket partners were counted from the expression's own beginning.
		if more[i].match >= 0 {
			more[i].match += begin
		}
	}
	e.tokens = slices.Concat(tokens, more)
	e.steps -= len(tokens) / 16 // copying is work, too
	e.depth++
	defer func() { e.depth-- }()
	return e.value(begin)
}

// object reads "{ a: 1, 'b': 2, c, ...d, e() {…} }".
func (e *evaluator) object(i int) (Value, int) {
	end := e.tokens[i].match
	v := Value{Kind: Object}
	if end < 0 {
		return v, len(e.tokens)
	}
	for i++; i < end; {
		// at makes sure of progress: whatever property reads nothing of is skipped.
		at := i
		i = e.property(&v, i)
		if i <= at || !e.is(i, ",") {
			i = max(e.comma(i), at+1)
		}
		if e.is(i, ",") {
			i++
		}
	}
	return v, end + 1
}

// comma goes to the next comma or closing bracket.
func (e *evaluator) comma(i int) int { return e.until(i, ",", "}", "]", ")") }

func (e *evaluator) property(v *Value, i int) int {
	// Spread later properties win, as set replaces a value of the same name.
	t := e.tokens[i]
	if t.is("...") {
		spread, next := e.expression(i + 1)
		for _, f := range spread.Fields {
			v.set(f.Name, f.Value)
		}
		return next
	}
	if t.is("[") && t.match > i {
		return e.computed(v, i)
	}
	name := t.value
	switch {
	case t.kind == mark:
		return e.comma(i)
	case e.is(i+1, ":"):
		value, next := e.expression(i + 2)
		v.set(name, value)
		return next
	case e.is(i+1, "(") && e.tokens[i+1].match > i:
		value, next := e.body(e.tokens[i+1].match + 1)
		v.set(name, value)
		return e.comma(next)
	case t.kind == word && i+1 < len(e.tokens) && e.tokens[i+1].kind == word: // async name() {…}
		return e.property(v, i+1)
	case t.kind == word && (e.is(i+1, ",") || e.is(i+1, "}")):
		value, _ := e.name(i)
		v.set(name, value)
		return i + 1
	}
	return e.comma(i)
}

// computed reads [NAME]: VALUE.
func (e *evaluator) computed(v *Value, i int) int {
	t := e.tokens[i]
	key := e.value(i + 1)
	if !e.is(t.match+1, ":") {
		return e.comma(i)
	}
	value, next := e.expression(t.match + 2)
	if key.Kind == String {
		v.set(key.Text, value)
	}
	return next
}

func (e *evaluator) array(i int) (Value, int) {
	end := e.tokens[i].match
	v := Value{Kind: Array}
	if end < 0 {
		return v, len(e.tokens)
	}
	for i++; i < end; {
		at := i
		var item Value
		if e.is(i, "...") {
			item, i = e.expression(i + 1)
			v.Items = append(v.Items, item.Items...)
		} else {
			item, i = e.expression(i)
			v.Items = append(v.Items, item)
		}
		if i <= at || !e.is(i, ",") {
			i = max(e.comma(i), at+1)
		}
		if e.is(i, ",") {
			i++
		}
	}
	return v, end + 1
}

// name reads a name and what is asked of it: process.env.PORT, parseInt(x), config.a.
func (e *evaluator) name(i int) (Value, int) {
	switch e.tokens[i].value {
	case "true", "false":
		return Value{Kind: Bool, True: e.tokens[i].value == "true"}, i + 1
	case "undefined", "null":
		return Value{}, i + 1
	}
	path, next := e.path(i)
	// get is Deno's and Nest's way to ask, with the variable as argument: call knows it.
	if variable, ok := environment(path); ok && variable != "get" {
		return e.members(e.variable(variable, -1), next)
	}
	if e.is(next, "(") && e.tokens[next].match > next {
		return e.members(e.call(path, next), e.tokens[next].match+1)
	}
	return e.members(e.lookup(path[0]).Get(path[1:]...), next)
}

// path reads a.b.c, a?.b and a["b"].
func (e *evaluator) path(i int) ([]string, int) {
	path := []string{e.tokens[i].value}
	for i++; i < len(e.tokens); {
		switch {
		case (e.is(i, ".") || e.is(i, "?.")) && i+1 < len(e.tokens) && e.tokens[i+1].kind == word:
			path = append(path, e.tokens[i+1].value)
			i += 2
		case e.is(i, "[") && e.tokens[i].match == i+2 && e.tokens[i+1].kind == text:
			path = append(path, e.tokens[i+1].value)
			i += 3
		case e.is(i, "!") && !e.is(i+1, "="): // TypeScript: surely not null
			i++
		default:
			return path, i
		}
	}
	return path, i
}

// environment returns the variable that a path asks for: the last name behind
// "env", in whatever way the environment came to be called so.
func environment(path []string) (string, bool) {
	if n := len(path); n >= 2 && (path[n-2] == "env" || path[n-2] == "environment") {
		return path[n-1], true
	}
	return "", false
}

// variable is the value of a variable of the environment, or a default at a token.
func (e *evaluator) variable(name string, at int) Value {
	if value, ok := e.env[name]; ok {
		return Value{Kind: String, Text: value}
	}
	v := Value{Kind: Opaque}
	if at >= 0 {
		v = e.value(at)
	}
	return v.with([]string{name})
}

func (e *evaluator) lookup(name string) Value {
	d, ok := e.names[name]
	if !ok || e.depth >= maxDepth {
		return Value{Kind: Opaque}
	}
	e.depth++
	defer func() { e.depth-- }()
	if d.fromEnv {
		return e.variable(d.variable, d.at)
	}
	return e.value(d.at)
}

// call is what a function makes of its first argument, as far as that is known.
func (e *evaluator) call(path []string, open int) Value {
	first := Value{}
	if open+1 < e.tokens[open].match {
		first = e.value(open + 1)
	}
	// What these make of a text is the same number to whoever reads it by Int.
	switch name := path[len(path)-1]; name {
	case "parseInt", "Number", "String", "parseFloat", "toString":
		return first
	case "get": // Deno.env.get("PORT")
		if len(path) >= 2 && path[len(path)-2] == "env" && first.Kind == String {
			return e.variable(first.Text, -1)
		}
	default:
		// defineConfig, withX(plugin): functions around a configuration that hand it on.
		if first.Kind == Object { // defineConfig({…})
			return first
		}
	}
	return Value{Kind: Opaque, Env: first.Env}
}

// members goes over what is asked of a value: ".filter(Boolean)", "[0]", "!". A
// method's answer is not known, except where it keeps a list.
func (e *evaluator) members(v Value, i int) (Value, int) {
	for i < len(e.tokens) {
		switch {
		case (e.is(i, ".") || e.is(i, "?.")) && i+1 < len(e.tokens):
			// Their answer is a list or a text like the one they were asked of.
			method := e.tokens[i+1].value
			i += 2
			if method != "filter" && method != "toString" && method != "concat" {
				v = Value{Kind: Opaque, Env: v.Env}
			}
		case (e.is(i, "(") || e.is(i, "[")) && e.tokens[i].match > i:
			i = e.tokens[i].match + 1
		case e.is(i, "!") && !e.is(i+1, "="):
			i++
		default:
			return v, i
		}
	}
	return v, i
}
