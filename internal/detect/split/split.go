package split

import (
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/found"
	"devgate/internal/detect/shell"
)

// Both are far above what projects have; they end scripts that call each other in circles
// that no name gives away.
const (
	maxSplit  = 14  // texts within texts
	maxSplits = 600 // texts in all: each may start many
)

// Script splits a script of a package.
func (p *Project) Script(pack *Pack, script string) []*Leaf {
	f := p.In(pack.Dir, pack.File, "")
	f.Pack = pack
	return p.Split(f.calling(call{pack: pack, script: script}))
}

// Split turns a flow into the leaves that it starts.
func (p *Project) Split(f Flow) []*Leaf {
	f.depth++
	p.splits++
	if f.depth > maxSplit || p.splits > maxSplits {
		return nil
	}
	if f.call != nil {
		return p.script(f, *f.call)
	}
	t := f.through
	f.through = nil // of several things that the text starts, each is run as it stands
	leaves := p.text(f)
	// Of several leaves each runs as it stands: the program around them cannot run one of
	// them alone.
	if t != nil && len(leaves) == 1 && !leaves[0].Apart {
		leaves[0].passThrough(*t)
	}
	return leaves
}

// passThrough lets another program run the leaf.
func (l *Leaf) passThrough(t through) {
	l.run, l.at, l.isCall, l.direct, l.runDir, l.Env = t.run, -1, false, direct{}, t.dir, t.env
	l.reach = l.raw && t.reach
	l.raw = l.reach
	if !l.Vague {
		l.Own = "" // without that program it does not run
	}
}

// text splits a text for the shell.
func (p *Project) text(f Flow) []*Leaf {
	if isWindows(f.Text) {
		p.Out.Skip(found.Skip{What: f.Called(), Where: f.File, Why: "for Windows only"})
		return nil
	}
	line, err := shell.Parse(f.Text)
	// Loops and functions may start anything, at any time: as one text they still can be
	// run.
	if err != nil || isStrange(line) {
		return []*Leaf{{Flow: f, Own: f.Text, run: f.Text, Vague: true}}
	}
	several := len(line.Parts) > 1
	if several {
		f.hinted, f.Hint = false, "" // each is known by the script that it calls
	}
	var all []*Leaf
	for _, part := range line.Parts {
		all = append(all, p.part(f, part)...)
		// "cd web; a & b": what was done before the "&" holds for b as well.
		f = p.staged(f, part.Steps[:part.Stage])
	}
	for _, l := range all {
		l.Apart = l.Apart || several
	}
	return all
}

// isWindows reports whether a text is one for cmd.exe. What sets a variable there
// ("set A=1 && x") is understood and not meant.
// It stands in scripts of people who work on both systems.
func isWindows(text string) bool {
	fields := strings.Fields(text)
	if len(fields) == 0 {
		return false
	}
	first := fields[0]
	return percentVariable.MatchString(text) || first == "start" && len(fields) > 1 || first == "powershell" ||
		strings.HasSuffix(first, ".cmd") || strings.HasSuffix(first, ".bat")
}

// isStrange reports whether a line is more than commands after and beside each other.
func isStrange(line shell.Line) bool {
	return slices.ContainsFunc(line.Parts, func(part shell.Part) bool {
		n := len(part.Steps)
		return n > 0 && part.Steps[n-1].Strange
	})
}

// part splits what runs beside other things. The last step that starts something
// is what it is for; what comes before is a task, unless one text runs both.
func (p *Project) part(f Flow, part shell.Part) []*Leaf {
	c := p.chain(f, part)
	// Backwards: the last step that starts something is the one that stays.
	for i := len(c.steps) - 1; i >= 0; i-- {
		leaves := p.command(p.behind(c.Flow, c.steps[:i]), c.steps[i])
		if len(leaves) == 0 {
			continue
		}
		// One leaf in the same folder can stay within its text, so the steps in front run
		// as they always did, each time.
		if len(leaves) == 1 && !leaves[0].Apart && leaves[0].Place() == c.Dir {
			return []*Leaf{c.within(leaves[0], i)}
		}
		// In a shell's file most lines in front set the stage and are no tasks; they run
		// again with the file.
		if task := p.task(c.Flow, c.steps[:i]); task != nil && !f.inFile {
			for _, l := range leaves {
				l.Tasks = append(slices.Clone(l.Tasks), task)
			}
		}
		return leaves
	}
	return nil
}

// behind is the flow behind some steps: where the changes of folder among them lead.
func (p *Project) behind(f Flow, steps []shell.Command) Flow {
	for _, step := range steps {
		if p.isChange(f.Dir, step) {
			f = p.moved(f, path.Join(f.Dir, step.Words[1].Text))
		}
	}
	return f
}

// staged is the flow beside which some steps have run: folders and variables stay.
func (p *Project) staged(f Flow, steps []shell.Command) Flow {
	for _, step := range steps {
		f.Env = merged(f.Env, exported(step))
	}
	return p.behind(f, steps)
}

// command turns one simple command into the leaves that it starts: those of a
// script or of a launcher, or itself.
func (p *Project) command(f Flow, c shell.Command) []*Leaf {
	if c.Strange || len(c.Words) == 0 {
		return nil
	}
	begin, sets := unwrap(c.Words)
	words := c.Words[begin:]
	sets = slices.Concat(c.Env, sets)
	inner := f
	inner.Env, inner.Text = merged(f.Env, sets), c.Text
	if l, ok := p.launch(inner, words); ok {
		return p.launched(f, c, words[0].Start, l)
	}
	// A wrapper such as dotenv stays in the text and in Own; only Words begin behind it.
	words = withoutManager(f, words)
	leaf := &Leaf{Flow: f, Own: c.Text, Words: words, Vars: inner.Env, Sets: sets, run: c.Text, first: c.Words[0].Start, reach: true, raw: true}
	leaf.asModule()
	return []*Leaf{leaf}
}

// launch is what some words start apart from themselves, if they do.
func (p *Project) launch(f Flow, words []shell.Word) (launch, bool) {
	// sh -c is looked into first: what it runs is a text again.
	if text, ok := innerText(words); ok {
		f.Text, f.call = text, nil
		return launch{flows: []Flow{f}}, true
	}
	texts := shell.Command{Words: words}.Texts()
	// Before the launchers: a script may be called as one of them ("turbo").
	if flows := p.calls(f, texts); flows != nil {
		return launch{flows: flows}, true
	}
	texts = shell.Command{Words: withoutManager(f, words)}.Texts()
	if l, ok := p.shellFile(f, texts); ok {
		return l, true
	}
	if start := launcherOf(programName(texts[0])); start != nil {
		return start(p, f, texts)
	}
	return launch{}, false
}

// withoutManager takes the manager away from "yarn vite", "pnpm tsx": a program of
// node_modules.
func withoutManager(f Flow, words []shell.Word) []shell.Word {
	m, ok := isManager(words[0].Text)
	// npm and bun need "exec" or "x", which are wrappers.
	if !ok || len(words) < 2 || f.Pack == nil || m != yarn && m != pnpm || strings.HasPrefix(words[1].Text, "-") || slices.Contains(managerCommands, words[1].Text) {
		return words
	}
	return words[1:]
}

// managerCommands are commands of the managers' own.
// A script that has one of these names is found before, by calls.
var managerCommands = []string{
	"install", "i", "ci", "add", "build", "rebuild", "test", "link", "store", "run", "dedupe", "audit", "publish", "pack",
	"workspaces", "workspace", "node", "start", "deploy", "prune", "up", "update", "create", "init", "config",
}

// launched splits what a command launches. A single leaf in the same folder stays
// that command, with what stands in front of it.
func (p *Project) launched(f Flow, c shell.Command, start int, l launch) []*Leaf {
	var all []*Leaf
	for _, one := range l.flows {
		leaves := p.Split(one)
		// An entry of Composer's or of another list of which one counts: the others ran
		// before it.
		if l.first && len(leaves) > 0 {
			return leaves
		}
		for _, leaf := range leaves {
			leaf.Apart = leaf.Apart || l.apart
		}
		all = append(all, leaves...)
	}
	if len(all) != 1 || all[0].Apart || all[0].Place() != f.Dir {
		return all
	}
	leaf := all[0]
	// With something in front (FOO=1 npm run dev) the text has to stay what runs it, and
	// words reach as far as they reach in it.
	if leaf.isCall && strings.TrimSpace(c.Text[:start]) != "" {
		leaf.run, leaf.isCall, leaf.at, leaf.reach, leaf.direct = c.Text, false, -1, leaf.raw, direct{}
	}
	if leaf.run == c.Text {
		leaf.Env = f.Env // what else was set is part of the text
	}
	return all
}

// script splits the text of a script.
func (p *Project) script(f Flow, c call) []*Leaf {
	inner := f
	if inner.passes(c.pack.Dir, c.script) {
		// A script that calls itself, also by way of others, is left: npm would run until
		// it is stopped.
		return nil
	}
	inner.Dir, inner.Pack, inner.File, inner.Bins, inner.Line = c.pack.Dir, c.pack, c.pack.File, true, false
	inner.hintedBy(c.script)
	inner.call, inner.Text, inner.inFile = nil, c.pack.Scripts[c.script], false
	// npm puts the words behind the text without looking at it; so does this.
	if len(c.args) > 0 {
		inner.Text += " " + shell.Join(c.args...)
	}
	leaves := p.Split(inner)
	// Of several things none can be run by the script's call alone.
	if len(leaves) == 1 && !leaves[0].Apart && leaves[0].Place() == c.pack.Dir {
		leaves[0].asScript(f, c)
	}
	return leaves
}

// asScript makes the script's call what runs the only leaf of its text.
func (l *Leaf) asScript(f Flow, c call) {
	if !l.isCall {
		l.direct = direct{run: l.run, at: l.at, reach: l.raw}
	}
	l.reach = l.raw
	l.raw = l.raw && (c.pack.Manager != npm || c.dashes)
	l.run, l.at, l.isCall = c.pack.Manager.Run(c.script, c.args...), -1, true
	l.Env, l.Line, l.runDir = f.Env, f.Line, ""
	if l.Dir != c.pack.Dir {
		l.runDir = c.pack.Dir
	}
}
