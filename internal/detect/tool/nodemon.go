package tool

import (
	"slices"
	"strings"

	"devgate/internal/detect/shell"
	"devgate/internal/detect/split"
)

// nodemonCall is what the words of a call of nodemon say.
type nodemonCall struct {
	dirs    []string
	endings []string
	ignore  []string
	exec    string       // what it runs; "": node
	rest    []shell.Word // for that
}

// The flags of nodemon that have a value, and those that have none. What is neither
// belongs to the program.
var (
	nodemonValued = []string{"-w", "--watch", "-e", "--ext", "-i", "--ignore", "-x", "--exec", "-d", "--delay", "-s", "--signal", "--cwd", "-C"}
	nodemonAlone  = []string{"-q", "--quiet", "-V", "--verbose", "-L", "--legacy-watch", "--on-change-only", "-I", "--no-stdin", "--no-colors"}
)

// withoutNodemon: a configuration of its own is a reason to leave it.
func (k *Kit) withoutNodemon(l *split.Leaf, known *restarts) *split.Leaf {
	if k.First(l.Dir, "nodemon.json", ".nodemonrc") != "" {
		return nil
	}
	c := readNodemon(l)
	inner := k.nodemonCommand(l, c, known)
	known.ignore = c.ignore
	known.watch = k.watched(inner, c.dirs, c.endings)
	return inner
}

func readNodemon(l *split.Leaf) nodemonCall {
	var c nodemonCall
	for i := 1; i < len(l.Words); i++ {
		name, value, written := strings.Cut(l.Words[i].Text, "=")
		valued := slices.Contains(nodemonValued, name)
		if valued && !written && i+1 < len(l.Words) {
			i++
			value = l.Words[i].Text
		}
		switch {
		case name == "-w" || name == "--watch":
			c.dirs = append(c.dirs, value)
		case name == "-e" || name == "--ext":
			c.endings = strings.FieldsFunc(value, isListMark)
		case name == "-i" || name == "--ignore":
			c.ignore = append(c.ignore, below(value))
		case name == "-x" || name == "--exec":
			c.exec = value
		case valued, slices.Contains(nodemonAlone, name):
		default:
			c.rest = append(c.rest, l.Words[i])
		}
	}
	return c
}

// nodemonCommand is the leaf that nodemon would run. What it is told to build first
// has to succeed before each start.
func (k *Kit) nodemonCommand(l *split.Leaf, c nodemonCall, known *restarts) *split.Leaf {
	rest := l.Raw(c.rest)
	if c.exec != "" {
		if build, started := k.Build(l.Flow, c.exec); started != nil {
			known.build = build
			started.Name, started.Hint = l.Name, l.Hint
			// The name goes along: started is a leaf that was split from a text of its
			// own.
			return started
		}
		return l.Instead(strings.TrimSpace(c.exec + " " + rest))
	}
	if rest == "" {
		// Like nodemon itself: without a program it runs the package's "main".
		if l.Pack == nil || l.Pack.Main == "" {
			return nil
		}
		rest = shell.Quote(l.Pack.Main)
	}
	// The way of nodemon's default execMap.
	runtime := "node"
	if strings.HasSuffix(rest, ".ts") {
		runtime = "ts-node"
	}
	return l.Instead(runtime + " " + rest)
}
