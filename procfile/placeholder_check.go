package procfile

import (
	"slices"
	"strings"

	"devgate/procfile/shell"
)

// checker checks the placeholders of a whole file.
type checker struct {
	*builder
	told    map[span]bool         // a text of [env] or [defaults] is checked for every service, and told of once
	located map[scanned][]located // what was found in a text; it may be that of every service
}

// scanned is a text, and whether it was read as a script for sh.
type scanned struct {
	node   *node
	script bool
}

// located is a placeholder with its place in the file.
type located struct {
	word    string
	at      span
	unclear string // of a script: why no value can be quoted there; see shell.Place
}

// checkPlaceholders checks every text of a file that may hold placeholders. nodes
// has what each service was read from.
func (b *builder) checkPlaceholders(env *node, nodes map[*Service][]*node) {
	c := &checker{b, map[span]bool{}, map[scanned][]located{}}
	// For each service: what {port} means differs, and may mean nothing.
	for _, s := range b.services {
		if s.URL != nil {
			continue // nothing is run, so nothing is put in
		}
		c.texts(s, env, false)
		for _, n := range nodes[s] {
			if row := serviceKeys().find(n.key); row != nil && row.Placeholders {
				c.texts(s, n, s.Shell.IsPOSIX() && row.field.typ.isScript())
			}
		}
		for _, row := range readyKeys() {
			if row.Placeholders {
				c.texts(s, readyNode(nodes[s]).child(row.Name), s.Shell.IsPOSIX() && row.field.typ.isScript())
			}
		}
	}
}

// isScript reports whether a text of the type is run by a shell.
func (t Type) isScript() bool { return t.Forms[0].Shape == Text && t.Forms[0].What == "command" }

// readyNode is the table or value that counts as `ready`, or nil.
func readyNode(keys []*node) *node {
	for _, n := range keys {
		if n.key == "ready" {
			return n
		}
	}
	return nil
}

// texts checks every text of a node: a value, the items of a list, the values of
// a table. Only a value may be a script.
func (c *checker) texts(s *Service, n *node, script bool) {
	if n == nil || n.kind == brokenNode {
		return
	}
	// Lists and tables alike: an item is as good as a value.
	for _, below := range slices.Concat(n.items, n.keys) {
		// An argument and a variable reach the program without a shell.
		c.texts(s, below, false)
	}
	for _, p := range c.locate(n, script) {
		msg, hint := c.check(s, p.word)
		if msg == "" && p.unclear != "" && !c.plain(p.word) {
			msg = "{" + p.word + "} stands " + p.unclear + ", where devgate cannot quote it for the shell"
			hint = `env = { X = "{` + p.word + `}" } makes it a variable: write $X here`
		}
		if msg != "" && !c.told[p.at] {
			c.told[p.at] = true
			c.fail(p.at, msg, hint)
		}
	}
}

// locate finds the placeholders of a text, and their places in the file.
func (c *checker) locate(n *node, script bool) []located {
	text, _ := n.val.(string)
	if all, done := c.located[scanned{n, script}]; done || text == "" {
		return all
	}
	all := []located{}
	var known []*located // those that a value is put in for
	var spans []shell.Span
	found, from := placeholders(text), n.value.start
	for _, p := range found {
		at := n.value
		// Where escapes hide one, the whole value is shown for it and the rest.
		if i := strings.Index(c.src.text[from:n.value.end], "{"+p.word+"}"); i >= 0 {
			at = span{from + i, from + i + len(p.word) + 2}
			from = at.end
		} else {
			from = n.value.end
		}
		all = append(all, located{word: p.word, at: at})
	}
	for i, p := range found {
		// A word that stays is text to the shell, and its brace may end a ${…}.
		if script && c.known(p.word) {
			known, spans = append(known, &all[i]), append(spans, p.span)
		}
	}
	for i, place := range shell.Scan(text, spans) {
		known[i].unclear = place.Unclear()
	}
	c.located[scanned{n, script}] = all
	return all
}

// known reports whether a value is put in for a word.
func (c *checker) known(word string) bool {
	if name, field, dotted := strings.Cut(word, "."); dotted {
		return (name == gateway || c.service(name) != nil) && (field == "port" || field == "url")
	}
	return slices.Contains(ownPlaceholders(), word)
}

// plain reports whether a shell takes the value of a known word for nothing else,
// wherever it stands. A path may hold anything.
func (c *checker) plain(word string) bool {
	name, _, _ := strings.Cut(word, ".")
	s := c.service(name)
	return word != "root" && word != "bin" && (s == nil || s.URL == nil || shell.Plain(s.URL.String()))
}

// gateway is the name by which placeholders speak of it. No service has it.
const gateway = "gateway"

// ownPlaceholders are the words about the service itself.
func ownPlaceholders() []string { return []string{"port", "name", "root", "bin"} }

// check returns what is wrong with a placeholder, if anything.
func (c *checker) check(s *Service, word string) (msg, hint string) {
	if name, field, dotted := strings.Cut(word, "."); dotted {
		return c.checkOther(name, field)
	}
	switch word {
	case "name", "root":
		return "", ""
	case "bin":
		if s.Build.IsZero() && !s.Has("build") {
			return "{bin} is where \"build\" puts the program, but " + quote(s.Name) + " has no build",
				`add build = "go build -o {bin} ./cmd/` + s.Name + `"`
		}
		return "", ""
	case "port":
		if s.Port.IsZero() && !s.Has("port") {
			return "{port}: " + quote(s.Name) + " has no port", `add port = 4001, or port = "auto"`
		}
		return "", ""
	}
	if c.service(word) != nil || word == gateway {
		return "unknown placeholder {" + word + "}", "write {" + word + ".port} or {" + word + ".url}, or {{" + word + "}} for the text {" + word + "}"
	}
	if near := nearPlaceholder(word); near != "" {
		return "unknown placeholder {" + word + "}", "did you mean {" + near + "}? Write {{" + word + "}} for the text {" + word + "}"
	}
	return "", ""
}

// nearPlaceholder finds a typing mistake. It is stricter than nearest, as a word
// in braces is most often meant as it is.
func nearPlaceholder(word string) string {
	for _, own := range ownPlaceholders() {
		if strings.EqualFold(word, own) {
			return own
		}
		d := distance(word, own, 2)
		if d == 1 && (len(own) > 3 || len(word) > 3) {
			return own
		}
	}
	return ""
}

// checkOther checks {SERVICE.port} and {SERVICE.url}, and the same of the gateway.
func (c *checker) checkOther(name, field string) (msg, hint string) {
	other := c.service(name)
	known := field == "port" || field == "url"
	word := name + "." + field
	switch {
	case name == gateway && known:
		return "", ""
	case name == gateway, other != nil && !known:
		return "unknown placeholder {" + word + "}", "want {" + name + ".port} or {" + name + ".url}; {{" + word + "}} writes the text {" + word + "}"
	case other == nil:
		return c.strange(name, field)
	case field == "port" && other.Kind() == Remote:
		return "{" + word + "}: " + quote(name) + " has a url instead of a port", "write {" + name + ".url}"
	case !other.InCascade() && !other.Has("port"):
		return "{" + word + "}: " + quote(name) + " has no port", `add port = 4001, or port = "auto", to [` + name + "]"
	}
	return "", ""
}

// strange is checkOther for the name of nobody. Without anything that is like a
// placeholder it is text, such as {req.body}.
func (c *checker) strange(name, field string) (msg, hint string) {
	word, meant := name+"."+field, nearest(field, []string{"port", "url"})
	near := nearest(name, append(c.serviceNames(), gateway))
	if field != "port" && field != "url" && (near == "" || meant == "") {
		return "", ""
	}
	hint = "{{" + word + "}} writes the text {" + word + "}"
	if near != "" {
		hint = "did you mean {" + near + "." + meant + "}? " + strings.ToUpper(hint[:1]) + hint[1:]
	}
	return "{" + word + "}: there is no service " + quote(name), hint
}
