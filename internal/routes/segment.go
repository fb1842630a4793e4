package routes

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// split cuts a path at the slashes that it was sent with, and only then takes the
// escapes out of each segment, as `paths` of a Devgatefile are matched.
func split(path string) []string {
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, s := range segments {
		segments[i] = unescape(s)
	}
	return segments
}

// unescape takes the escapes out of a segment; one that is not well formed stays as it
// is.
func unescape(segment string) string {
	if strings.IndexByte(segment, '%') < 0 {
		return segment
	}
	if u, err := url.PathUnescape(segment); err == nil {
		return u
	}
	return segment
}

// plain reports whether a segment can be written in `paths` as it is. One that
// cannot is matched by "*" alone.
func plain(segment string) bool {
	if strings.HasSuffix(segment, ":") {
		return false // "http://" would be taken for a URL
	}
	for _, r := range segment {
		switch {
		case r == '*', r == '/', r == '?', r == '#', r <= ' ', r == 0x7f, r == utf8.RuneError:
			return false
		case r >= utf8.RuneSelf && !unicode.IsPrint(r):
			return false
		}
	}
	return true
}

// idForms are what the names of single things look like beside plain numbers and
// hashes: UUIDs, ULIDs, addresses, dates, ABC-12.
var idForms = lazy(`^(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9A-HJKMNP-TV-Z]{26}` +
	`|[^@]+@[^@]+\.[^@]+|[0-9]{4}-[0-9]{2}-[0-9]{2}|[A-Z]{2,6}-[0-9]+)$`)

const (
	// leastHash is the length from which hexadecimal digits are taken for a hash.
	leastHash = 10
	// longMixed is that from which letters and digits together are taken for
	// something random: a cuid, a token, a hash in another alphabet.
	longMixed = 16
)

// isID reports whether a segment names one thing of many.
func isID(segment string) bool {
	digits, letters, hex, rest := kinds(segment)
	switch {
	case len(segment) == 0 || digits == 0 && strings.IndexByte(segment, '@') < 0:
		return hex == len(segment) && hex >= leastHash
	case digits == len(segment), hex == len(segment) && hex >= leastHash:
		return true
	case rest == 0 && len(segment) < longMixed:
		return false
	case digits > 0 && letters > 0 && len(segment) >= longMixed && strings.IndexByte(segment, '.') < 0:
		return true
	}
	return idForms().MatchString(segment)
}

// kinds counts the characters of a segment. Each segment of each request is looked
// at, so only few are given to a regular expression.
func kinds(segment string) (digits, letters, hex, rest int) {
	for i := range len(segment) {
		switch c := segment[i]; {
		case c >= '0' && c <= '9':
			digits++
			hex++
		case c >= 'a' && c <= 'f', c >= 'A' && c <= 'F':
			letters++
			hex++
		case c >= 'g' && c <= 'z', c >= 'G' && c <= 'Z', c >= 0x80:
			letters++
		default:
			rest++
		}
	}
	return digits, letters, hex, rest
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

var fileForm = lazy(`\.[A-Za-z0-9]{1,8}$`)

// isFile reports whether a segment looks like the name of a file.
func isFile(segment string) bool { return fileForm().MatchString(segment) }
