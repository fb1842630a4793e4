package split

import (
	"path"

	"devgate/internal/detect/files"
	"devgate/internal/detect/shell"
)

// DenoTasks returns the tasks of a deno.json, and its path; "" if there is none.
func (p *Project) DenoTasks(dir string) (map[string]string, string) {
	file := p.First(dir, "deno.json", "deno.jsonc")
	var v struct{ Tasks map[string]any }
	if file == "" || !p.JSON(file, &v) {
		return nil, ""
	}
	tasks := map[string]string{}
	for name, task := range v.Tasks {
		text, ok := task.(string)
		// Deno from 2 on takes a table as well: { command, description, dependencies }.
		if !ok {
			text = files.TextAt(task, "command")
		}
		tasks[name] = text
	}
	return tasks, file
}

// denoTask splits "deno task dev".
func (p *Project) denoTask(f Flow, words []string) (launch, bool) {
	if len(words) < 3 || words[1] != "task" {
		return launch{}, false
	}
	tasks, file := p.DenoTasks(f.Dir)
	name := words[2]
	if tasks[name] == "" || f.passes(file, name) {
		return launch{}, true
	}
	f.Text, f.call, f.File = tasks[name], nil, file
	f.hintedBy(name)
	// A deno task hands all words behind its name to the command.
	f.through = &through{run: "deno task " + shell.Quote(name), dir: f.Dir, env: f.Env, reach: true}
	return launch{flows: []Flow{f}}, true
}

// poe splits "poe start", a task of Poe the Poet. It stays what runs the leaf: a task
// may have an environment of its own.
// poe's "cmd" and "shell" differ in who reads the text; taken apart they are the same.
func (p *Project) poe(f Flow, words []string) (launch, bool) {
	file := path.Join(f.Dir, "pyproject.toml")
	if len(words) != 2 || !p.Has(file) {
		return launch{}, false
	}
	v, ok := p.TOML(file)
	task := files.At(v, "tool", "poe", "tasks", words[1])
	text, _ := task.(string)
	for _, key := range []string{"cmd", "shell"} {
		if text == "" {
			text = files.TextAt(task, key)
		}
	}
	if !ok || text == "" || f.passes(file, words[1]) {
		return launch{}, false
	}
	f.through = &through{run: f.Text, dir: f.Dir, env: f.Env}
	f.Text, f.call = text, nil
	return launch{flows: []Flow{f}}, true
}
