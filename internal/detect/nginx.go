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
		if m == nil || place == "" {
			continue
		}
		to := upstream{m[1], files.Port(m[2])}
		if group, ok := groups[to.host]; ok {
			to = group
		}
		rewrite := m[3] != "" && m[3] != place // a path in proxy_pass replaces the location's
		r.addUpstream(file, form, place, to, rewrite)
		place = ""
	}
}

func nginxForm(sign string) found.PatternForm {
	switch {
	case sign == "=":
		return found.Glob
	case strings.HasPrefix(sign, "~"):
		return found.Regex
	}
	return found.Prefix
}
