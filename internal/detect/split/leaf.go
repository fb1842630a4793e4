package split

import (
	"cmp"
	"slices"
	"strings"

	"devgate/internal/detect/shell"
)

// Leaf is a simple command that starts nothing apart but itself.
type Leaf struct {
	Flow
	Own   string            // the text of the command alone
	Words []shell.Word      // the tool and its arguments, without what stands in front; places in Own
	Vars  map[string]string // its whole environment, as far as it is known
	Sets  []shell.Var       // what Own itself sets

	Vague bool // nobody can tell what it runs
	Apart bool // what called it calls others, too

	// Below, reach and raw differ where a manager stands between: npm keeps flags that stand
	// without "--" in front of them.
	run    string // what runs it: a text that has Own in it, or the call of a script
	at     int    // where Own stands in run; -1: nowhere
	isCall bool   // run is a script's call
	reach  bool   // a word that is put behind run becomes an argument of the tool
	raw    bool   // the same for the text that it was found in
	first  int    // where the first word of Own begins, behind its variables
	direct direct
	runDir string // where run runs; "": in Dir
}

// direct is a text that runs a leaf without the script that it is in.
type direct struct {
	run   string // "": there is none
	at    int
	reach bool
}

// Place is the folder that the leaf's command runs in. Its tool's files are in Dir.
func (l *Leaf) Place() string { return cmp.Or(l.runDir, l.Dir) }

// Tool is the name of the program, without a path; "" for a vague leaf.
func (l *Leaf) Tool() string {
	if len(l.Words) == 0 {
		return ""
	}
	return programName(l.Words[0].Text)
}

// Texts returns the tool's words.
func (l *Leaf) Texts() []string { return shell.Command{Words: l.Words}.Texts() }

// Arguments are the words behind the tool that are no flags. A flag's value is
// among them, as nobody knows which flags have one.
func (l *Leaf) Arguments() []string {
	var all []string
	for _, w := range l.Words[min(1, len(l.Words)):] {
		if !strings.HasPrefix(w.Text, "-") {
			all = append(all, w.Text)
		}
	}
	return all
}

// Argument returns the nth word behind the tool that is no flag, or "".
func (l *Leaf) Argument(n int) string {
	if all := l.Arguments(); n < len(all) {
		return all[n]
	}
	return ""
}

// Flag returns the value of the first of some flags ("--port 1", "--port=1", "-p1")
// and the word that it stands in; -1 if there is none.
func (l *Leaf) Flag(names ...string) (value string, at int) {
	for i := 1; i < len(l.Words); i++ {
		for _, name := range names {
			switch rest, ok := strings.CutPrefix(l.Words[i].Text, name); {
			case !ok:
			case rest == "" && i+1 < len(l.Words):
				return l.Words[i+1].Text, i + 1
			case strings.HasPrefix(rest, "=") && rest != "=":
				return rest[1:], i
			// A short flag may have its value right behind it; "-port" is one word of
			// Go's kind and not "-p ort".
			case len(name) == 2 && name[1] != '-' && rest != "" && rest[0] != '-':
				return rest, i
			}
		}
	}
	return "", -1
}

// HasFlag reports whether one of some flags stands there, with a value or without.
// A flag that has its value right behind it (-p3000) is not found: callers ask for its
// value by Flag.
func (l *Leaf) HasFlag(names ...string) bool {
	return slices.ContainsFunc(l.Words[min(1, len(l.Words)):], func(w shell.Word) bool {
		name, _, _ := strings.Cut(w.Text, "=")
		return slices.Contains(names, w.Text) || slices.Contains(names, name)
	})
}

// asModule makes "python -m flask" a call of flask.
// Only flags may stand before -m: behind a file's name they are the program's.
func (l *Leaf) asModule() {
	if t := l.Tool(); t != "python" && t != "python3" && t != "py" {
		return
	}
	for i := 1; i+1 < len(l.Words) && strings.HasPrefix(l.Words[i].Text, "-"); i++ {
		if l.Words[i].Text == "-m" {
			l.Words = l.Words[i+1:]
			return
		}
	}
}

// Packages are the folders of the packages whose scripts lead to the leaf.
func (l *Leaf) Packages() []string {
	var dirs []string
	for _, key := range l.Seen {
		dir, _, _ := strings.Cut(key, "\n")
		dirs = append(dirs, dir)
	}
	if l.Pack != nil {
		dirs = append(dirs, l.Pack.Dir)
	}
	return dirs
}
