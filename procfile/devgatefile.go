package procfile

import (
	"fmt"
	"slices"
	"strings"
)

// parseDevgatefile reads TOML.
func parseDevgatefile(src *source) (*File, error) {
	doc := scan(src, language())
	b := newBuilder(src, Devgatefile)
	// decode finds what only the library knows to be wrong, and may make it vague too.
	// vague: the scan could not place what it has read, and more messages would be
	// guesses.
	if !doc.vague && doc.decode() && !doc.vague {
		// Something was wrong with the text itself: then "no service" may not be true.
		b.clean = len(doc.problems) == 0
		b.devgatefile(doc.root)
	}
	for _, p := range doc.problems {
		b.fail(p.at, p.msg, p.hint)
	}
	return b.result()
}

// maxServices bounds the work on a file that no machine could run.
const maxServices = 1000

// devgatefile reads the whole tree.
func (b *builder) devgatefile(root *node) {
	b.nulBytes(root)
	b.topLevel(root)
	defaults := b.defaults(root.child("defaults"))
	nodes := map[*Service][]*node{}
	for _, n := range root.keys {
		if n.kind != tableNode || special(n.key) {
			continue
		}
		if len(b.services) == maxServices {
			b.fail(n.at, fmt.Sprintf("more than %d services", maxServices), "")
			return
		}
		s, from := b.table(n, defaults)
		b.addService(s)
		nodes[s] = from
	}
	b.file.Services = slices.Clone(b.services)
	b.validate()
	b.checkPlaceholders(root.child("env"), nodes)
	// Where something else is wrong, that is what there is to say.
	if len(b.services) == 0 && len(b.errs) == 0 && b.clean {
		b.failFile("this file has no service", noServiceHint)
	}
}

// special reports whether a table at the top is not a service.
func special(table string) bool { return table == "env" || table == "defaults" }

// noServiceHint shows the least that a Devgatefile needs.
const noServiceHint = "a service is a table, for example\n[web]\ncommand = \"npm run dev -- --port {port}\"\nport    = 5173"

// topLevel reads what is not a service: every value at the top, and [env].
func (b *builder) topLevel(root *node) {
	for _, n := range root.keys {
		if n.kind == tableNode && n.key != "env" {
			continue
		}
		b.file.marks.add(n)
		if n.kind == brokenNode {
			continue
		}
		switch row := fileKeys().find(n.key); {
		case n.key == "env":
			b.file.Env = variables().read(b.reader, n, nil)
		case n.key == "defaults":
			b.want(n, "a table", "write [defaults]")
		case row != nil:
			row.field.read(b.reader, b.file, n)
		default:
			b.unknownTop(n)
		}
	}
	b.file.EnvFileSet = b.file.Has("env_file") // with the value of the default, too
}

// unknownTop reports a value at the top that is no key. With the name of a service
// it was likely meant to be one.
func (b *builder) unknownTop(n *node) {
	known := b.words.file
	// web = "npm run dev" at the top: the command of a service that should be a table.
	if s, ok := n.val.(string); ok && strings.Contains(s, " ") && !b.words.has(n.key) && nearest(n.key, known) == "" {
		b.fail(n.at, "unknown key "+quote(n.key), "a service is a table: write\n["+n.key+"]\ncommand = "+literal(s))
		return
	}
	b.unknownKey(n, "", known)
}

// defaults returns the nodes of [defaults] by key, and reports what is wrong with
// them even where no service uses them.
func (b *builder) defaults(n *node) map[string]*node {
	all := map[string]*node{}
	// A value of that name is told by topLevel.
	if n == nil || n.kind != tableNode {
		return all
	}
	// Into a service that is thrown away: for what it says about their values.
	b.readKeys(newService("defaults", b.src, n.at), n, n.keys)
	for _, c := range n.keys {
		all[c.key] = c
	}
	return all
}

// readKeys reads the keys of a service's table, or reports that they are none.
func (b *builder) readKeys(s *Service, table *node, keys []*node) {
	for _, c := range keys {
		row := serviceKeys().find(c.key)
		if row == nil {
			b.unknownKey(c, table.key, b.words.service)
			continue
		}
		// Marked even if broken, so that other checks know that it stands there.
		s.marks.add(c)
		if c.kind != brokenNode {
			row.field.read(b.reader, s, c)
		}
	}
}

// table reads one service with its defaults. It returns the nodes that count.
func (b *builder) table(table *node, defaults map[string]*node) (*Service, []*node) {
	b.serviceName(table)
	s := newService(table.key, b.src, table.at)
	b.meant = map[string]bool{}
	own := map[string]*node{}
	for _, c := range table.keys {
		own[c.key] = c
	}
	all := b.merge(table, own, defaults)
	from := inherited(all, own, defaults, table)
	b.readKeys(s, table, from)
	b.finish(s, own)
	return s, from
}

// merge puts the defaults that fit the service below its own keys.
func (b *builder) merge(table *node, own, defaults map[string]*node) map[string]*node {
	// One who writes a key here means this service; a default is meant for whom it fits.
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
			b.fail(n.at, msg, hint)
		}
	}
	return all
}

// inherited returns the nodes to read, defaults first so that an own env is laid
// over that of [defaults].
func inherited(all, own, defaults map[string]*node, table *node) []*node {
	var keys []*node
	for key, n := range defaults {
		if serviceKeys().find(key) != nil && (all[key] == n || key == "env" && own["env"] != nil && own["env"].kind == tableNode) {
			keys = append(keys, n)
		}
	}
	// A map has no order.
	slices.SortFunc(keys, func(a, b *node) int { return a.at.start - b.at.start })
	return append(keys, table.keys...)
}

// finish checks what holds for a service as a whole, and fills in what depends on it.
func (b *builder) finish(s *Service, own map[string]*node) {
	if !s.Has("command") && !s.Has("url") && !b.meant["command"] && !b.meant["url"] {
		b.fail(s.at, "service "+quote(s.Name)+` has neither "command" nor "url"`,
			`write command = "..." for a program that devgate starts, or url = "http://..." for one that runs elsewhere`)
	}
	if n := own["restart"]; n != nil && s.Once && s.Restart == RestartAlways {
		b.fail(n.value, `a task with restart = "always" would never be done`, `remove "once" or "restart"`)
	}
	b.finishStyle(s, own["restart_style"])
	if !s.Once {
		b.finishReady(s, own["ready"])
	}
}

// finishStyle: two processes of a service run side by side only where each can
// have a port and its output to itself. A default that does not fit is left out.
func (b *builder) finishStyle(s *Service, own *node) {
	if s.RestartStyle != RestartOverlap || s.Port.Auto && !s.PTY {
		return
	}
	s.RestartStyle = RestartStop
	switch {
	case own == nil || s.Has("url") || s.Once:
	case !s.Port.Auto:
		b.fail(own.value, `restart_style = "overlap" needs a port that devgate chooses: two processes cannot share one`,
			`write port = "auto", and let the service listen on $PORT or {port}`)
	default:
		b.fail(own.value, `restart_style = "overlap" does not go with "pty": two processes cannot share a terminal`, "remove one of the two")
	}
}

// finishReady settles the kind of readiness. own is nil when it was not written in
// the service's own table.
func (b *builder) finishReady(s *Service, own *node) {
	const hint = `add port = 4001, or say by what else it is ready: { tcp = 5433 }, { log = "listening" } or { exec = "pg_isready" }`
	hasPort := s.Has("port") || s.Has("url")
	// The port of { tcp = 5433 } is its own, whether its number is right or not.
	needsPort := s.Ready.Kind == ReadyHTTP || s.Ready.Kind == ReadyTCP && (own == nil || own.kind == leafNode) && s.Ready.Port == 0
	switch {
	case own != nil && s.Has("url") && s.Ready.Kind == ReadyLog:
		b.fail(own.value, `ready by log, but devgate sees no output of a service with "url"`, "")
	case hasPort && s.Ready.Kind == ReadyNone:
		s.Ready.Kind = ReadyTCP
	case hasPort:
	case own == nil && needsPort:
		s.Ready.Kind = ReadyNone
	case needsPort:
		b.fail(own.value, "ready by "+s.Ready.Kind.String()+", but "+quote(s.Name)+" has no port", hint)
	case own != nil && own.kind == tableNode && s.Ready.Kind == ReadyNone && !b.meantReady():
		b.fail(own.value, `"ready" does not say by what: `+quote(s.Name)+" has no port", hint)
	}
}
