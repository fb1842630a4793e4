package split

import (
	"path"
	"strings"

	"devgate/internal/detect/pattern"
)

var (
	// makeTarget finds "serve: build" at the beginning of a line, and not "A := b".
	makeTarget = pattern.New(`^([A-Za-z0-9_./-]+)\s*:(?:[^=]|$)`)
	// continuedLine finds a line that goes on in the next one.
	continuedLine = pattern.New(`\s*\\\n\s*`)
)

// Make returns the flow of a target of a makefile, where its recipe is one command.
func (p *Project) Make(dir, target string) (Flow, bool) {
	return p.recipe(p.In(dir, "", ""), target)
}

// make splits "make dev".
func (p *Project) make(f Flow, words []string) (launch, bool) {
	// A call with variables or flags (make -C web dev) is another one than its recipe: it
	// stays as it is.
	if len(words) != 2 || strings.HasPrefix(words[1], "-") || strings.Contains(words[1], "=") {
		return launch{}, false
	}
	f, ok := p.recipe(f, words[1])
	return launch{flows: []Flow{f}}, ok
}

func (p *Project) recipe(f Flow, target string) (Flow, bool) {
	file := p.First(f.Dir, "Makefile", "makefile", "GNUmakefile")
	text, ok := p.Text(file)
	command := onlyCommand(text, target)
	if file == "" || !ok || command == "" || f.passes(file, target) {
		return f, false
	}
	// make has no node_modules on its PATH.
	f.Text, f.call, f.File, f.Line, f.Bins = command, nil, path.Clean(file), false, false
	f.hintedBy(strings.NewReplacer("-", ":", "_", ":").Replace(target)) // "run-worker" is worker
	return f, true
}

// onlyCommand returns the command of a target that has one, with its continued lines;
// "" if it has several, which each have a shell of their own, or make's variables.
// "@" and "-" in front of a recipe's line are make's: do not print it, go on if it fails.
// "$$" is its way to write "$".
func onlyCommand(makefile, target string) string {
	var commands []string
	here := false
	for line := range strings.Lines(continuedLine.ReplaceAllString(makefile, " ")) {
		line = strings.TrimRight(line, " \t\n")
		if m := makeTarget.FindStringSubmatch(line); m != nil {
			here = m[1] == target
			continue
		}
		body, ok := strings.CutPrefix(line, "\t")
		body = strings.TrimLeft(strings.TrimSpace(body), "@-")
		if ok && here && body != "" && !strings.HasPrefix(body, "#") && !strings.HasPrefix(body, "echo ") {
			commands = append(commands, body)
		}
	}
	if len(commands) != 1 || strings.Contains(commands[0], "$(") {
		return ""
	}
	return strings.ReplaceAll(commands[0], "$$", "$")
}
