package split

import (
	"slices"
	"strings"

	"devgate/internal/detect/found"
)

// runAll splits npm-run-all, run-p and run-s. Groups that run one after the other
// become tasks, all but the last.
func (p *Project) runAll(f Flow, words []string) (launch, bool) {
	if f.Pack == nil {
		return launch{}, true
	}
	earlier, group, together := groups(f.Pack, words)
	if !together {
		// run-s alone is a chain like any other: "a && b".
		f.Text, f.call = strings.Join(append(earlier, group...), " && "), nil
		return launch{flows: []Flow{f}}, true
	}
	l := launch{apart: true}
	for _, text := range group {
		l.flows = append(l.flows, f.of(text))
	}
	if len(earlier) > 0 {
		// A text of groups looks like "npm run NAME …", so the third word is the
		// script's.
		task := newTask(f, strings.Fields(earlier[0])[2], strings.Join(earlier, " && "))
		for i := range l.flows {
			l.flows[i].Tasks = append(slices.Clone(f.Tasks), task)
		}
	}
	return l, true
}

// groups reads the words of npm-run-all: what runs before, and the last group, whose
// scripts run side by side or not.
// In "-s clean -p web api" a flag closes the group before it.
func groups(pack *Pack, words []string) (earlier, last []string, together bool) {
	together = programName(words[0]) == "run-p"
	for _, word := range words[1:] {
		switch {
		case word == "-p" || word == "--parallel":
			earlier, last, together = append(earlier, last...), nil, true
		case word == "-s" || word == "--sequential" || word == "--serial":
			earlier, last, together = append(earlier, last...), nil, false
		case strings.HasPrefix(word, "-"):
		default:
			pattern, args, _ := strings.Cut(word, " ")
			for _, script := range matching(pack, pattern) {
				last = append(last, runText(pack, script, args))
			}
		}
	}
	return earlier, last, together
}

// newTask is a leaf that has to run before others.
func newTask(f Flow, name, run string) *Leaf {
	return &Leaf{Flow: Flow{Dir: f.Dir, Pack: f.Pack, File: f.File, Hint: name}, run: run, at: -1}
}

// runScriptOS takes the script of this system's kind: "start" becomes
// "start:default", or "start:darwin:linux".
// run-script-os finds its own script by npm's variable npm_lifecycle_event; here it is
// the last one that was passed.
func (p *Project) runScriptOS(f Flow, _ []string) (launch, bool) {
	if f.Pack == nil || len(f.Seen) == 0 {
		return launch{}, true
	}
	_, script, _ := strings.Cut(f.Seen[len(f.Seen)-1], "\n")
	chosen := ""
	for _, name := range f.Pack.Order {
		switch kind, ok := strings.CutPrefix(name, script+":"); {
		case !ok:
		case kind == "windows" || kind == "win32":
			p.Out.Skip(found.Skip{What: name, Where: f.Pack.File, Why: "for Windows only"})
		case kind == "linux" || kind == "nix" || kind == "default" || kind == "darwin:linux":
			chosen = name
		}
	}
	if chosen == "" {
		return launch{}, true
	}
	// It hands words on, so they arrive as behind a "--".
	return launch{flows: []Flow{f.calling(call{pack: f.Pack, script: chosen, dashes: true})}}, true
}
