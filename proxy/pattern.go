package proxy

import (
	"net/url"
	"strings"
)

// pattern is one entry of a backend's paths, such as "/api/*". A "*" at the
// very end matches whatever follows, also nothing and also slashes; any other
// "*" matches within one segment, at least one character when it is the whole
// segment. Everything else matches itself, case included.
//
// A request path is split at the slashes it was sent with, and only then is
// each segment unescaped: "/%61pi/x" matches "/api/*", and "/api%2Fx" is one
// segment that does not. Dots and empty segments are not resolved.
type pattern struct {
	segments []string
	rest     bool // the last segment is a prefix of what is left
}

// compilePattern never fails: what cannot match simply does not.
func compilePattern(s string) pattern {
	p := pattern{}
	if strings.HasSuffix(s, "*") {
		p.rest = true
		s = s[:len(s)-1]
	}
	p.segments = strings.Split(s, "/")
	return p
}

// match reports whether path, the raw request target before "?", matches.
func (p pattern) match(path string) bool {
	last := len(p.segments) - 1
	for i, want := range p.segments {
		if i == last && p.rest {
			return matchPrefix(want, path)
		}
		got, rest, more := strings.Cut(path, "/")
		if !matchSegment(want, unescapeSegment(got)) {
			return false
		}
		if more == (i == last) {
			return false
		}
		path = rest
	}
	return true
}

// matchPrefix matches the last segment of a pattern that ends in "*".
func matchPrefix(want, path string) bool {
	got, _, _ := strings.Cut(path, "/")
	got = unescapeSegment(got)
	if !strings.Contains(want, "*") {
		return strings.HasPrefix(got, want)
	}
	for i := range len(got) + 1 {
		if matchSegment(want, got[:i]) {
			return true
		}
	}
	return false
}

// matchSegment matches one segment; a "*" in it stands for any characters.
func matchSegment(want, got string) bool {
	if want == "*" {
		return got != ""
	}
	head, tail, star := strings.Cut(want, "*")
	if !star {
		return want == got
	}
	if !strings.HasPrefix(got, head) {
		return false
	}
	for i := len(head); i <= len(got); i++ {
		if matchSegmentTail(tail, got[i:]) {
			return true
		}
	}
	return false
}

// matchSegmentTail is matchSegment where an empty rest also matches "*".
func matchSegmentTail(want, got string) bool {
	return want == "*" && got == "" || matchSegment(want, got)
}

// unescapeSegment leaves a segment alone that is not validly escaped.
func unescapeSegment(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	return s
}

// rawPath is the path of a request target as it was sent.
func rawPath(target string) string {
	path, _, _ := strings.Cut(target, "?")
	return path
}
