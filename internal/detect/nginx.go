package detect

import (
	"strings"

	"devgate/internal/detect/files"
	"devgate/internal/detect/found"
	"devgate/internal/detect/pattern"
)

var (
	// nginxPlace finds "location ^~ /api/ {".
	nginxPlace = pattern.New(`^location\s+(?:(=|~\*?|\^~)\s+)?(\S+)\s*\{`)
	// nginxPass finds "proxy_pass http://api:8000/;".
	nginxPass = pattern.New(`proxy_pass\s+https?://([\w.-]+)(?::(\d+))?(/[^;\s]*)?;`)
	// nginxGroup finds "upstream api { server api:8000".
	nginxGroup = pattern.New(`upstream\s+([\w.-]+)\s*\{[^}]*?server\s+([\w.-]+)(?::(\d+))?`)
)

// nginx reads the locations of a configuration of nginx.
// Line by line: a location is open until its proxy_pass, as projects write one to a
// location.
func (r *reader) nginx(file, text string) {
	groups := map[string]upstream{}
	for _, m := range nginxGroup.FindAllStringSubmatch(text, 50) {
		groups[m[1]] = upstream{m[2], files.Port(m[3])}
	}
	form, place := found.Prefix, ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if m := nginxPlace.FindStringSubmatch(line); m != nil {
			form, place = nginxForm(m[1]), m[2]
		}
		m := nginxPass.FindStringSubmatch(line)
		if m == nil || place == "" || strings.HasPrefix(line, "#") {
			continue
		}
		to := upstream{m[1], files.Port(m[2])}
		if group, ok := groups[to.host]; ok {
			to = group
		}
		// Without a path nginx hands the request's own path on.
		rewrite := m[3] != "" && m[3] != place // a path in proxy_pass replaces the location's
		r.addUpstream(file, form, place, to, rewrite)
		// Any further proxy_pass before the next location is inside of an "if": which
		// holds cannot be known.
		place = ""
	}
}

// "=" is that path alone, "~" and "~*" are regular expressions; "^~" is a prefix that
// beats those, which the order of the tables says.
func nginxForm(sign string) found.PatternForm {
	switch {
	case sign == "=":
		return found.Glob
	case strings.HasPrefix(sign, "~"):
		return found.Regex
	}
	return found.Prefix
}
