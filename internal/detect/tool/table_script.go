package tool

import (
	"slices"

	"devgate/internal/detect/found"
)

// portSet gives most programs of node_modules their port.
// Vite, Astro, Angular and webpack do not read $PORT.
const portSet = "--port " + found.PortMark

// scriptTools are the programs of node_modules, more special ones first. Where no
// flag or variable is named, the port cannot be given from outside.
func scriptTools() []*tool {
	return slices.Concat(frontEndTools(), serverTools(), refusedTools(), builderTools())
}

// frontEndTools are development servers whose own files say more.
// Vite and what is built on it takes the next free port when its own is taken, and then
// listens where nobody asks: --strictPort makes it fail instead. react-scripts is the
// other way round: it has no flag for the port, only $PORT.
func frontEndTools() []*tool {
	return []*tool{
		{calls: []string{"vite build", "vite optimize"}, look: (*Kit).lookBundler},
		{calls: []string{"vite"}, not: []string{"build", "preview", "optimize"}, kind: found.Page, port: 5173, set: portSet + " --strictPort", look: (*Kit).lookVite},
		{calls: []string{"vp dev"}, kind: found.Page, port: 5173, set: portSet + " --strictPort", look: (*Kit).lookVite},
		{calls: []string{"next dev"}, kind: found.Site, port: 3000, set: "-p " + found.PortMark, env: "PORT", look: (*Kit).lookNext},
		{calls: []string{"nuxt dev", "nuxi dev"}, kind: found.Site, port: 3000, set: portSet, env: "PORT", look: (*Kit).lookNuxt},
		{calls: []string{"astro dev"}, kind: found.Site, port: 4321, set: portSet, look: (*Kit).lookAstro},
		{calls: []string{"react-router dev", "remix vite:dev"}, kind: found.Site, port: 5173, set: portSet + " --strictPort", look: (*Kit).lookReactRouter},
		{calls: []string{"svelte-kit dev", "vike dev"}, kind: found.Site, port: 5173, set: portSet, look: (*Kit).lookVite},
		{calls: []string{"ng serve", "ng s", "ng dev"}, kind: found.Page, port: 4200, set: portSet, look: (*Kit).lookAngular},
		{calls: []string{"react-scripts start", "craco start", "react-app-rewired start"}, kind: found.Page, port: 3000, env: "PORT", look: (*Kit).lookReactScripts},
		{calls: []string{"webpack serve", "webpack s", "webpack-dev-server", "webpack dev-server"}, kind: found.Page, port: 8080, set: portSet, look: (*Kit).lookWebpack},
		{calls: []string{"vue-cli-service serve"}, kind: found.Page, port: 8080, set: portSet, look: (*Kit).lookVueCLI},
		{calls: []string{"rsbuild dev"}, kind: found.Page, port: 3000, set: portSet, look: (*Kit).lookRsbuild},
		// Its server is webpack's, and has that one's port.
		{calls: []string{"rspack serve", "rspack dev"}, kind: found.Page, port: 8080, set: portSet, look: (*Kit).lookRsbuild},
		{calls: []string{"parcel"}, not: []string{"build", "watch"}, kind: found.Page, port: 1234, set: "-p " + found.PortMark, look: (*Kit).lookParcel},
	}
}

// serverTools are development servers of which the table says all, and servers of
// APIs.
func serverTools() []*tool {
	return []*tool{
		{calls: []string{"remix dev"}, kind: found.Site, port: 3000, env: "PORT"},
		{calls: []string{"vinxi dev", "nitro dev", "solid-start dev", "docusaurus start"}, kind: found.Site, port: 3000, set: portSet},
		{calls: []string{"gatsby develop"}, kind: found.Site, port: 8000, set: portSet},
		{calls: []string{"vitepress dev"}, kind: found.Site, port: 5173, set: portSet},
		{calls: []string{"ember serve", "ember server", "ember s"}, kind: found.Page, port: 4200, set: portSet},
		// "wrangler pages dev" has the words of both: it comes first.
		{calls: []string{"wrangler pages"}, kind: found.API, port: 8788, set: portSet, look: (*Kit).lookWrangler},
		{calls: []string{"wrangler dev"}, kind: found.API, port: 8787, set: portSet, look: (*Kit).lookWrangler},
		{calls: []string{"nest start"}, kind: found.API, port: 3000, look: (*Kit).lookNest},
		{calls: []string{"nx-node"}, kind: found.API, port: 3333, look: (*Kit).lookNest},
		{calls: []string{"eleventy"}, kind: found.Site, port: 8080, set: "--port=" + found.PortMark, look: (*Kit).lookEleventy},
	}
}

// refusedTools are never started.
// Their order is behind the servers': "next dev" is none of these, "next start" is.
func refusedTools() []*tool {
	return []*tool{
		{calls: []string{"expo start", "expo run:ios", "expo run:android", "react-native start"}, skip: "wants a terminal of its own (a phone's app)", paste: true, asks: true},
		{calls: []string{"electron", "electron-forge", "electron-vite", "tauri dev"}, skip: "a program with a window of its own", paste: true},
		{calls: []string{"storybook", "start-storybook", "histoire", "ladle"}, skip: "a workbench for components", paste: true},
		{calls: []string{"email dev"}, skip: "a preview of mails", paste: true},
		{calls: []string{"prisma studio", "drizzle-kit studio"}, skip: "a view of the database", paste: true},
		{calls: []string{"convex dev", "supabase start", "ngrok", "cloudflared", "localtunnel", "lt"}, skip: "a service outside of this machine, or containers", paste: true},
		{calls: []string{"cypress", "playwright", "jest", "vitest"}, skip: "a test"},
		{calls: []string{"next start", "astro preview", "nuxt preview", "vite preview", "react-router-serve", "serve", "http-server"}, skip: "serves what was built before"},
	}
}

// builderTools build, again and again or once.
// A tsc or bundler without a flag to watch is over before anybody could ask it.
func builderTools() []*tool {
	return []*tool{
		{calls: []string{"tsc"}, look: (*Kit).lookTSC},
		{calls: []string{"tsdown", "tsup", "esbuild", "rollup", "swc", "babel", "webpack", "unbuild", "ncc", "microbundle", "rslib"}, look: (*Kit).lookBundler},
		{calls: []string{"tailwindcss", "postcss", "sass", "graphql-codegen", "cpx", "chokidar", "onchange", "svelte-package", "paraglide-js"}, look: (*Kit).lookWatcher},
	}
}
