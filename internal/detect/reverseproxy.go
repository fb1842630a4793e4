package detect

import (
	"maps"
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/found"
	"devgate/internal/detect/pattern"
)

// reverseProxies reads the files by which the project's own reverse proxy spreads
// paths over its services, and finds out which services all rows of proxies mean.
func (r *reader) reverseProxies() {
	// Near the root only: deeper files of these names belong to somebody's container.
	for _, file := range r.Below(".", 3, isProxyFile) {
		text, _ := r.Text(file)
		if strings.HasPrefix(path.Base(file), "Caddyfile") {
			r.caddy(file, text)
		} else {
			r.nginx(file, text)
		}
	}
	for _, c := range r.compose {
		for _, s := range c.services {
			r.traefik(c.file, s)
		}
	}
	for i, route := range r.found.Routes {
		// Rows of front ends are looked up here, too: their proxies may name a
		// container's host.
		if route.Target.Host != "" && route.Target.To == nil {
			r.found.Routes[i].Target.To = r.byHost(route.Target.Host)
		}
	}
}

func isProxyFile(name string) bool {
	if strings.HasPrefix(name, "Caddyfile") {
		return true
	}
	isNginx := strings.Contains(name, "nginx") || strings.HasPrefix(name, "default.conf")
	return isNginx && (strings.HasSuffix(name, ".conf") || strings.HasSuffix(name, ".template"))
}

var (
	// traefikRule finds PathPrefix(`/api`, `/auth`).
	traefikRule = pattern.New("PathPrefix\\(([^)]*)\\)")
	quotedPath  = pattern.New("[`'\"](/[^`'\"]*)[`'\"]")
)

// traefik reads the rules that labels of a compose file give.
func (r *reader) traefik(file string, s *composeService) {
	// Sorted, as a map has no order and rows do.
	for _, key := range slices.Sorted(maps.Keys(s.labels)) {
		if !strings.HasPrefix(key, "traefik.http.routers.") || !strings.HasSuffix(key, ".rule") {
			continue
		}
		for _, m := range traefikRule.FindAllStringSubmatch(s.labels[key], 10) {
			for _, p := range quotedPath.FindAllStringSubmatch(m[1], 10) {
				r.addUpstream(file, found.Prefix, p[1], upstream{host: s.name}, false)
			}
		}
	}
}
