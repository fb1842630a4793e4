// Package pattern has regular expressions that are compiled when they are first
// asked: there are a hundred of them, and most runs of devgate ask none.
package pattern

import (
	"regexp"
	"sync"
)

// Pattern is a regular expression of package regexp.
type Pattern struct {
	source string
	once   sync.Once
	regexp *regexp.Regexp
}

// New returns a pattern. A mistake in it panics when it is first asked; a test asks
// all of them.
func New(source string) *Pattern { return &Pattern{source: source} }

func (p *Pattern) compiled() *regexp.Regexp {
	p.once.Do(func() { p.regexp = regexp.MustCompile(p.source) })
	return p.regexp
}

// MatchString is that of [regexp.Regexp], and so are the others.
func (p *Pattern) MatchString(s string) bool { return p.compiled().MatchString(s) }

// FindStringSubmatch returns the first match and its groups, or nil.
func (p *Pattern) FindStringSubmatch(s string) []string { return p.compiled().FindStringSubmatch(s) }

// FindAllStringSubmatch returns the first n matches and their groups; -1: all.
func (p *Pattern) FindAllStringSubmatch(s string, n int) [][]string {
	return p.compiled().FindAllStringSubmatch(s, n)
}

// FindAllString returns the first n matches; -1: all.
func (p *Pattern) FindAllString(s string, n int) []string { return p.compiled().FindAllString(s, n) }

// ReplaceAllString replaces every match.
func (p *Pattern) ReplaceAllString(s, with string) string {
	return p.compiled().ReplaceAllString(s, with)
}

// ReplaceAllStringFunc replaces every match by what a function makes of it.
func (p *Pattern) ReplaceAllStringFunc(s string, with func(string) string) string {
	return p.compiled().ReplaceAllStringFunc(s, with)
}
