package tool

import (
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/files"
	"devgate/internal/detect/found"
	"devgate/internal/detect/split"
)

// goRunCall is what the words of "go run" say.
type goRunCall struct {
	flags, args []string // as they are written
	pkg         string
}

// goRunValued are flags of the go command that have a value.
// They are those of projects' scripts; a flag that is not among them has its value with
// "=" or none.
var goRunValued = []string{"-tags", "-ldflags", "-gcflags", "-mod", "-C"}

func readGoRun(l *split.Leaf) goRunCall {
	var c goRunCall
	for i := 2; i < len(l.Words); i++ {
		raw := l.Raw(l.Words[i : i+1])
		switch text := l.Words[i].Text; {
		case isGoFile(c.pkg) && isGoFile(text) && len(c.args) == 0: // files of one package
		case c.pkg != "":
			c.args = append(c.args, raw)
		case slices.Contains(goRunValued, text) && i+1 < len(l.Words):
			c.flags = append(c.flags, l.Raw(l.Words[i:i+2]))
			i++
		case strings.HasPrefix(text, "-"):
			c.flags = append(c.flags, raw)
		default:
			c.pkg = text
		}
	}
	return c
}

func isGoFile(word string) bool { return strings.HasSuffix(word, ".go") }

// lookGoRun makes "go run ./cmd/api --x" a build and a start, which is what go run
// does, one process deeper.
// The program is built into devgate's folder and started from there: a signal reaches it
// and not the go command, and its old process serves on while the new one is built.
func (k *Kit) lookGoRun(l *split.Leaf, s *Made) {
	c := readGoRun(l)
	dir := path.Join(l.Dir, c.pkg)
	if isGoFile(c.pkg) {
		dir = path.Dir(dir)
	}
	module := k.GoModuleOf(dir)
	// These stay as they are: a tool at a version, of another module, and what stands
	// between other commands. Only a port that they are told makes them servers.
	if module == "" || k.GoModule(module) == "" || !l.IsAlone() || strings.Contains(c.pkg, "@") {
		s.worker(l)
		if n, at := l.Flag(usualFlags...); at >= 0 && files.Port(n) != 0 {
			s.Kind, s.Port = found.API, found.Port{Number: files.Port(n), From: l.File}
		}
		return
	}
	p := k.GoProgram(module, dir)
	made := k.GoService(p, c.flags, c.args)
	s.become(made)
	// The variables in front of the command go to the program, as they did.
	for _, v := range l.Sets {
		if n := files.Port(v.Value); v.Name == "PORT" && n != 0 {
			s.Port = found.Port{Number: n, From: l.File}
		} else if v.Name != "PORT" {
			s.Env = append(s.Env, found.Var{Name: v.Name, Value: found.Text(v.Value)})
		}
	}
	if !p.Serves && !p.RPC {
		s.Kind, s.Port, s.Moved = found.Worker, found.Port{}, ""
		s.Command = found.Text(strings.Join(append([]string{found.BinMark}, c.args...), " "))
	}
}

// become takes what is known of a program for a service that a command names: its
// name, its place in the project's list and its variables stay.
func (m *Made) become(other *Made) {
	name, hint, from, env := m.Name, m.Hint, m.From, m.Env
	*m.Service = *other.Service
	m.Name, m.Hint, m.From, m.Env = name, hint, from, append(env, other.Env...)
	m.Embeds, m.Module, m.Covers = other.Embeds, other.Module, append(m.Covers, other.Covers...)
}
