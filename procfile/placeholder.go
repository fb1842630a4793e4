package procfile

import (
	"slices"
	"strings"
)

// placeholderForm finds what may be a placeholder: {{word}}, {word}, {word.word}.
// What stands behind a $ belongs to the shell.
var placeholderForm = lazy(`\$\{+|\{\{[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})?\}\}|\{[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})?\}`)

// Expand replaces the placeholders of a text. lookup gets what stands between the
// braces ("port", "api.url"); where it knows nothing, the text stays as it is.
// {{word}} becomes {word}. [Parse] has refused near misses, so that what remains
// is meant as text.
func Expand(text string, lookup func(placeholder string) (string, bool)) string {
	return placeholderForm().ReplaceAllStringFunc(text, func(m string) string {
		if m[0] == '$' {
			return m
		}
		if strings.HasPrefix(m, "{{") {
			return m[1 : len(m)-1]
		}
		if value, ok := lookup(m[1 : len(m)-1]); ok {
			return value
		}
		return m
	})
}

// placeholders returns the {words} of a text, in order, without the escaped ones.
func placeholders(text string) []string {
	var words []string
	for _, m := range placeholderForm().FindAllString(text, -1) {
		if m[0] != '$' && !strings.HasPrefix(m, "{{") {
			words = append(words, m[1:len(m)-1])
		}
	}
	return words
}

// ownPlaceholders are the words about the service itself.
func ownPlaceholders() []string { return []string{"port", "name", "root", "bin"} }

// checker checks the placeholders of a whole file.
type checker struct {
	*builder
	told map[span]bool // a text of [env] or [defaults] is checked for every service, and told of once
}

// checkPlaceholders checks every text of a file that may hold placeholders. nodes
// has what each service was read from.
func (b *builder) checkPlaceholders(env *node, nodes map[*Service][]*node) {
	c := &checker{b, map[span]bool{}}
	for _, s := range b.services {
		if s.URL != nil {
			continue
		}
		c.texts(s, env)
		for _, n := range nodes[s] {
			if row := serviceKeys().find(n.key); row != nil && row.Placeholders {
				c.texts(s, n)
			}
		}
		for _, row := range readyKeys() {
			if row.Placeholders {
				c.texts(s, readyNode(nodes[s]).child(row.Name))
			}
		}
	}
}

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
// a table.
func (c *checker) texts(s *Service, n *node) {
	if n == nil || n.kind == brokenNode {
		return
	}
	for _, below := range slices.Concat(n.items, n.keys) {
		c.texts(s, below)
	}
	text, ok := n.val.(string)
	if !ok {
		return
	}
	from := n.value.start
	for _, word := range placeholders(text) {
		at := n.value
		// Where escapes hide one, the whole value is shown for it and the rest.
		if i := strings.Index(c.src.text[from:n.value.end], "{"+word+"}"); i >= 0 {
			at = span{from + i, from + i + len(word) + 2}
			from = at.end
		} else {
			from = n.value.end
		}
		if msg, hint := c.check(s, word); msg != "" && !c.told[at] {
			c.told[at] = true
			c.fail(at, msg, hint)
		}
	}
}

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
	if c.service(word) != nil {
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

// checkOther checks {SERVICE.port} and {SERVICE.url}.
func (c *checker) checkOther(name, field string) (msg, hint string) {
	other := c.service(name)
	known := field == "port" || field == "url"
	word := name + "." + field
	switch {
	case other != nil && field == "port" && other.Kind() == Remote:
		return "{" + word + "}: " + quote(name) + " has a url instead of a port", "write {" + name + ".url}"
	case other != nil && known && !other.InCascade() && !other.Has("port"):
		return "{" + word + "}: " + quote(name) + " has no port", `add port = 4001, or port = "auto", to [` + name + "]"
	case other != nil && known:
		return "", ""
	case other != nil:
		return "unknown placeholder {" + word + "}", "want {" + name + ".port} or {" + name + ".url}; {{" + word + "}} writes the text {" + word + "}"
	}
	near := nearest(name, c.serviceNames())
	if !known && (near == "" || nearest(field, []string{"port", "url"}) == "") {
		return "", "" // such as {req.body}: text
	}
	hint = "{{" + word + "}} writes the text {" + word + "}"
	if near != "" {
		f := field
		if !known {
			f = nearest(field, []string{"port", "url"})
		}
		hint = "did you mean {" + near + "." + f + "}? " + strings.ToUpper(hint[:1]) + hint[1:]
	}
	return "{" + word + "}: there is no service " + quote(name), hint
}
