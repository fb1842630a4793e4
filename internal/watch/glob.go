package watch

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"devgate/internal/gitignore"
	"devgate/internal/spelling"
)

// glob is one pattern, split where its first wildcard is: the fixed prefix says
// where to look, the rest what counts there.
type glob struct {
	text string           // as it was written
	base string           // absolute folder or file; no wildcards
	rest string           // doublestar pattern for paths below base; "": all of them
	segs []string         // rest, segment by segment, up to the first that may span folders
	git  *gitignore.Rules // rules that hold below base; nil: none, or base is ignored itself
}

// newGlob reads a pattern that starts at dir.
func newGlob(dir, pattern string) (*glob, error) {
	if !doublestar.ValidatePattern(pattern) {
		return nil, fmt.Errorf("read pattern %q: malformed glob", pattern)
	}
	fixed, rest := splitFixed(pattern)
	base := filepath.FromSlash(fixed)
	if !filepath.IsAbs(base) {
		base = filepath.Join(dir, base)
	}
	g := &glob{text: pattern, base: spelling.Of(filepath.Clean(base)), segs: segments(rest)}
	switch {
	case rest == "":
	case rest == "**" || strings.HasSuffix(rest, "/**"):
		g.rest = rest
	default:
		// doublestar lets "/**" match nothing, so that this is the path that
		// the pattern names and, if it is a folder, everything below it.
		g.rest = rest + "/**"
	}
	return g, nil
}

// splitFixed returns the leading segments of a pattern that have no wildcard,
// unescaped, and the remaining pattern.
func splitFixed(pattern string) (fixed, rest string) {
	pattern = path.Clean(pattern)
	end := 0 // of the last whole segment without a wildcard
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			i++
		case '/':
			end = i + 1
		case '*', '?', '[', '{':
			return unescape(pattern[:end]), pattern[end:]
		}
	}
	return unescape(pattern), ""
}

// unescape takes the backslashes out of a pattern without wildcards.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// segments splits a pattern at its slashes. A segment that may match more than
// one level (**, or a brace or class with a slash in it) becomes a last "**".
func segments(rest string) []string {
	if rest == "" {
		return nil
	}
	var segs []string
	for seg := range strings.SplitSeq(rest, "/") {
		if strings.Contains(seg, "**") || !doublestar.ValidatePattern(seg) ||
			strings.Count(seg, "{") != strings.Count(seg, "}") {
			return append(segs, "**")
		}
		segs = append(segs, seg)
	}
	return segs
}

// match reports whether the pattern names path, or a folder that holds it.
func (g *glob) match(path string) bool {
	rel, ok := below(g.base, path)
	if !ok {
		return false
	}
	if g.rest == "" {
		return true
	}
	return rel != "" && matches(g.rest, filepath.ToSlash(rel))
}

// reaches reports whether the pattern can match something inside of dir, which
// is base or below it. It may be too generous, never too strict.
func (g *glob) reaches(dir string) bool {
	rel, ok := below(g.base, dir)
	if !ok {
		return false
	}
	if rel == "" {
		return true
	}
	i := 0
	for name := range strings.SplitSeq(filepath.ToSlash(rel), "/") {
		if i >= len(g.segs) || g.segs[i] == "**" {
			return true
		}
		if !matches(g.segs[i], name) {
			return false
		}
		i++
	}
	return true
}

// leads reports whether dir is base or on the way to it.
func (g *glob) leads(dir string) bool {
	_, ok := below(dir, g.base)
	return ok
}
