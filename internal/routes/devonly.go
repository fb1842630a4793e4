package routes

import "strings"

// devOnly are the paths that exist only while a development server runs.
var devOnly = lazy(`^/(?:@(?:vite|id|fs|react-refresh)|node_modules|_next/(?:webpack-hmr|static/(?:webpack|development))|__nextjs[^/]*|__webpack_hmr` +
	`|sockjs-node|ng-cli-ws|__vite[^/]*|__open-in-editor|livereload[^/]*|\.well-known/appspecific|__devgate)(?:[/.]|$)` +
	`|\.hot-update\.[a-z]+$|\.map$`)

// sources are files of a project that a front end's server serves one by one.
var sources = lazy(`^/src/.*\.(?:tsx?|jsx?|vue|svelte|s?css)$`)

// IsDevOnly reports whether nobody will ask for a path where no development
// server runs.
func IsDevOnly(path string) bool {
	// Asked for each request: most paths begin like none of them.
	mayBe := len(path) > 1 && strings.IndexByte("@_nsl.", path[1]) >= 0 || strings.HasSuffix(path, ".map") || strings.Contains(path, ".hot-update.")
	return mayBe && devOnly().MatchString(path)
}

// isSource reports the same of a backend that answers everything.
func isSource(path string) bool {
	return strings.HasPrefix(path, "/src/") && sources().MatchString(path)
}
