package routes

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// split cuts a path at the slashes that it was sent with, and only then takes the
// escapes out of each segment, as `paths` of a Devgatefile are matched.
func split(path string) []string {
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, s := range segments {
		if u, err := url.PathUnescape(s); err == nil {
			segments[i] = u
		}
	}
	return segments
}

// plain reports whether a segment can be written in `paths` as it is. One that
// cannot is matched by "*" alone.
func plain(segment string) bool {
	return utf8.ValidString(segment) && !strings.ContainsAny(segment, "*/?# ") && strings.IndexFunc(segment, notShown) < 0
}

func notShown(r rune) bool { return !unicode.IsPrint(r) }

// idForms are what the names of single things look like: numbers, UUIDs, hashes,
// ULIDs, addresses, dates, ABC-12.
var idForms = regexp.MustCompile(`^(?:[0-9]+|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{10,}` +
	`|[0-9A-HJKMNP-TV-Z]{26}|[^@]+@[^@]+\.[^@]+|[0-9]{4}-[0-9]{2}-[0-9]{2}|[A-Z]{2,6}-[0-9]+)$`)

// longMixed is the length from which letters and digits together are taken for
// something random.
const longMixed = 16

// isID reports whether a segment names one thing of many.
func isID(segment string) bool {
	return idForms.MatchString(segment) || len(segment) >= longMixed && strings.ContainsAny(segment, "0123456789") &&
		strings.IndexFunc(segment, unicode.IsLetter) >= 0 && !strings.ContainsAny(segment, ".")
}

// general reports whether "*" is to stand for a segment.
func general(segment string) bool { return !plain(segment) || isID(segment) }

// generalise is a path with "*" for what names one thing of many.
func generalise(segments []string) []string {
	all := make([]string, len(segments))
	for i, s := range segments {
		all[i] = s
		if general(s) {
			all[i] = "*"
		}
	}
	return all
}

// Shape is a path as it is told to people: without what names single things.
func Shape(path string) string { return "/" + strings.Join(generalise(split(path)), "/") }

var fileForm = regexp.MustCompile(`\.[A-Za-z0-9]{1,8}$`)

// isFile reports whether a segment looks like the name of a file.
func isFile(segment string) bool { return fileForm.MatchString(segment) }
