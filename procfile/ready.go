package procfile

import (
	"reflect"
	"regexp"
	"strings"
	"time"
)

// ReadyKind is how devgate finds out that a service is ready.
type ReadyKind int

// The kinds of readiness. The zero value is ready once started.
const (
	ReadyNone ReadyKind = iota
	ReadyTCP            // something listens on Ready.Port
	ReadyHTTP           // GET Ready.Path answers Ready.Status
	ReadyLog            // a line of output matches Ready.Log
	ReadyExec           // Ready.Exec exits 0
)

// String returns the key for the kind as it is written in a ready table.
func (k ReadyKind) String() string { return pick(int(k), "none", "tcp", "http", "log", "exec") }

// readyKind is the kind that a key of a ready table asks for, or ReadyNone.
func readyKind(key string) ReadyKind {
	for k := ReadyTCP; k <= ReadyExec; k++ {
		if k.String() == key {
			return k
		}
	}
	return ReadyNone
}

// Ready says when a service is ready. All defaults are applied.
type Ready struct {
	Kind     ReadyKind
	Path     string         // of ReadyHTTP
	Status   int            // of ReadyHTTP; default 200
	Port     int            // of ReadyTCP; 0 is the service's own port, or its URL's
	Log      *regexp.Regexp // of ReadyLog
	Exec     Command        // of ReadyExec
	Timeout  time.Duration  // after which the service counts as not ready; default 30s
	Interval time.Duration  // between two attempts; default 100ms
}

// Equal reports whether two services are ready by the same.
func (r Ready) Equal(other Ready) bool {
	// Two compiled expressions of one text differ as values.
	if r.Log != nil && other.Log != nil && r.Log.String() == other.Log.String() {
		r.Log, other.Log = nil, nil // the same expression is another value
	}
	return reflect.DeepEqual(r, other)
}

// newReady is a Ready with every default in place.
func newReady() Ready {
	var r Ready
	readyKeys().reset(&r)
	return r
}

// readiness is `ready` in its three forms. The default for a service with a port
// is set later, in finishReady.
func readiness() valueType[Ready] {
	return valueType[Ready]{
		Type: Type{"see below", []Form{
			{Shape: Text, Words: []string{ReadyTCP.String()}},
			urlPath().Forms[0],
			{Shape: Table, Keys: readyKeys().keys()},
		}},
		read: (*reader).ready,
	}
}

// readyForms are what `ready` may be, in messages.
const readyForms = `"tcp", "/path" or a table such as { http = "/path" }`

// ready reads a word, a path or a table.
func (r *reader) ready(n *node, old Ready) Ready {
	// Words first: "tcp" is no path, and a path begins with a slash, so nothing is both.
	// The default has kind and times; what is written here replaces the kind alone.
	switch v := n.val.(type) {
	case string:
		switch {
		case v == "tcp":
			old.Kind = ReadyTCP
		case strings.HasPrefix(v, "/"):
			old.Kind, old.Path = ReadyHTTP, v
		default:
			r.want(n, readyForms, readyHint(v))
		}
		return old
	case nil:
		if n.kind == tableNode {
			r.readyTable(&old, n)
			return old
		}
	}
	r.want(n, readyForms, "")
	return old
}

// pathWord is a path of which only the first slash is missing.
var pathWord = lazy(`^[A-Za-z][A-Za-z0-9_/-]*$`)

// readyHint guesses what a text meant.
func readyHint(v string) string {
	// A few forms of other tools: tcp:5432, http://localhost:3000/health.
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
func (r *reader) readyTable(v *Ready, n *node) {
	known := readyKeys()
	var kinds []*node
	for _, c := range n.keys {
		row := known.find(c.key)
		switch {
		case c.kind == brokenNode:
			continue
		case row == nil:
			r.unknownKey(c, "ready", known.names())
			continue
		case readyKind(c.key) != ReadyNone:
			// Also where the value turns out to be wrong: nobody is then told in addition
			// that the table does not say by what the service is ready.
			kinds = append(kinds, c)
			v.Kind = readyKind(c.key)
		}
		row.field.read(r, v, c)
		if row.Needs != "" && n.child(row.Needs) == nil {
			r.fail(c.at, noEffect(c.key)+" without "+quote(row.Needs), row.hint)
		}
	}
	// All of them are known by now; the first counts, and each further one is told.
	for _, extra := range kinds[min(1, len(kinds)):] {
		r.fail(extra.at, "a service is ready by one sign, not by "+quote(kinds[0].key)+" and "+quote(extra.key), "remove one of the two")
	}
}

// meantReady reports whether a key of the ready table was a misspelt kind.
func (r *reader) meantReady() bool {
	for key := range r.meant {
		if readyKind(key) != ReadyNone {
			return true
		}
	}
	return false
}

// urlPath is the path of a request.
func urlPath() valueType[string] {
	return valueType[string]{
		Type: Type{"path", []Form{{Shape: Text, Pattern: `^/`, What: "path"}}},
		read: func(r *reader, n *node, _ string) string {
			s, ok := r.text(n, `a path such as "/healthz"`)
			if ok && !strings.HasPrefix(s, "/") {
				hint := readyHint(s)
				if hint == "" || pathWord().MatchString(s) {
					hint = "write " + quote("/"+s)
				}
				r.fail(n.value, "path "+quote(s)+` does not begin with "/"`, hint)
			}
			return s
		},
	}
}

// otherPort is one that is not the service's own.
func otherPort() valueType[int] {
	return valueType[int]{
		Type: Type{"1-65535", []Form{portNumber()}},
		read: func(r *reader, n *node, old int) int {
			p, ok := n.val.(int64)
			switch {
			case !ok:
				r.want(n, "a port such as 5433", "")
			case r.inRange(n, p):
				return int(p)
			}
			return old
		},
	}
}

// expression is a regular expression for a line of output.
func expression() valueType[*regexp.Regexp] {
	return valueType[*regexp.Regexp]{
		Type: Type{"[RE2](https://github.com/google/re2/wiki/Syntax)", []Form{{Shape: Text, Pattern: filled, What: "regexp"}}},
		read: func(r *reader, n *node, old *regexp.Regexp) *regexp.Regexp {
			s, ok := r.text(n, "a regular expression")
			if !ok {
				return old
			}
			re, err := regexp.Compile(s)
			if err != nil {
				// The library quotes the expression in its own way, or not at all.
				// So that the message names it once, and as it stands in the file.
				msg := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
				r.fail(n.value, "bad regular expression: "+strings.Replace(msg, "`"+s+"`", quote(s), 1),
					`the syntax is that of Go (RE2); \ in front of a character takes its meaning away`)
				return old
			}
			return re
		},
	}
}
