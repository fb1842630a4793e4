package split

import (
	"maps"
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/files"
	"devgate/internal/detect/pattern"
	"devgate/internal/detect/shell"
)

// Flow is something that is to be split: a text for the shell, or the call of a
// script, with where it stands and what is known of it.
// Flows are values: a copy is changed and handed on, so what one branch learns no other
// sees. Slices and maps in them are cloned before they grow.
type Flow struct {
	Dir  string
	Pack *Pack  // what "npm run" is about there; nil: there is no package
	Text string // is not read if the flow is a call
	File string // that it was found in

	Name string // that the project gives it
	Hint string // what the script is called that it was split into
	Line bool   // a line of a Procfile: it stays as it is written, if it can
	Bins bool   // it runs with the programs of node_modules on the PATH

	// Env is what was set for it further out, and is no part of its text.
	Env map[string]string

	After []int   // ports that must be listened on before
	Tasks []*Leaf // that must have run before
	Seen  []string

	Target any // of Nx: how the project is configured

	call    *call
	through *through
	inFile  bool // of a shell's file: what stands before a command is no task
	hinted  bool // a hint has been taken; further scripts are only the way there
	depth   int
}

// through is a program that has to run the leaf of a text, as it knows more of it.
type through struct {
	run   string
	dir   string // that it runs in
	env   map[string]string
	reach bool // it hands words on
}

// In returns the flow of a text in a folder.
func (p *Project) In(dir, file, text string) Flow {
	return Flow{Dir: dir, Pack: p.PackAt(dir), File: file, Text: text}
}

// moved is a flow in another folder.
func (p *Project) moved(f Flow, dir string) Flow {
	f.Dir = dir
	if pack := p.PackAt(dir); pack != nil {
		// A folder without a package keeps the one that called: its manager is still what
		// runs scripts.
		f.Pack = pack
	}
	return f
}

// of is a flow of another text, which a list names: the next script's name is what
// it is called.
func (f Flow) of(text string) Flow {
	f.Text, f.call = text, nil
	f.hinted, f.Hint = false, ""
	return f
}

// passes marks a script as one on the way. It reports whether it was there before.
func (f *Flow) passes(file, script string) bool {
	// A script of one name may be in several files.
	key := file + "\n" + script
	if slices.Contains(f.Seen, key) {
		return true
	}
	// Another branch may hold the same array.
	f.Seen = append(slices.Clone(f.Seen), key)
	return false
}

// hintedBy takes what is telling in a script's name, unless an earlier one has been
// taken.
func (f *Flow) hintedBy(script string) {
	if !f.hinted {
		f.Hint, f.hinted = ScriptHint(script), true
	}
}

// Called is the best word for the flow in a message.
func (f Flow) Called() string {
	switch n := len(f.Seen); {
	case f.Name != "":
		return f.Name
	case f.Hint != "":
		return f.Hint
	case n > 0:
		_, script, _ := strings.Cut(f.Seen[n-1], "\n")
		return script
	}
	return f.Text
}

// verbs are the words of scripts' names that say that something runs, and not what.
var verbs = []string{"dev", "develop", "start", "serve", "run", "watch", "local", "up", "hot"}

// ScriptHint is what is telling in a script's name: "serve:backend" and
// "start-backend-dev" are backend.
func ScriptHint(script string) string {
	// Only whole words between ":" count in the middle ("dev:api:watch"); at the ends of
	// what is left also those between "-".
	words := strings.FieldsFunc(script, func(c rune) bool { return c == ':' || c == '/' || c == '.' })
	words = slices.DeleteFunc(words, isVerb)
	words = strings.Split(strings.Join(words, "-"), "-")
	for len(words) > 0 && isVerb(words[0]) {
		words = words[1:]
	}
	for len(words) > 0 && isVerb(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	return strings.Join(words, "-")
}

func isVerb(word string) bool { return slices.Contains(verbs, strings.ToLower(word)) }

// merged adds variables to a set that others may hold, too.
func merged(env map[string]string, more []shell.Var) map[string]string {
	all := maps.Clone(env)
	if all == nil {
		all = map[string]string{}
	}
	for _, v := range more {
		all[v.Name] = v.Value
	}
	return all
}

// localPort finds "localhost:3000", "tcp:3000", ":3000".
var localPort = pattern.New(`(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]|tcp|^):([0-9]{2,5})\b`)

// PortIn returns the port of an address on this machine, or 0.
func PortIn(text string) int {
	if m := localPort.FindStringSubmatch(text); m != nil {
		return files.Port(m[1])
	}
	return 0
}

// programName is a program without its path.
func programName(program string) string { return path.Base(program) }
