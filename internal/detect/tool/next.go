package tool

import (
	"strings"

	"devgate/internal/detect/found"
	"devgate/internal/detect/jsconf"
	"devgate/internal/detect/pattern"
	"devgate/internal/detect/split"
)

// openEnd is ":path*" at the end of a path of Next: whatever follows.
var openEnd = pattern.New(`/:[A-Za-z_]+[*+]$`)

// lookNext reads what Next hands on to others, and whether it has an API itself.
func (k *Kit) lookNext(l *split.Leaf, s *Made) {
	// An API of its own: paths below /api are then not left to other backends alone.
	s.Own = k.hasAny(l.Dir, "app/api", "pages/api", "src/app/api", "src/pages/api")
	file, f := k.configOf(l, nil, stems("next.config", "js", "mjs", "ts", "cjs", "mts"))
	if f == nil {
		// Rewrites are mostly made by an async function; Find looks through it at what it
		// returns.
		return
	}
	// Next takes a list, or an object of three that differ in when they are tried; which
	// paths leave the server is the same.
	for _, v := range f.Find("rewrites") {
		rows := v.Items
		for _, key := range []string{"beforeFiles", "afterFiles", "fallback"} {
			rows = append(rows, v.Get(key).Items...)
		}
		for _, rule := range rows {
			k.rewriteRule(file, s, rule)
		}
	}
}

// rewriteRule adds one of Next's rewrites that leads to another server.
func (k *Kit) rewriteRule(file string, by *Made, rule jsconf.Value) {
	source, to := rule.Get("source").Text, rule.Get("destination")
	if source == "" || to.Kind == jsconf.String && strings.HasPrefix(to.Text, "/") {
		return // to a page of its own
	}
	r := found.Route{File: file, By: by.Service, Path: source, Form: found.Glob, Target: targetOf(to)}
	// A prefix is what the cascade can say; ":id" in the middle, groups and bare
	// wildcards it cannot.
	if openEnd.MatchString(source) {
		r.Path, r.Form = openEnd.ReplaceAllString(source, ""), found.Prefix
	}
	if strings.ContainsAny(r.Path, ":(*+?") {
		r.Form = found.Unknown
	}
	if to.Kind == jsconf.String {
		_, behind, _ := strings.Cut(to.Text, "://")
		_, rest, _ := strings.Cut(behind, "/")
		r.Rewrite = "/"+rest != source
	}
	if r.Path != "" { // "/:path*" is everything that is left: the order says it
		k.Out.AddRoute(r)
	}
}

// lookNuxt reads nuxt.config: a port, Nitro's proxies, and rules of routes.
func (k *Kit) lookNuxt(l *split.Leaf, s *Made) {
	s.Own = k.hasAny(l.Dir, "server/api", "server/routes/api")
	file, f := k.configOf(l, nil, stems("nuxt.config", "ts", "js", "mjs"))
	if f == nil || !k.options(l, s, file, section(f, "devServer")) {
		return
	}
	for _, v := range f.Find("devProxy") {
		k.proxyTable(file, s, stripped(v), false)
	}
	for _, v := range f.Find("routeRules") {
		for _, rule := range v.Fields {
			k.routeRule(file, s, rule)
		}
	}
}

func (k *Kit) routeRule(file string, by *Made, rule jsconf.Field) {
	to := rule.Value.Get("proxy")
	if to.Kind == jsconf.Object {
		to = to.Get("to")
	}
	if to.Kind == jsconf.None {
		// Nitro's keys end in "/**"; a target without what stands in front of that is
		// another path there.
		return
	}
	stem, _, _ := strings.Cut(rule.Name, "*")
	k.Out.AddRoute(found.Route{
		File: file, By: by.Service, Path: rule.Name, Form: form(rule.Name, false), Target: targetOf(to),
		Rewrite: to.Kind == jsconf.String && !strings.Contains(to.Text, stem),
	})
}

// stripped is a table of Nitro, which takes the path away that it has matched: that
// is a rewrite unless the target ends in it.
func stripped(table jsconf.Value) jsconf.Value {
	out := jsconf.Value{Kind: jsconf.Object}
	for _, f := range table.Fields {
		to := f.Value
		if to.Kind == jsconf.Object {
			to = to.Get("target")
		}
		row := jsconf.Value{Kind: jsconf.Object, Fields: []jsconf.Field{{Name: "target", Value: to}}}
		if !strings.HasSuffix(strings.TrimSuffix(to.Text, "/"), strings.TrimSuffix(f.Name, "/")) {
			row.Fields = append(row.Fields, jsconf.Field{Name: "rewrite", Value: jsconf.Value{Kind: jsconf.Function}})
		}
		out.Fields = append(out.Fields, jsconf.Field{Name: f.Name, Value: row})
	}
	return out
}
