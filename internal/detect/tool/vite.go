package tool

import (
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/found"
	"devgate/internal/detect/jsconf"
	"devgate/internal/detect/split"
)

// viteConfigs are in the order in which Vite itself looks for them.
var viteConfigs = stems("vite.config", "js", "mjs", "ts", "cjs", "mts", "cts")

// lookVite reads Vite's configuration.
func (k *Kit) lookVite(l *split.Leaf, s *Made) {
	if k.isViteRuby(l) {
		assetsOf(l, s, "Rails asks it for assets: no port here")
		return
	}
	file, f := k.configOf(l, []string{"--config", "-c"}, viteConfigs)
	server := section(f, "server")
	// Vite's rule, and one of few: a path in its table that begins with "^" is a regular
	// expression.
	k.proxyTable(file, s, server.Get("proxy"), true)
	tie(s, server.Get("proxy"))
	if s.Kind = k.viteKind(l, f); s.Kind == found.Assets { // browsers ask it directly, by https or not
		assetsOf(l, s, "pages name its own URL: no port here")
		return
	}
	if !k.options(l, s, file, server) {
		return
	}
	if f != nil {
		s.Prefixes = publicPrefixes(f)
		if f.Calls("basicSsl") || f.Calls("mkcert") { // plugins that bring certificates along
			k.speaksHTTPS(l, s, file)
			return
		}
	}
	if s.Kind == found.Site {
		s.Own = k.hasAny(l.Dir, "src/routes/api", "app/routes/api", "src/app/api")
	}
}

// publicPrefixes are the beginnings of variables that browsers get to see, where a
// project has chosen its own.
// Vite's own default, VITE_, is no choice and not among them.
func publicPrefixes(f *jsconf.File) []string {
	var all []string
	for _, v := range f.Find("envPrefix") {
		for _, p := range append(v.Items, v) {
			if p.Kind == jsconf.String && len(p.Text) > 1 {
				all = append(all, p.Text)
			}
		}
	}
	return all
}

// viteFrameworks make their own pages on Vite's server.
var viteFrameworks = []string{
	"@sveltejs/kit", "@tanstack/react-start", "@tanstack/solid-start", "@tanstack/start", "@react-router/dev", "@remix-run/dev", "@solidjs/start",
	"@builder.io/qwik-city", "@analogjs/platform", "vike", "vite-plugin-ssr", "@redwoodjs/vite", "hono", "@hono/vite-dev-server", "waku", "rwsdk",
}

// viteAssets are plugins for pages that another server makes.
var viteAssets = []string{"laravel-vite-plugin", "vite-plugin-ruby", "vite-plugin-rails", "vite-plugin-symfony", "django-vite-plugin"}

// viteKind tells one page for every path, pages made on its server, and scripts for
// somebody else's pages apart: the first has an index.html.
func (k *Kit) viteKind(l *split.Leaf, f *jsconf.File) found.Kind {
	if l.Pack.Has(viteAssets...) {
		return found.Assets
	}
	hasPage := func(root string) bool { return k.Has(path.Join(root, "index.html")) }
	switch {
	case slices.ContainsFunc(viteRoots(l, f), hasPage):
		return found.Page
	case l.Pack.Has(viteFrameworks...):
		return found.Site
	case hasPage(path.Join(l.Dir, "src")), hasPage(path.Join(l.Dir, "client")):
		return found.Page
	}
	return found.Assets
}

// viteRoots are the folders that Vite may serve from: its own, what the
// configuration or the command says.
func viteRoots(l *split.Leaf, f *jsconf.File) []string {
	roots := []string{l.Dir}
	// A Vite without any page is most often one that a server of another language asks
	// for scripts.
	if f != nil {
		for _, v := range f.Find("root") {
			if v.Kind == jsconf.String && v.Text != "" && !path.IsAbs(v.Text) {
				roots = append(roots, path.Join(l.Dir, v.Text))
			}
		}
	}
	if arg := l.Argument(0); arg != "" && arg != "dev" && arg != "serve" {
		roots = append(roots, path.Join(l.Dir, arg))
	}
	return roots
}

// lookReactRouter is Vite with a framework whose pages are made on the server.
func (k *Kit) lookReactRouter(l *split.Leaf, s *Made) {
	file, f := k.configOf(l, []string{"--config", "-c"}, viteConfigs)
	server := section(f, "server")
	if !k.options(l, s, file, server) {
		return
	}
	k.proxyTable(file, s, server.Get("proxy"), true)
	if f != nil {
		s.Prefixes = publicPrefixes(f)
	}
	s.Own = len(k.Below(path.Join(l.Dir, "app/routes"), 1, func(name string) bool { return strings.HasPrefix(name, "api") })) > 0
}

// lookAstro reads Astro's configuration, which has Vite's within it.
func (k *Kit) lookAstro(l *split.Leaf, s *Made) {
	s.Own = k.hasAny(l.Dir, "src/pages/api")
	file, f := k.configOf(l, []string{"--config"}, stems("astro.config", "mjs", "js", "ts", "mts", "cjs"))
	if f == nil {
		return
	}
	for _, server := range f.Find("server") {
		if !k.options(l, s, file, server) {
			return
		}
		k.proxyTable(file, s, server.Get("proxy"), true)
	}
}

// isViteRuby reports whether Rails answers for Vite.
// vite_ruby and vite_rails start Vite with a port from config/vite.json and proxy to it
// by themselves.
func (k *Kit) isViteRuby(l *split.Leaf) bool {
	return l.Words[0].Text == "bin/vite" || !l.Bins && k.Has(path.Join(l.Dir, "config/vite.json"))
}
