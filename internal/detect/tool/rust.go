package tool

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/files"
	"devgate/internal/detect/found"
	"devgate/internal/detect/pattern"
	"devgate/internal/detect/split"
)

var (
	// rustServers are the crates that programs serve with, rustPages those of
	// front ends that are compiled for browsers.
	rustServers = []string{"axum", "actix-web", "rocket", "warp", "poem", "salvo", "tide", "leptos_axum", "leptos_actix", "tonic"}
	rustPages   = []string{"yew", "leptos", "dioxus", "sycamore", "wasm-bindgen"}
)

// Crate is a Cargo.toml with a package.
type Crate struct {
	Dir  string
	Name string

	deps      map[string]any
	bins      []string
	hasMain   bool   // a program called as the crate
	preferred string // default-run
	root      string // of the workspace; Dir if it is in none
	leptos    any    // its settings, if it is built with cargo leptos
}

// Crate reads the package in a folder; nil if there is none.
func (k *Kit) Crate(dir string) *Crate {
	file := path.Join(dir, "Cargo.toml")
	if !k.Has(file) {
		return nil
	}
	v, ok := k.TOML(file)
	c := &Crate{Dir: dir, root: dir, Name: files.TextAt(v, "package", "name"), preferred: files.TextAt(v, "package", "default-run"), leptos: leptosSettings(v)}
	if !ok || files.At(v, "package") == nil && c.leptos == nil {
		return nil
	}
	c.deps, _ = files.At(v, "dependencies").(map[string]any)
	// [[bin]] tables, and the files that cargo finds without one.
	bins, _ := files.At(v, "bin").([]map[string]any)
	for _, b := range bins {
		c.bins = append(c.bins, files.TextAt(b, "name"))
	}
	c.bins = append(c.bins, k.cargoBins(path.Join(dir, "src/bin"))...)
	c.hasMain = k.Has(path.Join(dir, "src/main.rs"))
	// A member builds into the target folder of its workspace.
	for _, up := range split.Upwards(dir)[1:] {
		if file := path.Join(up, "Cargo.toml"); k.Has(file) {
			if above, _ := k.TOML(file); files.At(above, "workspace") != nil {
				c.root = up
				break
			}
		}
	}
	return c
}

// cargoBins are the programs that cargo finds in src/bin: a.rs, b/main.rs.
func (k *Kit) cargoBins(dir string) []string {
	var all []string
	for _, name := range k.Names(dir) {
		if stem, ok := strings.CutSuffix(name, ".rs"); ok {
			all = append(all, stem)
		}
	}
	for _, name := range k.Subfolders(dir) {
		if k.Has(path.Join(dir, name, "main.rs")) {
			all = append(all, name)
		}
	}
	return all
}

// leptosSettings are those of cargo leptos: a table of the package, or the first of
// the workspace's.
func leptosSettings(v any) any {
	if settings := files.At(v, "package", "metadata", "leptos"); settings != nil {
		return settings
	}
	if list, ok := files.At(v, "workspace", "metadata", "leptos").([]map[string]any); ok && len(list) > 0 {
		return list[0]
	}
	return nil
}

// IsLeptos reports whether the crate is built with cargo leptos.
func (c *Crate) IsLeptos() bool { return c.leptos != nil }

// IsServer reports whether the crate has a program and depends on what serves.
func (c *Crate) IsServer() bool {
	return c.hasAny(rustServers) && c.deps["tauri"] == nil && (c.hasMain || len(c.bins) > 0 || c.preferred != "")
}

// IsPage reports whether the crate is a front end.
func (c *Crate) IsPage() bool { return c.hasAny(rustPages) }

func (c *Crate) hasAny(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return c.deps[name] != nil })
}

// bin is the program that "cargo run" would start; "" if nobody can tell.
// Cargo's own rule: default-run, or the only program. The names are a guess beyond it.
func (c *Crate) bin() string {
	switch {
	case c.preferred != "":
		return c.preferred
	case c.hasMain:
		return c.Name
	case len(c.bins) == 1:
		return c.bins[0]
	}
	for _, name := range c.bins {
		if name == c.Name || slices.Contains(ServerNames, name) {
			return name
		}
	}
	return ""
}

// ServerNames are what people call the folder or the program of a server.
var ServerNames = []string{"api", "server", "web", "backend", "app", "service", "gateway", "main"}

// rustServes finds what makes a program of Rust a server.
var rustServes = pattern.New(`HttpServer::new|axum::serve|axum_server|Server::bind|Server::builder|TcpListener::bind|rocket::(?:build|ignite)|#\[launch\]|warp::serve|Server::new|\.launch\(\)|\.listen\(`)

// CrateServes reports whether a crate's own sources serve, and not only those of
// crates that it depends on.
func (k *Kit) CrateServes(c *Crate) bool {
	return rustServes.MatchString(k.textBelow(path.Join(c.Dir, "src"), ".rs"))
}

// CrateService makes a service of a crate's program, with arguments for it; nil if
// nobody can tell which program.
func (k *Kit) CrateService(c *Crate, args []string) *Made {
	file := path.Join(c.Dir, "Cargo.toml")
	bin := c.bin()
	if bin == "" {
		k.Out.Skip(found.Skip{What: cmp.Or(c.Name, path.Base(c.Dir)), Where: file, Why: "several programs, and nothing says which is the server"})
		return nil
	}
	s := &Made{Service: &found.Service{Program: bin, Dir: c.Dir, Kind: found.API, From: file, Watch: []string{"src/**", "Cargo.toml"}}}
	if c.deps["tonic"] != nil && c.deps["axum"] == nil {
		s.Kind = found.RPC
	}
	s.Build = found.Text("cargo build --bin " + bin)
	text := k.textBelow(path.Join(c.Dir, "src"), ".rs")
	s.Ready.Path = healthOf(text)
	if args == nil {
		args = k.releaseArgs(c.root, bin)
	}
	k.rustPort(s, c, c.target()+bin, text, args)
	s.cover(c.Dir, Rust)
	return s
}

// target is where cargo puts programs, as seen from the crate: in the workspace's
// folder.
func (c *Crate) target() string {
	if c.Dir == c.root {
		return "target/debug/"
	}
	return strings.Repeat("../", strings.Count(relative(c.Dir, c.root), "/")+1) + "target/debug/"
}

// simpleWord finds a subcommand, such as "server".
var simpleWord = pattern.New(`^[a-z][a-z-]*$`)

// releaseArgs are the words behind a program in the Procfile that its platform
// starts: some do nothing without one.
func (k *Kit) releaseArgs(dir, bin string) []string {
	text, _ := k.Text(path.Join(dir, "Procfile"))
	for line := range strings.Lines(text) {
		name, command, _ := strings.Cut(line, ":")
		words := strings.Fields(command)
		if name == "web" && len(words) > 1 && strings.HasSuffix(words[0], "target/release/"+bin) && simpleWord.MatchString(words[1]) {
			return words[1:2]
		}
	}
	return nil
}
