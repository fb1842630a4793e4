package draft

import (
	"strings"

	"devgate/internal/detect/found"
	"devgate/internal/detect/pattern"
)

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
	case !globPath.MatchString(stem) || strings.Contains(strings.ReplaceAll(stem+"/", "/*/", "//"), "*"):
		return nil, false // a star within a segment
	case stem != path:
		stem += "*"
	}
	return []string{stem}, true
}

// regex: "^/(a|b)/.*", "^/api", "^/api/", "^/x$".
func regex(path string) ([]string, bool) {
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
	if !ok || one == "/*" {
		return nil, ok
	}
	return []string{one}, true
}

// tails are how regular expressions end, with what is the same in a pattern.
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
	return text + "*", plainPath.MatchString(text)
}
