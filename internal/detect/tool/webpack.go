package tool

import (
	"path"
	"slices"

	"devgate/internal/detect/files"
	"devgate/internal/detect/found"
	"devgate/internal/detect/jsconf"
	"devgate/internal/detect/pattern"
	"devgate/internal/detect/split"
)

// webpackConfigs are where webpack's configuration is, or where projects put the
// one for development.
var webpackConfigs = slices.Concat(stems("webpack.config", "js", "cjs", "mjs", "ts"), []string{
	"webpack.dev.js", "webpack.config.dev.js", "webpack/webpack.dev.js", "webpack/webpack.config.js", "config/webpack.dev.js", "config/webpack.config.js",
})

// lookWebpack reads the configuration of webpack's development server.
func (k *Kit) lookWebpack(l *split.Leaf, s *Made) {
	file, f := k.configOf(l, []string{"--config", "-c"}, webpackConfigs)
	server := section(f, "devServer")
	if !k.options(l, s, file, server) {
		return
	}
	k.proxyTable(file, s, server.Get("proxy"), false)
	if n := ownAddress(f); n != 0 {
		// Pages of another server ask for its scripts by this address: it stays.
		// That is typical of Rails and Django with webpack beside them.
		assetsOf(l, s, "pages name its own URL: no port here")
		s.Port, s.Ready.TCP, s.Stays = found.Port{Number: n, From: file}, n, "its publicPath names it"
		return
	}
	if s.Opens { // its own flag is surer than BROWSER
		s.Opens = false
		s.Command, s.Moved = addFlag(s.Command, "--no-open"), addFlag(s.Moved, "--no-open")
	}
}

// ownAddress returns the port of a publicPath that is an address on this machine.
func ownAddress(f *jsconf.File) int {
	if f == nil {
		return 0
	}
	for _, v := range f.Find("publicPath") {
		if n := split.PortIn(v.Text); v.Kind == jsconf.String && n != 0 {
			return n
		}
	}
	return 0
}

// lookVueCLI reads vue.config.js, whose proxy may be one address for everything.
func (k *Kit) lookVueCLI(l *split.Leaf, s *Made) {
	file, f := k.configOf(l, nil, stems("vue.config", "js", "cjs", "ts"))
	server := section(f, "devServer")
	if !k.options(l, s, file, server) {
		return
	}
	if proxy := server.Get("proxy"); proxy.Kind == jsconf.String {
		k.Out.AddRoute(found.Route{File: file, By: s.Service, Form: found.Unknown, Target: targetOf(proxy)})
	} else {
		k.proxyTable(file, s, proxy, true)
	}
}

// lookRsbuild reads the configuration of Rsbuild and Rspack.
// Rspack has taken webpack's devServer over, Rsbuild calls it server.
func (k *Kit) lookRsbuild(l *split.Leaf, s *Made) {
	usual := slices.Concat(stems("rsbuild.config", "ts", "js", "mjs", "cjs"), stems("rspack.config", "js", "ts", "mjs"))
	file, f := k.configOf(l, []string{"--config", "-c"}, usual)
	server := section(f, "server")
	if server.Kind == jsconf.None {
		server = section(f, "devServer")
	}
	if k.options(l, s, file, server) {
		k.proxyTable(file, s, server.Get("proxy"), false)
	}
}

// lookParcel reads Parcel's proxy file.
// A .proxyrc.js is a program that mounts middleware, and is not read.
func (k *Kit) lookParcel(l *split.Leaf, s *Made) {
	if file := k.First(l.Dir, ".proxyrc", ".proxyrc.json"); file != "" {
		if f, ok := k.Config(file, l.Vars); ok {
			k.proxyTable(file, s, f.Exported(), false)
		}
	}
}

// useCall is a path that a middleware is mounted on.
var useCall = pattern.New(`\.use\(\s*['"](/[^'"]*)['"]`)

// lookReactScripts reads Create React App's two ways of a proxy: an address for
// everything, and a program that mounts proxies on paths. Such a program has one
// target for all.
func (k *Kit) lookReactScripts(l *split.Leaf, s *Made) {
	s.Opens = true
	// It proxies what it has no file for, unless the request asks for HTML: no list of
	// paths says that.
	if l.Pack != nil && l.Pack.Proxy != "" {
		target := targetOf(jsconf.Value{Kind: jsconf.String, Text: l.Pack.Proxy})
		k.Out.AddRoute(found.Route{File: l.Pack.File, By: s.Service, Form: found.Unknown, Target: target})
	}
	file := k.First(l.Dir, "src/setupProxy.js", "src/setupProxy.ts")
	text, ok := k.Text(file)
	if file == "" || !ok {
		return
	}
	f := jsconf.Parse(text, l.Vars)
	targets := f.Find("target")
	if len(targets) == 0 {
		return
	}
	rewrite := len(f.Find("pathRewrite")) > 0
	for _, m := range useCall.FindAllStringSubmatch(text, -1) {
		k.Out.AddRoute(found.Route{File: file, By: s.Service, Form: form(m[1], false), Path: m[1], Target: targetOf(targets[0]), Rewrite: rewrite})
	}
}

// lookWrangler reads wrangler.toml.
func (k *Kit) lookWrangler(l *split.Leaf, s *Made) {
	file := path.Join(l.Dir, "wrangler.toml")
	if !k.Has(file) {
		return
	}
	v, _ := k.TOML(file)
	if n := files.PortAt(v, "dev", "port"); n != 0 && s.Port.From == "" {
		s.Port = found.Port{Number: n, From: file}
	}
}
