package message

import (
	"net/http"
	"strings"
)

// HasToken reports whether one of the comma-separated lists in values holds
// token, whatever its case.
func HasToken(values []string, token string) bool {
	for _, v := range values {
		for t := range strings.SplitSeq(v, ",") {
			if EqualFold(strings.Trim(t, " \t"), token) {
				return true
			}
		}
	}
	return false
}

// EqualFold reports whether two tokens are the same whatever the case of their letters,
// of which only ASCII's have any: to Unicode the Kelvin sign is a letter k, too.
func EqualFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}

// Tokens splits the comma-separated lists in values.
func Tokens(values []string) (list []string) {
	for _, v := range values {
		for t := range strings.SplitSeq(v, ",") {
			if t = strings.Trim(t, " \t"); t != "" {
				list = append(list, t)
			}
		}
	}
	return list
}

// ValidName reports whether s is a token (RFC 9110 section 5.6.2).
func ValidName(s string) bool {
	for i := range len(s) {
		if !isTokenByte(s[i]) {
			return false
		}
	}
	return s != ""
}

func isTokenByte(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

// ValidValue reports whether s can stand in a header line: no control
// character but the tab (RFC 9110 section 5.5).
func ValidValue(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' && s[i] != '\t' || s[i] == 0x7f {
			return false
		}
	}
	return true
}

// Listed splits the comma-separated lists in h's name into canonical names.
func Listed(h http.Header, name string) []string {
	names := Tokens(h[name])
	for i := range names {
		names[i] = http.CanonicalHeaderKey(names[i])
	}
	return names
}
