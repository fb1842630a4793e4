package draft

import (
	"strings"

	"devgate/internal/detect/found"
	"devgate/internal/detect/pattern"
)

// A pattern for each: more than this is generated, and nobody would read the file.
const maxAlternatives = 50

var (
	// plainPath is a path of letters that mean themselves.
	plainPath = pattern.New(`^(?:/[A-Za-z0-9._~@:+,=%-]*)+$`)
	// globPath is the same with stars.
	globPath = pattern.New(`^(?:/[A-Za-z0-9._~@:+,=%*-]*)+$`)
	// oneGroup finds a regular expression with one group of alternatives.
	oneGroup = pattern.New(`^(.*?)\((?:\?:)?([^()]*\|[^()]*)\)(.*)$`)
)

// patterns writes a route's path as devgate does. A path that stands for
// everything gives none. It reports whether the path could be written.
func patterns(form found.PatternForm, path string) ([]string, bool) {
	switch form {
	case found.Prefix:
		return prefix(path)
	case found.Glob:
		return glob(path)
	case found.Regex:
		return regex(path)
	}
	return nil, false
}

// prefix: "/api" is whatever begins so, "/api/" what is below.
func prefix(path string) ([]string, bool) {
	if path == "/" {
		return nil, true
	}
	// A prefix with a sign of a pattern in it would mean something else in the file.
	if !plainPath.MatchString(path) {
		return nil, false
	}
	return []string{path + "*"}, true
}

// glob: "**" at the end is devgate's "*"; within a path it has none. Without a star
// a path is that path alone.
func glob(path string) ([]string, bool) {
	stem := strings.TrimRight(path, "*")
	switch {
	case (stem == "/" || stem == "") && stem != path:
		return nil, true
	// devgate's star stands for whole segments, or for the rest of the path at its end.
	case !globPath.MatchString(stem) || strings.Contains(strings.ReplaceAll(stem+"/", "/*/", "//"), "*"):
		return nil, false // a star within a segment
	case stem != path:
		stem += "*"
	}
	return []string{stem}, true
}

// regex: "^/(a|b)/.*", "^/api", "^/api/", "^/x$".
func regex(path string) ([]string, bool) {
	// Escapes that projects write out of habit; what is left of "\" makes plainPath
	// refuse it.
	text := strings.NewReplacer(`\/`, "/", `\.`, ".", `\-`, "-").Replace(strings.TrimPrefix(path, "^"))
	if m := oneGroup.FindStringSubmatch(text); m != nil {
		var all []string
		alternatives := strings.Split(m[2], "|")
		if len(alternatives) > maxAlternatives {
			return nil, false
		}
		for _, a := range alternatives {
			one, ok := literal(m[1] + a + m[3])
			if !ok {
				return nil, false
			}
			all = append(all, one)
		}
		return all, true
	}
	one, ok := literal(text)
	// "/*" is everything: no path at all says the same.
	if !ok || one == "/*" {
		return nil, ok
	}
	return []string{one}, true
}

// tails are how regular expressions end, with what is the same in a pattern.
// Longer ones first where one ends in another.
var tails = []struct{ regex, pattern string }{
	{`(/.*)?$`, "*"}, {`(/.*)?`, "*"}, {`(?:/.*)?$`, "*"}, {`(/|$)`, "*"}, {`(?:/|$)`, "*"}, {`/?$`, "*"},
	{`/(.*)$`, "/*"}, {`/(.*)`, "/*"}, {`/.*$`, "/*"}, {`/.*`, "/*"}, {`/.+`, "/*"}, {`.*$`, "*"}, {`.*`, "*"}, {`$`, ""},
}

// literal writes an expression that is a path with one of the usual ends.
func literal(text string) (string, bool) {
	for _, t := range tails {
		if stem, ok := strings.CutSuffix(text, t.regex); ok {
			return stem + t.pattern, plainPath.MatchString(stem) || stem == "" && t.pattern == "/*"
		}
	}
	// A regular expression without an end matches whatever follows: a prefix.
	return text + "*", plainPath.MatchString(text)
}
