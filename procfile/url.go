package procfile

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// serviceURL reads `url`.
func (r *reader) serviceURL(s *Service, n *node) {
	const what = `a URL such as "http://10.0.0.5:8080"`
	if port, ok := n.val.(int64); ok {
		r.want(n, what, fmt.Sprintf(`write url = "http://localhost:%d"`, port))
		return
	}
	text, ok := r.text(n, what)
	if !ok {
		return
	}
	u, err := url.Parse(text)
	if err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		r.urlParts(n, u)
		s.URL = &url.URL{Scheme: u.Scheme, Host: u.Host}
		return
	}
	s.URL = &url.URL{Scheme: "http", Host: "invalid"} // still a Remote for the checks that follow
	hint := "it begins with http:// or https://"
	if !strings.Contains(text, "://") {
		hint = "write url = " + quote("http://"+text)
	} else if err != nil {
		hint = strings.TrimPrefix(err.Error(), "parse "+strconv.Quote(text)+": ")
	}
	r.want(n, what, hint)
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
	case u.Port() == "" && strings.HasSuffix(u.Host, ":"):
		r.fail(n.value, "the url holds a colon without a port", "")
	case u.Port() != "":
		if p, err := strconv.Atoi(u.Port()); err != nil || p < 1 || p > 65535 {
			r.fail(n.value, "port "+u.Port()+" is out of range (want 1-65535)", "")
		}
	}
}

// serviceSignal reads `stop_signal`.
func (r *reader) serviceSignal(s *Service, n *node) {
	text, ok := r.text(n, `a signal such as "TERM"`)
	if !ok {
		return
	}
	sig, ok := parseSignal(text)
	if !ok {
		hint := "signals: " + strings.Join(signalNames(), ", ")
		if near := nearest(strings.TrimPrefix(strings.ToUpper(text), "SIG"), signalNames()); near != "" {
			hint = "did you mean " + quote(near) + "?"
		}
		r.fail(n.value, "unknown signal "+quote(text), hint)
		return
	}
	s.StopSignal = sig
}

// serviceSPA reads `spa`, the one key that is a boolean or a word.
func (r *reader) serviceSPA(s *Service, n *node) {
	switch v := n.val.(type) {
	case bool:
		s.SPA = SPAOff
		if v {
			s.SPA = SPAOn
		}
		return
	case string:
		if v == "auto" {
			s.SPA = SPAAuto
			return
		}
	}
	r.want(n, `true, false or "auto"`, "")
}

// patterns reads `paths`.
func (r *reader) patterns(n *node) []string {
	items := r.items(n, "a path")
	for _, item := range items {
		r.pattern(item, item.val.(string))
	}
	return texts(items)
}

// pattern checks one of `paths`. A * within a segment is refused rather than taken
// for a letter: the writer meant something by it.
func (r *reader) pattern(n *node, s string) {
	inner := strings.TrimSuffix(s, "*")
	segments := strings.Split(inner, "/")
	loose := ""
	for i, seg := range segments {
		// The last segment may end with the star that matches the rest.
		if strings.Contains(seg, "*") && (seg != "*" || i == len(segments)-1 && inner != s) {
			loose = seg
		}
	}
	switch {
	case strings.Contains(s, "://"):
		r.fail(n.value, "path "+quote(s)+" is a URL", "write the path alone")
	case !strings.HasPrefix(s, "/"):
		r.fail(n.value, "path "+quote(s)+` does not begin with "/"`, "write "+quote("/"+s))
	case strings.ContainsAny(s, "?# \t\n"):
		r.fail(n.value, "path "+quote(s)+" holds a blank, ? or #", "a path is matched without its query")
	case strings.Contains(s, "**"):
		r.fail(n.value, "path "+quote(s)+` holds "**"`, `one * at the end matches the rest: "/api/*"`)
	case loose != "":
		r.fail(n.value, "path "+quote(s)+` has a "*" inside a segment`, "* stands for one whole segment, or at the end for the rest")
	}
}

// statuses reads `fallthrough`. An empty list is a value: nothing falls through.
func (r *reader) statuses(n *node) []int {
	items := []*node{n}
	if n.kind == listNode {
		items = n.items
	}
	all := []int{}
	for _, item := range items {
		v, ok := item.val.(int64)
		switch {
		case !ok && item == n:
			r.want(n, "a status such as 404, or a list of them", "")
		case !ok:
			r.wantItem(item, "a status such as 404")
		case r.status(item, v):
			all = append(all, int(v))
		}
	}
	return all
}

// status accepts what a backend can end a request with; 1xx ends none.
func (r *reader) status(n *node, v int64) bool {
	if v >= 200 && v <= 599 {
		return true
	}
	r.fail(n.value, fmt.Sprintf("status %d is out of range (want 200-599)", v), "")
	return false
}

const readyForms = `"tcp", "/path" or a table such as { http = "/path" }`

// serviceReady reads `ready` in its three forms. The default for a service with a
// port is set later, in finishReady.
func (r *reader) serviceReady(s *Service, n *node) {
	switch v := n.val.(type) {
	case string:
		switch {
		case v == "tcp":
			s.Ready.Kind = ReadyTCP
		case strings.HasPrefix(v, "/"):
			s.Ready.Kind, s.Ready.Path = ReadyHTTP, v
		default:
			r.want(n, readyForms, readyHint(v))
		}
		return
	case nil:
		if n.kind == tableNode {
			r.readyTable(s, n)
			return
		}
	}
	r.want(n, readyForms, "")
}

var pathWord = lazy(`^[A-Za-z][A-Za-z0-9_/-]*$`)

// readyHint guesses what a text meant.
func readyHint(v string) string {
	if port, ok := strings.CutPrefix(v, "tcp:"); ok && numberForm().MatchString(port) {
		return "write ready = { tcp = " + port + " }"
	}
	if _, rest, ok := strings.Cut(v, "://"); ok {
		if _, path, ok := strings.Cut(rest, "/"); ok {
			return "write the path alone: " + quote("/"+path)
		}
		return `write the path alone: "/"`
	}
	switch v {
	case "http":
		return `write the path that answers when it is ready: ready = "/"`
	case "log", "exec":
		return "write ready = { " + v + ` = "..." }`
	}
	if pathWord().MatchString(v) {
		return "write ready = " + quote("/"+v)
	}
	return ""
}

// readyTable reads { http = "/path", timeout = "30s" }. A table without a kind
// changes the times of the default.
func (r *reader) readyTable(s *Service, n *node) {
	known := readyKeys()
	var kinds []*node
	for _, c := range n.keys {
		s.marks["ready."+c.key] = c.value
		if c.kind == brokenNode {
			continue
		}
		found := false
		for i, k := range known {
			if k.name != c.key {
				continue
			}
			found = true
			k.read(r, &s.Ready, c)
			if i < 4 {
				kinds = append(kinds, c)
			}
		}
		if !found {
			r.unknownKey(c, "ready", names(known))
		}
	}
	for _, extra := range kinds[min(1, len(kinds)):] {
		r.fail(extra.at, "a service is ready by one sign, not by "+quote(kinds[0].key)+" and "+quote(extra.key), "remove one of the two")
	}
	if c := n.child("status"); c != nil && n.child("http") == nil {
		r.fail(c.at, `"status" has no effect without "http"`, "")
	}
}

func (r *reader) readyHTTP(v *Ready, n *node) {
	v.Kind = ReadyHTTP
	s, ok := r.text(n, `a path such as "/healthz"`)
	if ok && !strings.HasPrefix(s, "/") {
		hint := readyHint(s)
		if hint == "" || pathWord().MatchString(s) {
			hint = "write " + quote("/"+s)
		}
		r.fail(n.value, "path "+quote(s)+` does not begin with "/"`, hint)
	}
	v.Path = s
}

func (r *reader) readyTCP(v *Ready, n *node) {
	v.Kind = ReadyTCP
	p, ok := n.val.(int64)
	switch {
	case !ok:
		r.want(n, "a port such as 5433", "")
	case r.inRange(n, p):
		v.Port = int(p)
	}
}

func (r *reader) readyLog(v *Ready, n *node) {
	v.Kind = ReadyLog
	s, ok := r.text(n, "a regular expression")
	if !ok {
		return
	}
	re, err := regexp.Compile(s)
	if err != nil {
		msg := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
		r.fail(n.value, "bad regular expression: "+strings.Replace(msg, "`"+s+"`", quote(s), 1),
			`the syntax is that of Go (RE2); \ in front of a character takes its meaning away`)
		return
	}
	v.Log = re
}

func (r *reader) readyExec(v *Ready, n *node) {
	v.Kind = ReadyExec
	v.Exec = r.command(n)
}

func (r *reader) readyStatus(v *Ready, n *node) {
	p, ok := n.val.(int64)
	switch {
	case !ok:
		r.want(n, "a status such as 200", "")
	case r.status(n, p):
		v.Status = int(p)
	}
}
