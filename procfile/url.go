package procfile

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// address is the scheme and host of a service that runs elsewhere.
func address() valueType[*url.URL] {
	return valueType[*url.URL]{
		Type: Type{"`http://` or `https://`", []Form{{Shape: Text, Pattern: `^[hH][tT][tT][pP][sS]?://[^/?#@]+/?#?$`, What: "url"}}},
		read: (*reader).url,
	}
}

// url reads an address. One that cannot be read is still an address to the checks
// that follow: the service is a remote one, whatever is wrong with it.
func (r *reader) url(n *node, old *url.URL) *url.URL {
	const what = `a URL such as "http://10.0.0.5:8080"`
	// Meant as "the one that listens on this port here".
	if port, ok := n.val.(int64); ok {
		r.want(n, what, fmt.Sprintf(`write url = "http://localhost:%d"`, port))
		return old
	}
	text, ok := r.text(n, what)
	if !ok {
		return old
	}
	u, err := url.Parse(text)
	if err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		r.urlParts(n, u)
		// Nothing else of it: a path that was refused must not reach a backend either.
		return &url.URL{Scheme: u.Scheme, Host: u.Host}
	}
	hint := "it begins with http:// or https://"
	if !strings.Contains(text, "://") {
		hint = "write url = " + quote("http://"+text)
	} else if err != nil {
		hint = strings.TrimPrefix(err.Error(), "parse "+strconv.Quote(text)+": ")
	}
	r.want(n, what, hint)
	// Still a Remote for the checks that follow.
	return &url.URL{Scheme: "http", Host: "invalid"}
}

// urlParts refuses what a backend's address cannot have: requests are passed on
// with the path and query that the client sent.
func (r *reader) urlParts(n *node, u *url.URL) {
	const hint = "a backend gets every path as the client sent it: write scheme, host and port only"
	switch {
	case u.User != nil:
		r.fail(n.value, "the url holds a user name or password", hint)
	case u.Path != "" && u.Path != "/":
		r.fail(n.value, "the url holds a path "+quote(u.Path), hint)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		r.fail(n.value, "the url holds a query or a fragment", hint)
	case u.Hostname() == "":
		r.fail(n.value, "the url holds no host", "")
	case u.Port() == "" && strings.HasSuffix(u.Host, ":"): // net/url lets it pass
		r.fail(n.value, "the url holds a colon without a port", "")
	case u.Port() != "":
		if p, err := strconv.Atoi(u.Port()); err != nil || p < 1 || p > 65535 {
			r.fail(n.value, "port "+u.Port()+" is out of range (want 1-65535)", "")
		}
	}
}
