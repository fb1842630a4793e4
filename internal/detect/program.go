package detect

import (
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/found"
	"devgate/internal/detect/tool"
)

// goModules finds the programs of every module of Go that no service is made of yet.
func (r *reader) goModules() {
	for _, dir := range r.Folders() {
		if r.Has(path.Join(dir, "go.mod")) && !r.isCovered(dir, tool.Go) && r.GoModule(dir) != "" {
			r.goModule(dir)
		}
	}
}

// goModule takes the programs that serve. Of several, the likeliest comes first, and
// the others are guesses.
func (r *reader) goModule(module string) {
	var servers, asides []*tool.GoProgram
	for _, dir := range r.Folders() {
		// A module may lie inside of another's folder: its programs are its own.
		if !isBelow(dir, module) || r.GoModuleOf(dir) != module || !r.IsGoMain(dir) {
			continue
		}
		p := r.GoProgram(module, dir)
		switch {
		case !p.Serves && !p.RPC:
			r.found.Skip(found.Skip{What: path.Base(dir), Where: dir, Why: "listens on no port"})
		case !isProgramFolder(dir, module):
			asides = append(asides, p)
		default:
			servers = append(servers, p)
		}
	}
	// A module with one server has it wherever it likes.
	if len(servers) == 0 && len(asides) == 1 {
		servers, asides = asides, nil // in whatever folder it is
	}
	for _, p := range asides {
		r.found.Skip(found.Skip{What: path.Base(p.Dir), Where: p.Dir, Why: "neither in cmd/ nor in a folder that is called as a server"})
	}
	name := path.Base(r.GoModule(module))
	// Stable, so that of equal ones the folders' order decides: the same folder gives the
	// same findings.
	slices.SortStableFunc(servers, func(a, b *tool.GoProgram) int { return goRank(a, name) - goRank(b, name) })
	for i, p := range servers {
		s := r.GoService(p, nil, nil)
		if i > 0 {
			s.Guess = s.From
		}
		if r.isPart(s) {
			r.add(s)
		}
	}
}

// isBelow reports whether a folder is another one or below it.
func isBelow(dir, root string) bool {
	return root == "." || dir == root || strings.HasPrefix(dir, root+"/")
}

// isProgramFolder reports whether a module keeps the programs that it is about in a
// folder: its own, cmd/x, and folders named after what they serve.
func isProgramFolder(dir, module string) bool {
	if dir == module {
		return true
	}
	inner := dir
	if module != "." {
		inner = strings.TrimPrefix(dir, module+"/")
	}
	first, _, deeper := strings.Cut(inner, "/")
	return slices.Contains([]string{"cmd", "apps", "services"}, first) || path.Base(path.Dir(inner)) == "cmd" ||
		!deeper && slices.Contains(tool.ServerNames, inner)
}

// goRank puts the likeliest programs first.
func goRank(p *tool.GoProgram, module string) int {
	switch name := path.Base(p.Dir); {
	case p.Dir == p.Module, name == module:
		return 0
	case slices.Contains(tool.ServerNames, name):
		return 1
	}
	return 2
}

// crates finds the programs of Rust that no service is made of yet. Of several that
// depend on a server's packages, those count that serve.
func (r *reader) crates() {
	var servers []*tool.Crate
	for _, dir := range r.Folders() {
		if r.isCovered(dir, tool.Rust) {
			continue
		}
		c := r.Crate(dir)
		file := path.Join(dir, "Cargo.toml")
		switch {
		case c == nil:
		case c.IsLeptos():
			r.addFramework(dir, "cargo leptos watch", file, tool.Rust)
		case c.IsServer() && r.HasFolder(path.Join(dir, "src")):
			servers = append(servers, c)
		case c.IsPage() && r.Has(path.Join(dir, "index.html")):
			r.addFramework(dir, "trunk serve", file, tool.Rust)
		}
	}
	// A crate that depends on axum may be a library of handlers for the others.
	surely := slices.DeleteFunc(slices.Clone(servers), func(c *tool.Crate) bool { return !r.CrateServes(c) })
	if len(surely) > 0 {
		servers = surely
	}
	for _, c := range servers {
		if s := r.CrateService(c, nil); s != nil && r.isPart(s) {
			r.add(s)
		}
	}
}

// denoProjects finds the projects of Deno that no service is made of yet.
func (r *reader) denoProjects() {
	for _, dir := range r.Folders() {
		tasks, file := r.DenoTasks(dir)
		// A package.json beside deno.json is for npm's tools, and has been read.
		if file == "" || r.isCovered(dir, tool.Deno) || r.Pack(dir) != nil {
			continue
		}
		for _, name := range []string{"dev", "start"} {
			if tasks[name] != "" {
				r.addFramework(dir, "deno task "+name, file, tool.Deno)
				break
			}
		}
	}
}

// jvmProjects finds the applications on the JVM that no service is made of yet.
func (r *reader) jvmProjects() {
	for _, dir := range r.Folders() {
		if r.isCovered(dir, tool.JVM) {
			continue
		}
		m := r.Module(dir)
		if m == nil {
			continue
		}
		where, command := r.ModuleCommand(m)
		// where is the wrapper's folder; which folder's module it is, jvmWords reads back
		// from the command.
		r.addFramework(where, command, m.File, tool.JVM)
		if m.IsQuarkus() {
			for _, name := range []string{"src/main/webui", "webui"} {
				r.own(dir, name, "Quarkus starts its server itself")
			}
		}
	}
}

// phoenixProjects finds the applications of Phoenix. Its watchers run within it, so
// assets/package.json is no service.
func (r *reader) phoenixProjects() {
	for _, dir := range r.Folders() {
		file := path.Join(dir, "mix.exs")
		text, _ := r.Text(file)
		if strings.Contains(text, ":phoenix") && !r.isCovered(dir, tool.Elixir) {
			r.addFramework(dir, "mix phx.server", file, tool.Elixir)
			r.own(dir, "assets", "Phoenix starts its watchers itself")
		}
	}
}
