package logmux

import (
	"regexp"
	"slices"
	"sync"
)

// A Matcher finds the first line that matches, among all lines of the streams
// that it was given to (see Printer.MatchedStream). It looks at each line as it
// comes, before memory, so none is missed however many there are. Until a line
// matches, it costs its streams one match a line; after that, nothing.
type Matcher struct {
	pattern *regexp.Regexp
	once    sync.Once
	found   chan struct{}
}

// NewMatcher makes a matcher for lines whose text, without colours, matches.
func NewMatcher(pattern *regexp.Regexp) *Matcher {
	return &Matcher{pattern: pattern, found: make(chan struct{})}
}

// Found is closed once a line has matched.
func (m *Matcher) Found() <-chan struct{} { return m.found }

func (m *Matcher) isFound() bool {
	select {
	case <-m.found:
		return true
	default:
		return false
	}
}

// A lineMatcher looks at the lines of one stream. The zero one looks for nothing.
type lineMatcher struct {
	m    *Matcher // nil: for nothing, or not any more
	line []byte   // of a line in pieces, what came before, without colours
}

// look takes the next pieces of the stream; goesOn tells that the line of the
// last one is not over.
func (l *lineMatcher) look(text []byte, pieces []piece, goesOn bool) {
	if l.m == nil {
		return
	}
	start := 0
	for i, p := range pieces {
		unfinished := goesOn
		if i+1 < len(pieces) {
			unfinished = pieces[i+1].continued
		}
		if l.m.isFound() || l.m.pattern.Match(l.whole(text[start:p.end], p, unfinished)) {
			l.m.once.Do(func() { close(l.m.found) })
			*l = lineMatcher{}
			return
		}
		start = p.end
	}
}

// whole is a piece with what its line began with, up to maxPiece of it: a prompt
// that was shown for its silence and then went on is one line. A line in one
// piece, as nearly all are, costs no copy.
func (l *lineMatcher) whole(text []byte, p piece, unfinished bool) []byte {
	if !p.continued {
		l.line = l.line[:0]
		if !unfinished && !p.styled {
			return text
		}
	}
	l.line = slices.Delete(l.line, 0, max(0, len(l.line)-maxPiece))
	l.line = appendUnstyled(l.line, text)
	return l.line
}
