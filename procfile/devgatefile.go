package procfile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// parseDevgatefile reads TOML.
func parseDevgatefile(src *source) (*File, error) {
	doc := scan(src)
	r := newReader(src)
	f := newFile(src, Devgatefile)
	if !doc.vague && doc.decode() && !doc.vague {
		r.clean = len(doc.problems) == 0
		r.file(f, doc.root)
	}
	for _, p := range doc.problems {
		r.fail(p.at, p.msg, p.hint)
	}
	if err := r.errs.orNil(); err != nil {
		return nil, err
	}
	return f, nil
}

// maxServices bounds the work on a file that no machine could run.
const maxServices = 1000

// file reads the whole tree.
func (r *reader) file(f *File, root *node) {
	r.nulBytes(root)
	r.topLevel(f, root)
	defaults := r.defaults(root.child("defaults"))
	nodes := map[*Service][]*node{}
	for _, n := range root.keys {
		if n.kind != tableNode || special(n.key) {
			continue
		}
		if len(r.services) == maxServices {
			r.fail(n.at, fmt.Sprintf("more than %d services", maxServices), "")
			return
		}
		s, from := r.table(n, defaults)
		r.addService(s)
		nodes[s] = from
	}
	f.Services = slices.Clone(r.services)
	r.validate(f)
	r.checkPlaceholders(root.child("env"), nodes)
	if len(f.Services) == 0 && len(r.errs) == 0 && r.clean {
		r.failFile("this file has no service", noServiceHint)
	}
}

const noServiceHint = "a service is a table, for example\n[web]\ncommand = \"npm run dev -- --port {port}\"\nport    = 5173"

// topLevel reads the keys that are not services.
func (r *reader) topLevel(f *File, root *node) {
	known := fileKeys()
	for _, n := range root.keys {
		if n.kind == tableNode && n.key != "env" {
			continue
		}
		f.marks[n.key] = n.value
		if n.kind == brokenNode {
			continue
		}
		switch i := slices.IndexFunc(known, func(k key[*File]) bool { return k.name == n.key }); {
		case n.key == "env":
			r.env(n, f.Env, f.marks)
		case n.key == "defaults":
			r.want(n, "a table", "write [defaults]")
		case i >= 0:
			known[i].read(r, f, n)
		default:
			r.unknownTop(n)
		}
	}
}

// unknownTop reports a value at the top that is no key. With the name of a service
// it was likely meant to be one.
func (r *reader) unknownTop(n *node) {
	if s, ok := n.val.(string); ok && strings.Contains(s, " ") && !knownKey(n.key) && nearest(n.key, names(fileKeys())) == "" {
		r.fail(n.at, "unknown key "+quote(n.key), "a service is a table: write\n["+n.key+"]\ncommand = "+literal(s))
		return
	}
	r.unknownKey(n, "", names(fileKeys()))
}

// defaults returns the nodes of [defaults] by key, and reports what is wrong with
// them even where no service uses them.
func (r *reader) defaults(n *node) map[string]*node {
	all := map[string]*node{}
	if n == nil || n.kind != tableNode {
		return all
	}
	r.readKeys(newService("defaults", r.src, n.at), n, n.keys)
	for _, c := range n.keys {
		all[c.key] = c
	}
	return all
}

// readKeys reads the keys of a service's table, or reports that they are none.
func (r *reader) readKeys(s *Service, table *node, keys []*node) {
	known := serviceKeys()
	for _, c := range keys {
		i := slices.IndexFunc(known, func(k key[*Service]) bool { return k.name == c.key })
		if i < 0 {
			r.unknownKey(c, table.key, names(known))
			continue
		}
		s.mark(c)
		if c.kind != brokenNode {
			known[i].read(r, s, c)
		}
	}
}

// mark keeps where a key of the service stands, and the items of a list.
func (s *Service) mark(n *node) {
	s.marks[n.key] = n.value
	for i, item := range n.items {
		s.marks[n.key+"."+strconv.Itoa(i)] = item.value
	}
}

var nameForm = lazy(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)

// maxName is the longest label of a host name, as http://NAME.localhost must work.
const maxName = 63

// table reads one service with its defaults. It returns the nodes that count.
func (r *reader) table(table *node, defaults map[string]*node) (*Service, []*node) {
	r.serviceName(table)
	s := newService(table.key, r.src, table.at)
	r.meant = map[string]bool{}
	own := map[string]*node{}
	for _, c := range table.keys {
		own[c.key] = c
	}
	all := r.merge(table, own, defaults)
	from := inherited(all, own, defaults, table)
	r.readKeys(s, table, from)
	r.finish(s, own)
	return s, from
}

// serviceName checks the name of a table, as what it becomes: a label of a host
// name, a part of a variable, and a file below .devgate.
func (r *reader) serviceName(n *node) {
	switch {
	case n.key == "gateway" || n.key == "devgate":
		r.fail(n.at, "the name "+quote(n.key)+" is reserved", "choose another name for this service")
	case !nameForm().MatchString(n.key):
		r.fail(n.at, "bad service name "+quote(n.key), "names begin with a letter or digit and go on with letters, digits, _ and -")
	case len(n.key) > maxName:
		r.fail(n.at, "the service name "+quote(n.key)+" is too long (want at most 63 characters)", "")
	}
}

// merge puts the defaults that fit the service below its own keys.
func (r *reader) merge(table *node, own, defaults map[string]*node) map[string]*node {
	t := traitsOf(own, defaults)
	all := map[string]*node{}
	for key, n := range defaults {
		if msg, _ := t.misfit(key); msg == "" && own[key] == nil {
			all[key] = n
		}
	}
	for _, n := range table.keys {
		all[n.key] = n
		if msg, hint := t.misfit(n.key); msg != "" {
			r.fail(n.at, msg, hint)
		}
	}
	return all
}

// inherited returns the nodes to read, defaults first so that an own env is laid
// over that of [defaults].
func inherited(all, own, defaults map[string]*node, table *node) []*node {
	var keys []*node
	for key, n := range defaults {
		known := slices.Contains(names(serviceKeys()), key)
		if known && (all[key] == n || key == "env" && own["env"] != nil && own["env"].kind == tableNode) {
			keys = append(keys, n)
		}
	}
	slices.SortFunc(keys, func(a, b *node) int { return a.at.start - b.at.start })
	return append(keys, table.keys...)
}

// finish checks what holds for a service as a whole, and fills in what depends on it.
func (r *reader) finish(s *Service, own map[string]*node) {
	if !s.Has("command") && !s.Has("url") && !r.meant["command"] && !r.meant["url"] {
		r.fail(s.at, "service "+quote(s.Name)+` has neither "command" nor "url"`,
			`write command = "..." for a program that devgate starts, or url = "http://..." for one that runs elsewhere`)
	}
	if n := own["restart"]; n != nil && s.Once && s.Restart == RestartAlways {
		r.fail(n.value, `a task with restart = "always" would never be done`, `remove "once" or "restart"`)
	}
	r.finishStyle(s, own["restart_style"])
	if !s.Once {
		r.finishReady(s, own["ready"])
	}
}

// finishStyle: two processes of a service run side by side only where each can
// have a port and its output to itself. A default that does not fit is left out.
func (r *reader) finishStyle(s *Service, own *node) {
	if s.RestartStyle != RestartOverlap || s.Port.Auto && !s.PTY {
		return
	}
	s.RestartStyle = RestartStop
	switch {
	case own == nil || s.Has("url") || s.Once:
	case !s.Port.Auto:
		r.fail(own.value, `restart_style = "overlap" needs a port that devgate chooses: two processes cannot share one`,
			`write port = "auto", and let the service listen on $PORT or {port}`)
	default:
		r.fail(own.value, `restart_style = "overlap" does not go with "pty": two processes cannot share a terminal`, "remove one of the two")
	}
}

// meantReady reports whether a key of the ready table was a misspelt kind.
func (r *reader) meantReady() bool {
	return r.meant["http"] || r.meant["tcp"] || r.meant["log"] || r.meant["exec"]
}

// finishReady settles the kind of readiness. own is nil when it was not written in
// the service's own table.
func (r *reader) finishReady(s *Service, own *node) {
	const hint = `add port = 4001, or say by what else it is ready: { tcp = 5433 }, { log = "listening" } or { exec = "pg_isready" }`
	hasPort := s.Has("port") || s.Has("url")
	// The port of { tcp = 5433 } is its own, whether its number is right or not.
	needsPort := s.Ready.Kind == ReadyHTTP || s.Ready.Kind == ReadyTCP && (own == nil || own.kind == leafNode) && s.Ready.Port == 0
	switch {
	case own != nil && s.Has("url") && s.Ready.Kind == ReadyLog:
		r.fail(own.value, `ready by log, but devgate sees no output of a service with "url"`, "")
	case hasPort && s.Ready.Kind == ReadyNone:
		s.Ready.Kind = ReadyTCP
	case hasPort:
	case own == nil && needsPort:
		s.Ready.Kind = ReadyNone
	case needsPort:
		r.fail(own.value, "ready by "+s.Ready.Kind.String()+", but "+quote(s.Name)+" has no port", hint)
	case own != nil && own.kind == tableNode && s.Ready.Kind == ReadyNone && !r.meantReady():
		r.fail(own.value, `"ready" does not say by what: `+quote(s.Name)+" has no port", hint)
	}
}
