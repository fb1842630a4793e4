package procfile

import (
	"net"
	"strings"
	"unicode"
)

// fileName reads `name`, which names the project to people.
func (r *reader) fileName(f *File, n *node) {
	s, ok := r.text(n, "a text in quotes")
	if ok && strings.ContainsFunc(s, func(c rune) bool { return c == '/' || !unicode.IsPrint(c) }) {
		r.fail(n.value, "bad project name "+quote(s), `a name has no "/" and fits on a line`)
	}
	f.Name = s
}

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

// fileHost reads `host`. Whether the machine has the address shows when it listens.
func (r *reader) fileHost(f *File, n *node) {
	if s, ok := r.text(n, "a name or an address"); ok && r.host(n, s) {
		f.Host = s
	}
}

// fileHosts reads `hosts`. "*" alone is refused: it would take away the protection
// from pages that rebind their name to this machine.
func (r *reader) fileHosts(f *File, n *node) {
	for _, item := range r.items(n, "a host name") {
		s := item.val.(string)
		if s == "*" {
			r.fail(item.value, `"*" would accept every host name, and with it every web page`, `name them: "*.example.test"`)
			continue
		}
		if r.host(item, strings.TrimPrefix(s, "*.")) {
			f.Hosts = append(f.Hosts, s)
		}
	}
}

// fileDashboard reads `dashboard`: on, off, or on at a port.
func (r *reader) fileDashboard(f *File, n *node) {
	f.Dashboard.Set = true
	switch v := n.val.(type) {
	case bool:
		f.Dashboard.Enabled = v
	case int64:
		if r.inRange(n, v) {
			f.Dashboard.Port = int(v)
		}
	default:
		r.want(n, "true, false or a port", "")
	}
}
