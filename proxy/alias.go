package proxy

import "strings"

// isAlias reports whether a segment of a path may be a second name of a file on Windows: the
// short form of a name (ENV~1 for .env), one with a dot or a blank behind it, a stream of a
// file. What is not for the public by its name must not be had by another.
func isAlias(segment string) bool {
	if segment == "" || segment == "." || segment == ".." {
		return false
	}
	return strings.Contains(segment, ":") || strings.HasSuffix(segment, ".") || strings.HasSuffix(segment, " ") || isShortForm(segment)
}

// isShortForm knows the form of names that Windows makes for programs of old: up to eight
// characters with ~ and a number at their end, and an ending of up to three.
func isShortForm(name string) bool {
	base, ending, _ := strings.Cut(name, ".")
	_, number, marked := strings.Cut(base, "~")
	return marked && number != "" && strings.Trim(number, "0123456789") == "" && len(base) <= 8 && len(ending) <= 3
}
