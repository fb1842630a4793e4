package split

import (
	"slices"
	"strings"

	"devgate/internal/detect/pattern"
	"devgate/internal/detect/shell"
)

// percentVariable finds %PORT%, as cmd.exe writes variables.
var percentVariable = pattern.New(`%[A-Z_]+%`)

// chain is what runs one after the other, as far as it matters.
type chain struct {
	Flow
	steps []shell.Command // that may start something
	whole string          // the text from the first step that matters on
	start int             // where whole begins in the flow's text
	open  bool            // a word behind whole reaches the last step
}

// chain takes off what stands in front and only sets the stage: a folder, what is
// waited for, words for people.
// It keeps the text from the first step that matters: what stands before it is known now,
// and would only be done twice.
func (p *Project) chain(f Flow, part shell.Part) chain {
	c := chain{Flow: f, start: -1, open: part.Open}
	for _, step := range part.Steps {
		words := step.Texts()
		first := c.start < 0
		switch {
		case len(words) == 0:
			// An assignment alone ("A=1; x") stays in its shell; only what is exported
			// reaches x.
			c.Env = merged(c.Env, exported(step))
		case isSet(words):
			name, value, _ := strings.Cut(words[1], "=")
			c.Env = merged(c.Env, []shell.Var{{Name: name, Value: value}})
			continue
		// A trap would belong to a shell around the command, and devgate ends all that a
		// service has started.
		case slices.Contains([]string{"trap", "wait", "echo", "true", ":", "clear"}, words[0]):
			continue
		case isWaitOn(words):
			c.After = append(slices.Clone(c.After), waited(words)...)
			continue
		// Behind a step that stays, a "cd" is part of the text and stays, too.
		case first && p.isChange(f.Dir, step):
			c.Flow = p.behind(c.Flow, []shell.Command{step})
			continue
		default:
			c.steps = append(c.steps, step)
		}
		if first {
			c.start = step.Start
		}
	}
	if c.start >= 0 {
		c.whole = f.Text[c.start : part.Start+len(part.Text)]
	}
	return c
}

// exported are the variables that a step hands to all that follow, as far as their
// values are known.
func exported(step shell.Command) []shell.Var {
	if !step.Exported {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(step.Env), func(v shell.Var) bool { return !v.Plain })
}

// isChange reports whether a step changes to one of the project's folders.
func (p *Project) isChange(dir string, step shell.Command) bool {
	return len(step.Words) == 2 && step.Words[0].Text == "cd" && step.Words[1].Plain && p.isOurs(dir, step.Words[1].Text)
}

// isSet reports whether words set a variable as cmd.exe does: set PORT=3001.
func isSet(words []string) bool {
	return len(words) == 2 && words[0] == "set" && strings.Contains(words[1], "=") && !strings.HasPrefix(words[1], "-")
}

func isWaitOn(words []string) bool {
	return slices.Contains(words[:min(3, len(words))], "wait-on")
}

// waited reads the addresses that wait-on is given: tcp:3000, http://localhost:3000.
func waited(words []string) []int {
	var all []int
	for _, w := range words {
		if n := PortIn(w); n != 0 {
			all = append(all, n)
		}
	}
	return all
}

// within makes the leaf of one step into that of the whole chain.
func (c chain) within(l *Leaf, i int) *Leaf {
	step := c.steps[i]
	if c.whole == step.Text {
		l.raw = l.raw && c.open
		return l
	}
	// The leaf may be a script's call by now, or a part of the text that was moved: only
	// what stands as it was can be found again in the whole.
	direct := l.at == 0 && l.run == step.Text
	l.raw = l.raw && c.open && i == len(c.steps)-1
	l.reach, l.run, l.isCall, l.at = l.raw, c.whole, false, -1
	if direct {
		l.at = step.Start - c.start
	}
	return l
}

// task makes one leaf of the steps that come before others.
func (p *Project) task(f Flow, steps []shell.Command) *Leaf {
	var texts []string
	name := ""
	for _, step := range steps {
		words := step.Texts()
		if len(words) == 0 || words[0] == "cd" || step.Strange {
			// A "cd" is known by the folder of the flow; steps that are no simple
			// commands cannot be put into another text.
			continue
		}
		text := step.Text
		name = programName(words[0])
		if flows := p.calls(f, words); len(flows) == 1 && flows[0].call.pack.Dir == f.Dir {
			c := flows[0].call
			text, name = c.pack.Manager.Run(c.script, c.args...), c.script
		} else if f.Bins && f.Pack != nil && !isOwnProgram(words[0]) {
			text = f.Pack.Manager.Exec(text)
		}
		texts = append(texts, text)
	}
	if len(texts) == 0 {
		return nil
	}
	return newTask(f, name, strings.Join(texts, " && "))
}

// Build splits a text of two steps and more into what has to succeed before each
// start, and the one leaf that is started; nil for anything else.
// nodemon --exec "tsc && node dist" is such a text.
func (p *Project) Build(f Flow, text string) (build string, started *Leaf) {
	line, err := shell.Parse(text)
	if err != nil || len(line.Parts) != 1 || len(line.Parts[0].Steps) < 2 {
		return "", nil
	}
	steps := line.Parts[0].Steps
	task := p.task(f, steps[:len(steps)-1])
	leaves := p.command(f, steps[len(steps)-1])
	if task == nil || len(leaves) != 1 {
		return "", nil
	}
	return task.run, leaves[0]
}
