package tool

import (
	"net/url"
	"slices"
	"strings"

	"devgate/internal/detect/files"
	"devgate/internal/detect/found"
	"devgate/internal/detect/jsconf"
)

// proxyTable adds the rows of a development server's proxy: an object of paths and
// targets, or a list of objects with a context. Where regex, a path that begins
// with "^" is a regular expression.
func (k *Kit) proxyTable(file string, by *Made, table jsconf.Value, regex bool) {
	for _, f := range table.Fields {
		if f.Name == "" || !strings.Contains("/^*", f.Name[:1]) {
			continue // such as "secure": an option among the paths
		}
		r := row(file, by, f.Value)
		r.Path, r.Form = f.Name, form(f.Name, regex)
		k.Out.AddRoute(r)
	}
	for _, item := range table.Items {
		for _, context := range contexts(item) {
			r := row(file, by, item)
			r.Path, r.Form = context.Text, form(context.Text, false)
			if context.Kind != jsconf.String {
				r.Form = found.Unknown // a function, which decides by the whole request
			}
			k.Out.AddRoute(r)
		}
	}
}

// contexts are the paths of one item of a list: a text, several, or a function.
func contexts(item jsconf.Value) []jsconf.Value {
	context := item.Get("context")
	if context.Kind == jsconf.None {
		context = item.Get("path")
	}
	switch context.Kind {
	case jsconf.None:
		return nil
	case jsconf.Array:
		return context.Items
	}
	return []jsconf.Value{context}
}

// form is how a path of a proxy's table is meant: Vite and Vue CLI take one that begins
// with "^" for a regular expression, http-proxy-middleware (webpack) takes "*" for a
// glob, and all of them the rest for a prefix.
func form(path string, regex bool) found.PatternForm {
	switch {
	case regex && strings.HasPrefix(path, "^"):
		return found.Regex
	case strings.Contains(path, "*"):
		return found.Glob
	}
	return found.Prefix
}

// row reads what a path leads to: an address, or an object with a target.
func row(file string, by *Made, v jsconf.Value) found.Route {
	r := found.Route{File: file}
	if by != nil {
		r.By = by.Service
	}
	if v.Kind == jsconf.Object {
		r.Rewrite = v.Get("rewrite").IsSet() || v.Get("pathRewrite").IsSet()
		v = v.Get("target")
	}
	r.Target = targetOf(v)
	return r
}

// targetOf reads an address.
func targetOf(v jsconf.Value) found.Target {
	t := found.Target{Env: v.Env}
	switch v.Kind {
	case jsconf.Object: // { host: "localhost", port: 5000 }
		t.Port = v.Get("port").Int()
	case jsconf.String:
		t.Port, t.Host, t.Remote = Address(v.Text)
		// The text holds what the program takes where the variable is not set.
		t.Default = len(v.Env) > 0
	}
	return t
}

// Address takes an address apart: a port of this machine, a name as containers have
// them, or another machine.
func Address(text string) (port int, host, remote string) {
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		return 0, "", ""
	}
	name := u.Hostname()
	switch port = files.Port(u.Port()); {
	case IsLocal(name):
		return port, "", ""
	// A name without a dot is no host of the internet: in a compose file it is a service.
	case name != "" && !strings.Contains(name, "."):
		return port, name, ""
	case name != "":
		return 0, "", u.Scheme + "://" + u.Host
	}
	return 0, "", ""
}

// IsLocal reports whether a host is this machine.
// RFC 6761 keeps every name below "localhost" for it; browsers and resolvers go by that.
func IsLocal(host string) bool {
	local := []string{"localhost", "127.0.0.1", "0.0.0.0", "::1", "::", "host.docker.internal"}
	return slices.Contains(local, host) || strings.HasSuffix(host, ".localhost")
}

// tie notes that a proxy works its target out from the port of its own server: the
// two have to move together, and so neither does.
func tie(s *Made, table jsconf.Value) {
	for _, f := range table.Fields {
		if slices.Contains(row("", nil, f.Value).Target.Env, "PORT") {
			s.Tied = true
		}
	}
}
