package split

import (
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/found"
)

// turboValued are the flags of Turborepo that have a value.
var turboValued = []string{"--filter", "-F", "--concurrency", "--env-mode", "--ui", "--log-order", "--output-logs", "--cache-dir", "--cwd"}

// turbo splits "turbo run dev --filter=web": the script of each package that has it.
func (p *Project) turbo(f Flow, words []string) (launch, bool) {
	var filters, tasks []string
	// Behind "--" are words for the scripts.
	for i := 1; i < len(words) && words[i] != "--"; i++ {
		name, value, written := strings.Cut(words[i], "=")
		switch {
		case slices.Contains(turboValued, name):
			if !written && i+1 < len(words) {
				i++
				value = words[i]
			}
			if name == "--filter" || name == "-F" {
				filters = append(filters, value)
			}
		case strings.HasPrefix(name, "-"):
		// "turbo watch dev" runs the same scripts, again on changes.
		case len(tasks) == 0 && (words[i] == "run" || words[i] == "watch"):
		default:
			tasks = append(tasks, words[i])
		}
	}
	return p.inMembers(f, filters, tasks), true
}

// lerna splits "lerna run dev --scope web".
func (p *Project) lerna(f Flow, words []string) (launch, bool) {
	q := query{manager: npm, run: true, all: true} // flags may stand anywhere
	if len(words) < 3 || words[1] != "run" || !q.read(words[2:]) {
		return launch{}, true
	}
	return p.inMembers(f, q.filters, []string{q.script}), true
}

// inMembers is the launch of scripts of the packages of a workspace.
func (p *Project) inMembers(f Flow, filters, scripts []string) launch {
	l := launch{apart: true}
	if f.Pack == nil {
		return l
	}
	packs := p.members(f.Pack.Root)
	if len(filters) > 0 {
		packs = p.filtered(f.Pack.Root, filters)
	}
	for _, script := range scripts {
		for _, pack := range packs {
			// The package that calls turbo has the script, too: it is the one that is
			// being read.
			if _, ok := pack.Scripts[script]; ok && pack != f.Pack {
				one := f.of("").calling(call{pack: pack, script: script})
				l.flows = append(l.flows, one)
			}
		}
		if len(filters) > 0 {
			p.notChosen(f.Pack.Root, packs, script)
		}
	}
	return l
}

// notChosen tells of the packages that a filter leaves out.
// A person who filters some out wants to know how to have them.
func (p *Project) notChosen(root *Pack, chosen []*Pack, script string) {
	for _, pack := range p.members(root) {
		if _, ok := pack.Scripts[script]; ok && !slices.Contains(chosen, pack) {
			p.Out.Skip(pack.NotListed(script))
		}
	}
}

// NotListed tells that a package's script is no part of what the project starts.
func (p *Pack) NotListed(script string) found.Skip {
	name := path.Base(p.Dir)
	return found.Skip{What: name, Where: p.Dir, Why: "not in the project's dev script", Paste: &found.Paste{Name: name, Dir: p.Dir, Command: found.Text(p.Manager.Run(script))}}
}
