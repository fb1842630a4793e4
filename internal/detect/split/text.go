package split

import (
	"slices"
	"strings"

	"devgate/internal/detect/shell"
)

// IsAlone reports whether nothing but the leaf's own text runs it.
func (l *Leaf) IsAlone() bool { return l.at == 0 && l.run == l.Own && !l.isCall }

// Text is what runs the leaf.
func (l *Leaf) Text() string {
	if l.IsAlone() {
		return l.alone(l.Own)
	}
	return l.run
}

// Reaches reports whether a word that is put behind Text becomes an argument of the
// tool.
func (l *Leaf) Reaches() bool { return l.reach }

// WithoutScript takes the script's own text for what runs the leaf, where a script
// was all that stood around it: a program that is not of node_modules needs no
// package manager to find it.
// npx without a script costs a second and changes nothing for a program like uvicorn; a
// direct text keeps the signal's way short.
func (l *Leaf) WithoutScript() {
	if l.isCall && l.direct.run != "" && l.direct.run == l.Own {
		l.run, l.at, l.reach, l.isCall = l.direct.run, l.direct.at, l.direct.reach, false
	}
}

// Appended puts words behind what runs the leaf, or, where they would not arrive,
// behind the leaf's own text; "" if there is no such text.
func (l *Leaf) Appended(words string) string {
	switch {
	// run has been made by Run for the same manager, which knows where a "--" is needed.
	case l.reach && l.isCall:
		return l.Pack.Manager.append(l.run, words)
	case l.reach:
		return l.Text() + " " + words
	case l.Own == "":
		return ""
	}
	return l.alone(l.Own) + " " + words
}

// Replaced writes another text for a part of a word, the last place where it stands
// in it; "" if that cannot be done. Where the leaf is run by a script, its own text
// is run instead.
func (l *Leaf) Replaced(word int, old, text string) string {
	w := l.Words[word]
	// w may be of a text that is longer than Own, after a restarter was taken away.
	if old == "" || w.End > len(l.Own) {
		return ""
	}
	i := strings.LastIndex(l.Own[w.Start:w.End], old)
	if i < 0 {
		return ""
	}
	begin := w.Start + i
	own := l.Own[:begin] + text + l.Own[begin+len(old):]
	return l.around(own)
}

// Without is what runs the leaf without a variable that its own text sets; the same
// as Text if it sets none.
// fit asks for "PORT": devgate sets the variable itself, and one in front of the command
// would beat it.
func (l *Leaf) Without(name string) string {
	for _, part := range strings.Fields(l.Own) {
		if strings.HasPrefix(part, name+"=") {
			// Words in front of the tool have moved; the command begins where the text
			// does.
			own := strings.TrimSpace(strings.Replace(l.Own, part, "", 1))
			bare := *l
			bare.first = 0
			return bare.around(own)
		}
	}
	return l.Text()
}

// around is what runs another own text in the leaf's place.
func (l *Leaf) around(own string) string {
	// The text around may have changed since: it is only cut where Own still stands.
	if l.at >= 0 && !l.IsAlone() && strings.HasPrefix(l.run[min(l.at, len(l.run)):], l.Own) {
		return l.run[:l.at] + own + l.run[l.at+len(l.Own):]
	}
	return l.alone(own)
}

// alone is a text that runs a command by itself, outside of any script: a program
// of node_modules has to be found there.
func (l *Leaf) alone(own string) string {
	if !l.Bins || l.Pack == nil || l.first > len(own) {
		return own
	}
	// An assignment in front is no program; first says where it ends.
	program, _, _ := strings.Cut(own[l.first:], " ")
	if isOwnProgram(program) {
		return own
	}
	return own[:l.first] + l.Pack.Manager.Exec(own[l.first:])
}

// Instead is the leaf of another command in this one's place, with what stands in
// front of it: its variables, dotenv. It returns nil where the text is no simple
// command.
func (l *Leaf) Instead(command string) *Leaf {
	return l.instead(l.Own[:l.Words[0].Start] + command)
}

// InsteadOf is Instead without a word that stands right in front of the tool, such
// as "go tool".
func (l *Leaf) InsteadOf(front, command string) *Leaf {
	return l.instead(strings.TrimSuffix(l.Own[:l.Words[0].Start], front) + command)
}

func (l *Leaf) instead(own string) *Leaf {
	line, err := shell.Parse(own)
	if err != nil || len(line.Parts) != 1 || len(line.Parts[0].Steps) != 1 {
		return nil
	}
	c := line.Parts[0].Steps[0]
	begin, _ := unwrap(c.Words)
	if c.Strange || begin >= len(c.Words) {
		return nil
	}
	// Its own text is the whole of it now, so words that are put behind it arrive.
	in := *l
	in.Own, in.run, in.at, in.reach, in.raw, in.isCall = own, own, 0, true, true, false
	in.Words, in.first, in.direct = c.Words[begin:], c.Words[0].Start, direct{}
	in.asModule()
	return &in
}

// Raw is the text of some of the leaf's words, quoted as it is.
func (l *Leaf) Raw(words []shell.Word) string {
	var all []string
	for _, w := range words {
		if w.End <= len(l.Own) {
			all = append(all, l.Own[w.Start:w.End])
		}
	}
	return strings.Join(all, " ")
}

// ownPrograms are those that are found without node_modules.
// Some are in node_modules as well (prisma's docker, a local nginx): found on the PATH
// they mean the same.
var ownPrograms = []string{
	"node", "npm", "npx", "pnpm", "pnpx", "yarn", "bun", "bunx", "deno", "sh", "bash", "env", "docker", "docker-compose", "podman", "make", "just", "task",
	"python", "python3", "uv", "uvx", "poetry", "pdm", "pipenv", "rye", "hatch", "php", "composer", "symfony", "ruby", "bundle", "rails", "go", "cargo", "trunk",
	"java", "mvn", "gradle", "dotnet", "mix", "elixir", "air", "watchexec", "redis-server", "caddy", "nginx", "stripe", "ngrok", "mailpit", "mailhog", "hugo", "jekyll",
	"gunicorn", "uvicorn", "flask", "celery", "fastapi", "foreman", "overmind", "hivemind", "honcho", "cd", "exec", "mise",
}

// isOwnProgram reports whether a program is found without node_modules.
func isOwnProgram(program string) bool {
	return strings.Contains(program, "/") || slices.Contains(ownPrograms, program)
}
