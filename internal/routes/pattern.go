package routes

import "strings"

// Reach is how far a pattern goes.
type Reach int

const (
	// Exact is the path alone. It is the zero value.
	Exact Reach = iota
	// Below is the path and all that is below it, segment by segment: "/api" and
	// "/api/x", never "/apix".
	Below
	// Rest is whatever begins like the pattern, as `paths` that end in "*": the
	// last segment is the beginning of one.
	Rest
)

// Pattern is a set of paths. A segment "*" is any one that is not empty.
type Pattern struct {
	Segments []string // unescaped, from the first slash on
	Reach    Reach
}

// ParsePattern reads one of the `paths` of a Devgatefile.
func ParsePattern(text string) Pattern {
	text, rest := strings.CutSuffix(text, "*")
	p := Pattern{Segments: strings.Split(strings.TrimPrefix(text, "/"), "/")}
	if rest {
		p.Reach = Rest
	}
	return p
}

// Match reports whether a path, as it was sent, is one of the pattern's.
func (p Pattern) Match(path string) bool { return p.match(split(path)) }

func (p Pattern) match(path []string) bool {
	last := len(p.Segments) - 1
	if len(path) <= last || p.Reach == Exact && len(path) != len(p.Segments) {
		return false
	}
	for i, want := range p.Segments {
		switch {
		case i == last && p.Reach == Rest:
			return strings.HasPrefix(path[i], want)
		case want == "*" && path[i] == "", want != "*" && want != path[i]:
			return false
		}
	}
	return true
}

// Texts are the pattern in the language of `paths`. For a path that ends in "*"
// they hold more than the pattern: there a "*" at the end is the rest.
func (p Pattern) Texts() []string {
	text := "/" + strings.Join(p.Segments, "/")
	switch {
	case p.Reach == Rest:
		return []string{text + "*"}
	case p.Reach == Below && p.last() != "*":
		return []string{text, text + "/*"}
	}
	return []string{text}
}

// String is the pattern as people read it.
func (p Pattern) String() string { return strings.Join(p.Texts(), " ") }

func (p Pattern) last() string { return p.Segments[len(p.Segments)-1] }

// rank orders patterns so that the first that matches is the one that says most:
// segment by segment a name before "*", the longer one, the path alone before
// all that is below it.
func (p Pattern) rank() string {
	b := make([]byte, 0, len(p.Segments)+1)
	for i, s := range p.Segments {
		switch {
		case i == len(p.Segments)-1 && p.Reach == Rest:
			b = append(b, '2')
		case s == "*":
			b = append(b, '1')
		default:
			b = append(b, '0')
		}
	}
	if p.Reach == Exact {
		return string(append(b, '8'))
	}
	return string(append(b, '9'))
}
