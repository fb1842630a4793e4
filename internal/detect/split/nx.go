package split

import (
	"maps"
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/files"
	"devgate/internal/detect/shell"
)

// nxProject is a project of an Nx workspace.
type nxProject struct {
	name    string
	dir     string
	targets map[string]any
}

// nxExecutors are what executors run, in the words of the tool itself.
// Those whose program is not among them are read by the vite.config beside them, or left
// out.
var nxExecutors = map[string]string{
	"@angular-devkit/build-angular:dev-server": "ng serve", "@angular/build:dev-server": "ng serve", "@nx/angular:dev-server": "ng serve",
	"@nx/vite:dev-server": "vite", "@nx/next:server": "next dev", "@nx/webpack:dev-server": "webpack serve",
	"@nx/js:node": "nx-node", "@nx/node:node": "nx-node", "@nrwl/js:node": "nx-node", "@nrwl/node:node": "nx-node",
	"@nx/expo:start": "expo start", "@nx/storybook:storybook": "storybook",
}

// nxProjects reads every project.json, and takes every package for a project.
func (p *Project) nxProjects() map[string]nxProject {
	if p.nxAll == nil {
		p.nxAll = p.readNx()
	}
	return p.nxAll
}

func (p *Project) readNx() map[string]nxProject {
	all := map[string]nxProject{}
	add := func(name, dir string, targets map[string]any) {
		if name == "" {
			name = path.Base(dir)
		}
		all[name] = nxProject{name, dir, targets}
	}
	// Nx itself takes the scripts of a package.json for targets. A project.json of the
	// same name replaces what a package said: it is read later.
	for _, pack := range p.Packs() {
		add(pack.Name, pack.Dir, nil)
	}
	for _, dir := range p.Folders() {
		var v struct {
			Name    any
			Targets map[string]any
		}
		if file := path.Join(dir, "project.json"); p.Has(file) && p.JSON(file, &v) {
			name, _ := v.Name.(string)
			add(name, dir, v.Targets)
		}
	}
	return all
}

// nx splits "nx run api:serve", "nx serve api" and "nx run-many -t serve -p a b".
func (p *Project) nx(f Flow, words []string) (launch, bool) {
	if f.Pack == nil || len(words) < 2 {
		// "nx serve web" and "nx run web:serve" name one project, "nx run-many" several.
		return launch{}, true
	}
	names, targets, flags := nxWords(words[1:])
	projects := p.nxProjects()
	if len(names) == 0 && len(targets) == 1 {
		for _, name := range slices.Sorted(maps.Keys(projects)) {
			if projects[name].dir == f.Dir && projects[name].targets != nil {
				names = []string{name}
			}
		}
	}
	var l launch
	for _, target := range targets {
		// "serve:development" is a target with a configuration.
		target, _, _ = strings.Cut(target, ":")
		for _, name := range names {
			if project, ok := projects[name]; ok {
				l.flows = append(l.flows, p.nxTarget(f, project, target, flags)...)
			}
		}
	}
	l.apart = len(l.flows) > 1
	return l, true
}

// nxWords reads which targets of which projects some words mean.
func nxWords(words []string) (names, targets, flags []string) {
	var plain []string
	// -p and -t of run-many take all words up to the next flag.
	into := &plain
	for _, word := range words {
		name, value, written := strings.Cut(word, "=")
		switch {
		case slices.Contains([]string{"-t", "--target", "--targets"}, name):
			into = &targets
		case slices.Contains([]string{"-p", "--projects", "--project"}, name):
			into = &names
		case strings.HasPrefix(word, "-"):
			into, flags = &plain, append(flags, word)
			// A flag of the target's, such as --port: it is handed on. A value that
			// stands apart from its flag is taken for a project and found to be none.
			continue
		default:
			value, written = word, true
		}
		if written {
			*into = append(*into, strings.Split(value, ",")...)
		}
	}
	switch {
	case len(plain) >= 2 && plain[0] == "run":
		name, target, _ := strings.Cut(plain[1], ":")
		return []string{name}, []string{target}, flags
	case len(plain) >= 2 && plain[0] != "run-many":
		return []string{plain[1]}, []string{plain[0]}, flags
	case len(plain) == 1 && len(targets) == 0: // "nx serve": of the project in this folder
		return nil, plain, flags
	}
	return names, targets, flags
}

// nxTarget is the flow of a target. It is run through Nx, which knows what has to be
// built before, and hands flags on.
func (p *Project) nxTarget(f Flow, project nxProject, target string, flags []string) []Flow {
	t := project.targets[target]
	if pack := p.packs[project.dir]; pack != nil && t == nil && pack.Scripts[target] != "" {
		return []Flow{f.calling(call{pack: pack, script: target})}
	}
	dir, text := p.nxCommand(f, project, t)
	if text == "" {
		return nil
	}
	// The target "serve" says nothing of what it serves; the project's name does.
	one := p.moved(f, dir).of(strings.TrimSpace(text + " " + shell.Join(flags...)))
	one.Hint, one.hinted = project.name, true
	if !slices.Contains(verbs, target) {
		one.Hint = target
	}
	one.Target, one.Bins = t, true
	one.through = &through{run: f.Pack.Manager.Exec(shell.Join(append([]string{"nx", "run", project.name + ":" + target}, flags...)...)), dir: f.Dir, env: f.Env, reach: true}
	return []Flow{one}
}

// nxCommand is what a target runs, and in which folder; "" if nobody can tell.
func (p *Project) nxCommand(f Flow, project nxProject, t any) (dir, text string) {
	command := files.TextAt(t, "command")
	if command == "" && files.TextAt(t, "executor") == "nx:run-commands" {
		command = files.TextAt(t, "options", "command")
	}
	executor := nxExecutors[files.TextAt(t, "executor")]
	switch {
	case command != "":
		if cwd := files.TextAt(t, "options", "cwd"); cwd != "" && p.isOurs(".", cwd) {
			return path.Clean(cwd), command
		}
		return f.Dir, command
	// The plugin @nx/vite makes targets out of a vite.config without any project.json.
	case executor == "" && p.First(project.dir, "vite.config.ts", "vite.config.mts", "vite.config.js") != "":
		executor = "vite" // a target that Nx infers from the configuration
	}
	return project.dir, executor
}
