package detect

import (
	"slices"
	"strings"

	"devgate/internal/detect/found"
	"devgate/internal/detect/pattern"
	"devgate/internal/detect/split"
)

// production finds what starts something that was built before.
// A platform starts these; for developers there are others. Without what was built they
// fail.
var production = pattern.New(`\bnode\s+(?:\./)?(?:dist|build|\.output|lib)/|\b(?:next|remix|astro|nuxt|vite|vinxi|vitepress) (?:start|preview)\b|\b(?:docusaurus|gatsby|vitepress) serve\b|\bserve -s|react-router-serve|remix-serve|NODE_ENV=production|java -jar|turbo run start|target/release|gunicorn[^\n]*--preload`)

var (
	// devNames are the scripts that start a project for its developers, better
	// ones first.
	// "dev" is taken whatever it does: it is what its author calls it.
	devNames = []string{"dev", "start:dev", "develop", "serve", "start", "watch"}
	// devLike are names like those of scripts that start a project.
	devLike = pattern.New(`^(?:dev|start|serve|watch|develop)(?:[:_-].*)?$`)
	// scriptName finds the scripts that a text calls.
	scriptName = pattern.New(`(?:npm run|npm:|yarn run|yarn|pnpm run|pnpm|pnpm:|bun run|run-p|run-s|npm-run-all(?: --?\w+)*)\s*([\w:*.-]+)`)
	// serverScripts are what the names of scripts for a server say.
	serverScripts = []string{"server", "api", "backend", "node", "express", "back"}
	// partNames are what people call the halves of a project in scripts.
	partNames = []string{"server", "client", "api", "web", "backend", "frontend", "app", "worker", "ui"}
)

// fromScripts starts from the project's own dev script, in the root's composer.json
// or package.json.
func (r *reader) fromScripts() {
	// Composer first: in a Laravel project its "dev" starts the package.json's, too.
	if f, ok := r.ComposerDev("."); ok {
		if leaves := r.Split(f); len(leaves) > 0 {
			r.addLeaves(leaves)
			return
		}
	}
	root := r.Pack(".")
	if root == nil {
		return
	}
	leaves := r.packLeaves(root)
	r.visited[root] = len(leaves) > 0
	r.addLeaves(leaves)
}

// packLeaves splits the dev script of a package. Where there is none, scripts for
// parts of the project ("start:server", "start:client") are one together.
func (r *reader) packLeaves(p *split.Pack) []*split.Leaf {
	if script := devScript(p); script != "" {
		return r.Script(p, script)
	}
	for _, prefix := range []string{"dev:", "start:", "serve:"} {
		var all []*split.Leaf
		for _, name := range p.Order {
			part, ok := strings.CutPrefix(name, prefix)
			if ok && slices.Contains(partNames, part) && !production.MatchString(p.Scripts[name]) {
				all = append(all, r.Script(p, name)...)
			}
		}
		if len(all) > 0 {
			return all
		}
	}
	return nil
}

// siblings are the scripts beside a front end's by which people start the server that
// its proxy asks: "dev-node" beside "dev", "server" beside "client".
func (r *reader) siblings(p *split.Pack) {
	// Without a front end that asks somebody there is no reason to think that a server is
	// missing.
	asksNobody := !slices.ContainsFunc(r.found.Routes, func(route found.Route) bool { return route.By != nil && route.Target.Remote == "" })
	if asksNobody || r.has(found.API, found.App, found.RPC) {
		return
	}
	for _, name := range p.Order {
		if !slices.Contains(serverScripts, split.ScriptHint(name)) || production.MatchString(p.Scripts[name]) {
			continue
		}
		leaves := r.Script(p, name)
		if len(leaves) != 1 {
			continue
		}
		if s := r.Understand(leaves[0]); s != nil && s.Kind.Answers() && !s.Kind.IsFrontEnd() {
			s.Hint = "api" // whatever it is made with
			r.addLeaves(leaves)
			return
		}
	}
}

// devScript chooses the script that starts a package for its developers, or "".
func devScript(p *split.Pack) string {
	i := slices.IndexFunc(devNames, func(name string) bool {
		text, ok := p.Scripts[name]
		// A script that starts nothing of production is what is left.
		return ok && (name == "dev" || !production.MatchString(text))
	})
	if i < 0 {
		return ""
	}
	chosen := devNames[i]
	// Some have both: "dev" against a server that is shared, "dev:local" against one's
	// own.
	if local := chosen + ":local"; strings.Contains(p.Scripts[local], "localhost") || strings.Contains(p.Scripts[local], "127.0.0.1") {
		return local // the plain one talks to a server elsewhere
	}
	// A script that runs this one beside others is what people start.
	for _, name := range p.Order {
		if name != chosen && devLike.MatchString(name) && isList(p.Scripts[name]) && refers(p, name, chosen, 4) {
			return name
		}
	}
	return chosen
}

// isList reports whether a script starts several things beside each other.
func isList(text string) bool {
	return slices.ContainsFunc([]string{"concurrently", "npm-run-all", "run-p", " & "}, func(mark string) bool { return strings.Contains(text, mark) })
}

// refers reports whether a script calls another one, also by way of others.
// Four calls deep, as scripts may name each other in circles.
func refers(p *split.Pack, from, to string, depth int) bool {
	if depth == 0 {
		return false
	}
	for _, m := range scriptName.FindAllStringSubmatch(p.Scripts[from], 20) {
		if m[1] == to || m[1] != from && refers(p, m[1], to, depth-1) {
			return true
		}
	}
	return strings.Contains(p.Scripts[from], "npm "+to) // npm start
}

// otherPacks looks at the packages that no script of the project's list leads to.
// Where there is such a list, only what it has nothing of is taken: the front end
// beside a list of servers, or the other way round.
func (r *reader) otherPacks() {
	root := r.Pack(".")
	listed := len(r.made) > 0 && root != nil && r.visited[root]
	hasFront, hasBack := r.has(found.Site, found.Page), r.has(found.API, found.App, found.RPC)
	for _, p := range r.Packs() {
		script := devScript(p)
		if script == "" || r.visited[p] || r.isOwned(p.Dir) || p == root && listed {
			continue
		}
		// In a workspace with a list a member that is not on it is left out on purpose.
		if listed && p.Root != p || isAside(p.Dir) {
			r.found.Skip(p.NotListed(script))
			continue
		}
		for _, l := range r.packLeaves(p) {
			s := r.Understand(l)
			if s != nil && listed && (!s.Kind.Answers() && s.Kind != found.Assets || hasFront && s.Kind.IsFrontEnd() || hasBack && !s.Kind.IsFrontEnd()) {
				r.found.Skip(p.NotListed(script))
				continue
			}
			r.addLeaves([]*split.Leaf{l})
		}
	}
}
