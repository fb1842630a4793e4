package split

import (
	"path"
	"slices"
	"strings"
)

// call is the call of one script.
type call struct {
	pack   *Pack
	script string
	args   []string
	dashes bool // the command has a "--": what is put behind it reaches the script
}

// query is a call of a package manager on the way to its scripts.
type query struct {
	manager Manager
	dir     string
	filters []string
	all     bool // every package of the workspace
	root    bool // the workspace's root
	run     bool // the word "run" was there
	script  string
	args    []string
	dashes  bool
}

// The flags of the managers that have a value and matter here.
// Each manager knows only some of them; what it would refuse nobody writes into a script.
var (
	folderFlags = []string{"--prefix", "-C", "--dir", "--cwd"}
	filterFlags = []string{"--filter", "-F", "--workspace", "--scope", "--include"}
	otherFlags  = []string{"--loglevel", "--reporter", "--concurrency", "--workspace-concurrency", "-j", "--jobs", "--max-parallel"}
	allFlags    = []string{"-r", "--recursive", "--workspaces", "-ws", "-A", "--all"}
)

// calls returns the flows of the scripts that some words call, or nil. A name that
// is no script of any package is no call.
// The words are those of "npm run x", "yarn x", "pnpm -r dev", "bun run x".
func (p *Project) calls(f Flow, words []string) []Flow {
	m, ok := isManager(words[0])
	if !ok {
		return nil
	}
	q := query{manager: m, dir: f.Dir}
	if !q.read(words[1:]) || q.script == "" {
		return nil
	}
	var flows []Flow
	for _, pack := range p.asked(f, q) {
		for _, script := range matching(pack, q.script) {
			flows = append(flows, f.calling(call{pack, script, q.args, q.dashes}))
		}
	}
	return flows
}

// calling is the flow of a script.
func (f Flow) calling(c call) Flow {
	f.call = &c
	return f
}

// read goes over the words of a call.
func (q *query) read(words []string) bool {
	for len(words) > 0 && q.script == "" {
		word := words[0]
		words = words[1:]
		switch {
		case strings.HasPrefix(word, "-"):
			words = q.flag(word, words)
		// These run a program and no script; "yarn workspaces foreach … run dev" is the
		// exception, and goes on to the script's name.
		case slices.Contains([]string{"exec", "dlx", "x", "node", "create", "foreach"}, word):
			return word == "foreach" && q.read(words)
		case word == "run" || word == "run-script":
			q.run = true
		case word == "workspace" && q.manager == yarn && len(words) > 0:
			q.filters, words = append(q.filters, words[0]), words[1:]
		case word == "workspaces" && q.manager == yarn:
			q.all = true
		case q.manager == npm && word != "start" && !q.run: // npm takes a word for a script only behind "run"
			return false
		default:
			q.script = word
		}
	}
	q.rest(words)
	return true
}

// rest reads what stands behind the script's name. npm goes on to look for flags
// there, up to a "--"; the others hand everything on.
func (q *query) rest(words []string) {
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		switch {
		case word == "--" && !q.dashes:
			q.dashes = true
		case q.manager == npm && !q.dashes && strings.HasPrefix(word, "-"):
			words = q.flag(word, words)
		default:
			q.args = append(q.args, word)
		}
	}
}

// flag reads one flag, and its value from the words behind it, which it returns
// the rest of.
func (q *query) flag(word string, words []string) []string {
	name, value, written := strings.Cut(word, "=")
	// -w is a package for npm and yarn, and for pnpm the root of the workspace.
	isPackage := name == "-w" && q.manager != pnpm
	switch {
	case slices.Contains(allFlags, name):
		q.all = true
		return words
	case name == "-w" && q.manager == pnpm, name == "--workspace-root":
		q.root = true
		return words
	// An unknown flag is taken for one without a value: its value would then be the
	// script's name, and is none that a package has.
	case !isPackage && !slices.Contains(slices.Concat(folderFlags, filterFlags, otherFlags), name):
		return words
	}
	if !written && len(words) > 0 {
		value, words = words[0], words[1:]
	}
	switch {
	case slices.Contains(folderFlags, name):
		q.dir = path.Join(q.dir, value)
	case isPackage || slices.Contains(filterFlags, name):
		q.filters = append(q.filters, value)
	}
	return words
}

// asked returns the packages that a call is about.
func (p *Project) asked(f Flow, q query) []*Pack {
	from := f.Pack
	if q.dir != f.Dir {
		from = p.packs[path.Clean(q.dir)]
	}
	switch {
	case from == nil:
		return nil
	case len(q.filters) > 0:
		return p.filtered(from.Root, q.filters)
	case q.all:
		return p.members(from.Root)
	case q.root:
		return []*Pack{from.Root}
	}
	return []*Pack{from}
}

// filtered returns the members of a workspace that filters name: by name, by
// folder, with "*"; "!" in front takes away.
func (p *Project) filtered(root *Pack, filters []string) []*Pack {
	// Filters that only take away start from all packages.
	only := slices.ContainsFunc(filters, func(f string) bool { return !strings.HasPrefix(f, "!") })
	var chosen []*Pack
	for _, pack := range append(p.members(root), root) {
		take := !only && pack != root
		for _, filter := range filters {
			name, not := strings.CutPrefix(filter, "!")
			if pack.matches(name) {
				take = !not
			}
		}
		if take {
			chosen = append(chosen, pack)
		}
	}
	return chosen
}

// matches reports whether a filter names the package: "web", "@shop/*", "./apps/*",
// "{apps/web}...", "web[main]".
func (p *Pack) matches(filter string) bool {
	// The dots of "web..." and the braces and "^" of pnpm and Turborepo choose what
	// depends on a package, or what it depends on; who is started is the package.
	filter = strings.Trim(filter, ".{}^")
	filter, _, _ = strings.Cut(filter, "[")
	filter = strings.TrimPrefix(filter, "/")
	if filter == "" {
		return false
	}
	_, short, scoped := strings.Cut(p.Name, "/")
	// Turborepo's docs name packages in full, scripts often by the last part or by the
	// folder.
	return isMatch(filter, p.Name) || isMatch(filter, p.Dir) || scoped && isMatch(filter, short) || filter == path.Base(p.Dir)
}

// isMatch matches a pattern with "*" for anything, slashes too.
// path.Match has no "**", and its "*" ends at a slash: another sign in the slash's place
// makes it a letter.
func isMatch(pattern, name string) bool {
	plain := strings.NewReplacer("**", "*", "/", "\x01")
	ok, _ := path.Match(plain.Replace(pattern), strings.ReplaceAll(name, "/", "\x01"))
	return ok && name != ""
}

// matching returns the scripts of a package that a name means: itself, or with "*"
// those that it matches, in the order of the file. "dev:*(!mail)" leaves some out.
func matching(p *Pack, name string) []string {
	if !strings.Contains(name, "*") {
		if _, ok := p.Scripts[name]; ok {
			return []string{name}
		}
		return nil
	}
	pattern, except, _ := strings.Cut(strings.TrimSuffix(name, ")"), "(!")
	var all []string
	for _, script := range p.Order {
		ok, _ := path.Match(segments(pattern), segments(script))
		if ok && (except == "" || !strings.Contains(script, except)) {
			all = append(all, script)
		}
	}
	return all
}

// segments turns the ":" of scripts' names into what path.Match takes for a border.
func segments(name string) string { return strings.ReplaceAll(name, ":", "/") }
