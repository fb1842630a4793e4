package session

import (
	"net/http"
	"slices"
	"strings"

	"devgate/internal/control"
)

// hidden stands for a value that is not shown.
const hidden = "•••"

// redact takes the values of secrets out of a detail. It is the one place for all
// who show one.
func redact(d *control.Detail) {
	redactMessage(&d.Request)
	redactMessage(&d.Answer)
	for i := range d.Answers {
		redactMessage(&d.Answers[i])
	}
}

func redactMessage(m *control.Message) {
	m.Header, m.Trailer = redacted(m.Header), redacted(m.Trailer)
}

// redacted is h with the values of secrets hidden; h is not changed.
func redacted(h http.Header) http.Header {
	if h == nil {
		return nil
	}
	shown := make(http.Header, len(h))
	for name, values := range h {
		shown[name] = values
		if hide := hiding(name); hide != nil {
			shown[name] = make([]string, len(values))
			for i, v := range values {
				shown[name][i] = hide(v)
			}
		}
	}
	return shown
}

// hiding is how a value of that header is shown; nil: as it is.
func hiding(name string) func(value string) string {
	switch name = http.CanonicalHeaderKey(name); {
	case name == "Cookie":
		return hideCookies
	case name == "Set-Cookie", name == "Set-Cookie2":
		return hideSetCookie
	case name == "Authorization", name == "Proxy-Authorization":
		return hideCredentials
	case isSecret(name):
		return func(string) string { return hidden }
	}
	return nil
}

// Words by which a header says that it is a secret: anywhere in the name, at its
// end, and in front of "key".
var (
	secretWords = []string{"token", "secret", "password", "passwd", "jwt", "apikey", "accesskey", "authorization", "session", "sessionid", "cookie"}
	secretLast  = []string{"auth", "credential", "pass"}
	secretKeys  = []string{"api", "access", "auth", "private", "secret", "subscription", "functions"}
)

// isSecret goes by the words of a name: X-Api-Key, X-CSRF-Token, X-CSRFToken.
func isSecret(name string) bool {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '_' || r == '.' })
	for i, word := range words {
		switch {
		case slices.Contains(secretWords, word), strings.HasSuffix(word, "token"),
			i == len(words)-1 && slices.Contains(secretLast, word),
			i > 0 && word == "key" && slices.Contains(secretKeys, words[i-1]):
			return true
		}
	}
	return false
}

// schemes are those of credentials; what else stands first may be a secret.
var schemes = []string{"basic", "bearer", "digest", "negotiate", "ntlm", "token", "apikey", "dpop", "oauth", "hawk", "aws4-hmac-sha256"}

// hideCredentials leaves the scheme: "Bearer •••".
func hideCredentials(value string) string {
	scheme, _, _ := strings.Cut(value, " ")
	if !slices.Contains(schemes, strings.ToLower(scheme)) {
		return hidden
	}
	return scheme + " " + hidden
}

// hideCookies leaves the names: "session=•••; theme=•••".
func hideCookies(value string) string {
	pairs := strings.Split(value, ";")
	for i, pair := range pairs {
		pairs[i] = hidePair(pair)
	}
	return strings.Join(pairs, ";")
}

// cookieAttributes are what may be said about a cookie.
var cookieAttributes = []string{"path", "domain", "expires", "max-age", "secure", "httponly", "samesite", "partitioned", "priority"}

// hideSetCookie leaves the name and what is said about the cookie.
func hideSetCookie(value string) string {
	parts := strings.Split(value, ";")
	for i, part := range parts {
		name, _, _ := strings.Cut(strings.TrimSpace(part), "=")
		// What is no attribute may be the rest of a value in quotes.
		if i == 0 || !slices.Contains(cookieAttributes, strings.ToLower(name)) {
			parts[i] = hidePair(part)
		}
	}
	return strings.Join(parts, ";")
}

// hidePair leaves the name of a pair. One without a name is all value.
func hidePair(pair string) string {
	name, value, ok := strings.Cut(pair, "=")
	switch {
	case strings.TrimSpace(pair) == "", ok && value == "":
		return pair
	case !ok:
		return hidden
	}
	return name + "=" + hidden
}
