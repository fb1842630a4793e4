package split

import (
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/files"
	"devgate/internal/detect/pattern"
)

var (
	// makeTarget finds "serve: build" at the beginning of a line, and not "A := b".
	makeTarget = pattern.New(`^([A-Za-z0-9_./-]+)\s*:(?:[^=]|$)`)
	// continuedLine finds a line that goes on in the next one.
	continuedLine = pattern.New(`\s*\\\n\s*`)
)

// runner is a program that runs recipes: its files, and how the one command of a
// target is read from one of them; "" if it has several.
type runner struct {
	files   []string
	command func(p *Project, file, target string) string
}

var (
	makeRunner = runner{[]string{"Makefile", "makefile", "GNUmakefile"}, (*Project).makeCommand}
	justRunner = runner{[]string{"justfile", "Justfile", ".justfile"}, (*Project).justCommand}
	taskRunner = runner{[]string{"Taskfile.yml", "Taskfile.yaml", "taskfile.yml"}, (*Project).taskCommand}
)

// Recipe returns the flow of a target of a makefile, a justfile or a Taskfile, where
// it is one command.
func (p *Project) Recipe(dir, target string) (Flow, bool) {
	for _, r := range []runner{makeRunner, justRunner, taskRunner} {
		if f, ok := p.recipe(p.In(dir, "", ""), r, target); ok {
			return f, true
		}
	}
	return Flow{}, false
}

// make splits "make dev", just "just dev", and goTask "task dev".
func (p *Project) make(f Flow, words []string) (launch, bool)   { return p.run(f, makeRunner, words) }
func (p *Project) just(f Flow, words []string) (launch, bool)   { return p.run(f, justRunner, words) }
func (p *Project) goTask(f Flow, words []string) (launch, bool) { return p.run(f, taskRunner, words) }

func (p *Project) run(f Flow, r runner, words []string) (launch, bool) {
	if len(words) != 2 || strings.HasPrefix(words[1], "-") || strings.Contains(words[1], "=") {
		return launch{}, false
	}
	f, ok := p.recipe(f, r, words[1])
	return launch{flows: []Flow{f}}, ok
}

func (p *Project) recipe(f Flow, r runner, target string) (Flow, bool) {
	file := p.First(f.Dir, r.files...)
	if file == "" {
		return f, false
	}
	command := r.command(p, file, target)
	if command == "" || f.passes(file, target) {
		return f, false
	}
	f.Text, f.call, f.File, f.Line, f.Bins = command, nil, path.Clean(file), false, false
	f.hintedBy(strings.NewReplacer("-", ":", "_", ":").Replace(target)) // "run-worker" is worker
	return f, true
}

// makeCommand: each line of a recipe has a shell of its own, and "$(" is make's.
func (p *Project) makeCommand(file, target string) string {
	text, _ := p.Text(file)
	command := onlyCommand(text, target, "\t")
	if strings.Contains(command, "$(") {
		return ""
	}
	return strings.ReplaceAll(command, "$$", "$")
}

// justCommand: "{{" is just's.
func (p *Project) justCommand(file, target string) string {
	text, _ := p.Text(file)
	command := onlyCommand(text, target, " ", "\t")
	if strings.Contains(command, "{{") {
		return ""
	}
	return command
}

// taskCommand reads a task of a Taskfile: a text, a list, or a table with cmd or cmds.
func (p *Project) taskCommand(file, target string) string {
	var v struct{ Tasks map[string]any }
	if !p.YAML(file, &v) {
		return ""
	}
	task := v.Tasks[target]
	if table, ok := task.(map[string]any); ok {
		if table["dir"] != nil || table["deps"] != nil {
			return "" // more than its command
		}
		task = table["cmds"]
		if task == nil {
			task = table["cmd"]
		}
	}
	commands, _ := task.([]any)
	texts := files.Texts(task)
	if len(texts) != 1 || len(commands) > 1 || strings.Contains(texts[0], "{{") {
		return ""
	}
	return texts[0]
}

// onlyCommand returns the command of a target that has one, with its continued lines,
// where the lines of recipes begin with one of some blanks; "" if it has several.
func onlyCommand(makefile, target string, blanks ...string) string {
	var commands []string
	here := false
	for line := range strings.Lines(continuedLine.ReplaceAllString(makefile, " ")) {
		line = strings.TrimRight(line, " \t\n")
		if m := makeTarget.FindStringSubmatch(line); m != nil {
			here = m[1] == target
			continue
		}
		indented := slices.ContainsFunc(blanks, func(b string) bool { return strings.HasPrefix(line, b) })
		body := strings.TrimLeft(strings.TrimSpace(line), "@-")
		if indented && here && body != "" && !strings.HasPrefix(body, "#") && !strings.HasPrefix(body, "echo ") {
			commands = append(commands, body)
		}
	}
	if len(commands) != 1 {
		return ""
	}
	return commands[0]
}
