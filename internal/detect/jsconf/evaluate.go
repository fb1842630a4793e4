package jsconf

import (
	"slices"
	"strconv"
	"strings"
)

// The steps are shared by all that one evaluation leads to, so a file that is built to
// double at each name costs no more than another.
const (
	maxSteps = 20000
	maxDepth = 60
	maxValue = 4096 // bytes of a text that is put together
)

// evaluator reads expressions. Its methods take the index of a token and return
// the index behind what they have read.
type evaluator struct {
	*File
	steps int
	depth int
}

// value is the expression that begins at a token.
func (e *evaluator) value(i int) Value {
	v, _ := e.expression(i)
	return v
}

// expression reads up to where a comma, a semicolon or a closing bracket ends it.
func (e *evaluator) expression(i int) (Value, int) {
	e.steps--
	// At the bounds what stands there counts as unknown, and reading goes on behind it.
	if e.steps < 0 || e.depth >= maxDepth || i >= len(e.tokens) {
		return Value{Kind: Opaque}, e.skip(i)
	}
	e.depth++
	defer func() { e.depth-- }()
	if v, next, ok := e.function(i); ok {
		return v, next
	}
	v, next := e.either(i)
	// "?" here is the conditional: "?." and "??" are tokens of their own.
	if e.is(next, "?") {
		return e.conditional(i, next)
	}
	return v, next
}

// skip goes to the end of an expression.
func (e *evaluator) skip(i int) int {
	return e.until(i, ",", ";", ")", "]", "}")
}

// until goes to the first of some marks, over what stands in brackets. It counts
// as work, so that a text without such marks is not gone over again and again.
func (e *evaluator) until(i int, ends ...string) int {
	start := i
	for i < len(e.tokens) && e.steps >= 0 {
		t := e.tokens[i]
		if t.kind == mark && slices.Contains(ends, t.value) {
			break
		}
		// match leads to the closing bracket: what is inside is gone over in one step.
		if t.match > i {
			i = t.match
		}
		i++
	}
	// A sixteenth, as going over a token is cheaper than reading one.
	e.steps -= (i - start) / 16
	if e.steps < 0 {
		return len(e.tokens)
	}
	return i
}

// function reads "x => …", "(x) => …", "function (x) {…}", each also with async.
// A function that returns an object or a list stands for it: that is how
// configurations are written.
func (e *evaluator) function(i int) (Value, int, bool) {
	start := i
	if e.isWord(i, "async") {
		i++
	}
	switch {
	case e.isWord(i, "function"):
		for i < len(e.tokens) && !e.is(i, "(") {
			i++
		}
		if i >= len(e.tokens) || e.tokens[i].match < 0 {
			return Value{}, start, false
		}
		i = e.tokens[i].match + 1
		for i < len(e.tokens) && !e.is(i, "{") { // over a type
			i++
		}
		v, next := e.body(i)
		return v, next, true
	case e.is(i, "(") && e.tokens[i].match > i:
		end := e.tokens[i].match + 1
		// (a: string): UserConfig => …: a type stands before the arrow, and 20 tokens are
		// more than those have.
		for j := end; e.is(end, ":") && j < min(len(e.tokens), end+20); j++ {
			if e.is(j, "=>") {
				end = j
			}
		}
		if !e.is(end, "=>") {
			return Value{}, start, false
		}
		v, next := e.body(end + 1)
		return v, next, true
	case i < len(e.tokens) && e.tokens[i].kind == word && e.is(i+1, "=>"):
		v, next := e.body(i + 2)
		return v, next, true
	}
	return Value{}, start, false
}

// body reads what a function returns.
func (e *evaluator) body(i int) (Value, int) {
	if !e.is(i, "{") {
		v, next := e.expression(i)
		return returned(v), next
	}
	end := e.tokens[i].match
	if end < 0 {
		return Value{Kind: Function}, len(e.tokens)
	}
	// The first return at the function's own depth; returns in blocks ("if (…) return a")
	// are deeper. A configuration that differs by command is then that of its last lines.
	for j := i + 1; j < end; j++ {
		if e.isWord(j, "return") && e.tokens[j].depth == e.tokens[i].depth+1 {
			return returned(e.value(j + 1)), end + 1
		}
	}
	return Value{Kind: Function}, end + 1
}

// returned is what a function stands for: the object or list that it returns.
func returned(v Value) Value {
	if v.Kind == Object || v.Kind == Array {
		return v
	}
	return Value{Kind: Function}
}

// conditional reads "condition ? a : b". A condition cannot be known; which branch
// development takes is told by its words.
func (e *evaluator) conditional(start, question int) (Value, int) {
	// Both branches are read in any case, to find out where the expression ends.
	then, next := e.expression(question + 1)
	if !e.is(next, ":") {
		return Value{Kind: Opaque}, e.skip(next)
	}
	other, next := e.expression(next + 1)
	// "cond ? {proxy} : undefined" is meant to be used: that somebody wrote it is the
	// reason to read it.
	if other.Kind == None || e.isDevelopment(start, question) {
		return then, next
	}
	return other, next
}

// isDevelopment reports whether a condition holds in development: isDev, mode ===
// "development", !isProduction.
func (e *evaluator) isDevelopment(from, to int) bool {
	dev, prod, not := false, false, false
	for _, t := range e.tokens[from:to] {
		// Words of the conditions that projects have: mode === "production", command ===
		// "serve", isDev, process.env.NODE_ENV.
		name := strings.ToLower(t.value)
		dev = dev || strings.Contains(name, "dev") || name == "serve"
		prod = prod || strings.Contains(name, "prod") || name == "build"
		not = not || t.is("!") || t.is("!==") || t.is("!=")
	}
	return dev && !not || !dev && prod && not
}

// either reads "a || b", "a ?? b" and "a && b".
func (e *evaluator) either(i int) (Value, int) {
	v, next := e.sum(i)
	for next < len(e.tokens) {
		op := e.tokens[next].value
		if e.tokens[next].kind != mark || op != "||" && op != "??" && op != "&&" {
			return e.rest(v, next)
		}
		var other Value
		other, next = e.sum(next + 1)
		switch {
		// process.env.X || "a" has both: the default as value and X in Env.
		case op == "&&" && (v.IsSet() || !v.known()):
			v = v.replaced(other)
		case op == "??" && v.known(), op == "||" && v.known() && v.IsSet(), op == "&&":
		case other.known() || !v.known():
			v = v.replaced(other)
		}
	}
	return v, next
}

// rest goes over operators that say nothing about a value: comparisons, casts of
// TypeScript.
func (e *evaluator) rest(v Value, i int) (Value, int) {
	if i >= len(e.tokens) {
		return v, i
	}
	switch t := e.tokens[i]; {
	case t.is("?"), t.is(":"), t.is(","), t.is(";"), t.is(")"), t.is("]"), t.is("}"):
		return v, i
	case t.isWord("as"), t.isWord("satisfies"):
		return v, e.skip(i)
	case t.kind == mark:
		// A comparison gives true or false, of which nobody knows which.
		return Value{Kind: Opaque, Env: v.Env}, e.beforeQuestion(i + 1)
	}
	return v, i // the next statement, where semicolons are left out
}

// beforeQuestion goes to the end of a comparison.
func (e *evaluator) beforeQuestion(i int) int {
	return e.until(i, "?", ":", ",", ";", ")", "]", "}")
}

// sum reads "a + b".
func (e *evaluator) sum(i int) (Value, int) {
	v, next := e.unary(i)
	for e.is(next, "+") {
		var other Value
		other, next = e.unary(next + 1)
		v = add(v, other)
	}
	return v, next
}

func add(a, b Value) Value {
	env := a.with(b.Env).Env
	switch {
	case !a.known() || !b.known() || len(a.Text)+len(b.Text) > maxValue:
		return Value{Kind: Opaque, Env: env}
	case a.Kind == Number && b.Kind == Number:
		return Value{Kind: Number, Text: strconv.Itoa(a.Int() + b.Int()), Env: env}
	}
	return Value{Kind: String, Text: a.Text + b.Text, Env: env}
}

// unary reads a primary expression with what stands before and behind it.
func (e *evaluator) unary(i int) (Value, int) {
	e.steps--
	switch {
	case e.steps < 0:
		return Value{Kind: Opaque}, len(e.tokens)
	// "!" and "-" of something known could be computed; no option that is looked for has
	// one.
	case e.is(i, "!"), e.is(i, "-"), e.isWord(i, "typeof"):
		v, next := e.unary(i + 1)
		return Value{Kind: Opaque, Env: v.Env}, next
	case e.is(i, "+"), e.isWord(i, "await"):
		return e.unary(i + 1)
	case e.isWord(i, "new"):
		_, next := e.unary(i + 1)
		return Value{Kind: Opaque}, next
	}
	return e.primary(i)
}
