package procfile

import (
	"net"
	"strings"
)

// host is what the gateway listens on. Whether the machine has the address shows
// when it does.
func host() valueType[string] {
	return valueType[string]{
		Type: Type{"name or address", []Form{{Shape: Text, Pattern: filled, What: "host"}}},
		read: func(r *reader, n *node, old string) string {
			if s, ok := r.text(n, "a name or an address"); ok && r.host(n, s) {
				return s
			}
			return old
		},
		write: func(s string) any { return s },
	}
}

// hosts are names that requests may be for.
func hosts() valueType[[]string] {
	return textList("list of names", "a host name", Form{Shape: Text, Pattern: filled, What: "host"}, (*reader).hostPattern)
}

// hostPattern checks one of `hosts`. "*" alone is refused: it would take away the
// protection from pages that rebind their name to this machine.
func (r *reader) hostPattern(n *node, s string) {
	if s == "*" {
		r.fail(n.value, `"*" would accept every host name, and with it every web page`, `name them: "*.example.test"`)
		return
	}
	r.host(n, strings.TrimPrefix(s, "*."))
}

// hostForm is a host name as DNS and /etc/hosts have them, with the _ of containers.
var hostForm = lazy(`^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*$`)

// host checks a host name or address without scheme and port.
func (r *reader) host(n *node, s string) bool {
	bare := strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")
	if len(s) <= 253 && hostForm().MatchString(s) || net.ParseIP(bare) != nil {
		return true
	}
	hint := ""
	if _, rest, ok := strings.Cut(s, "://"); ok {
		hint = "write the name alone: " + quote(hostOf(rest))
	} else if name := hostOf(s); name != s && hostForm().MatchString(name) {
		hint = "write the name without port and path: " + quote(name)
	}
	r.fail(n.value, "bad host "+quote(s)+" (want a name or an address)", hint)
	return false
}

// hostOf cuts path and port from what somebody took for a host.
func hostOf(s string) string {
	s, _, _ = strings.Cut(s, "/")
	if name, _, err := net.SplitHostPort(s); err == nil {
		return name
	}
	return s
}
