package tool

import (
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/shell"
	"devgate/internal/detect/split"
)

// restarts is what a program knows that restarts others.
type restarts struct {
	watch, ignore []string
	build         string // to run before each start
}

// withoutRestarter takes a program that restarts another one on changes away: where
// devgate restarts it, requests wait, and where that program does, they are refused.
// What is no restarter, or one that has to stay, comes back as it is.
func (k *Kit) withoutRestarter(l *split.Leaf) (*split.Leaf, *restarts) {
	// The copy is what is taken apart: l stays as it was, for the case that the restarter
	// stays.
	base := *l
	base.WithoutScript()
	if !base.IsAlone() || len(base.Words) == 0 {
		return l, nil
	}
	var inner *split.Leaf
	known := &restarts{}
	switch base.Tool() {
	case "nodemon":
		inner = k.withoutNodemon(&base, known)
	case "tsx", "node", "bun", "esno", "vite-node":
		inner = k.withoutWatchFlag(&base, known)
	case "ts-node-dev", "tsnd", "node-dev":
		inner = k.withoutDevRunner(&base, known)
	// These run cargo and go; what to watch is found where those are understood.
	case "cargo":
		inner = withoutCargoWatch(&base)
	case "reflex":
		inner = k.withoutReflex(&base)
	case "gow", "wgo":
		inner = withoutGoWatch(&base)
	}
	if inner == nil {
		return l, nil
	}
	return inner, known
}

// withoutWatchFlag: "tsx watch x", "node --watch x", "bun --watch run x". Deno's own
// watching stays: it reloads modules, which is finer.
func (k *Kit) withoutWatchFlag(l *split.Leaf, known *restarts) *split.Leaf {
	var kept []shell.Word
	var dirs []string
	watching, ignoring := false, false
	for i, w := range l.Words {
		name, value, _ := strings.Cut(w.Text, "=")
		switch {
		case ignoring:
			known.ignore, ignoring = append(known.ignore, below(w.Text)), false
		case name == "--watch" || w.Text == "watch" && i == 1 || name == "--watch-path" && value != "":
			watching = true
			dirs = append(dirs, strings.FieldsFunc(value, isListMark)...)
		case name == "--ignore" && value == "":
			ignoring = true
		case name == "--ignore":
			known.ignore = append(known.ignore, below(value))
		case slices.Contains([]string{"--clear-screen", "--watch-preserve-output", "--no-clear-screen"}, name):
		default:
			// A flag of the runtime's own (--env-file, --import) stays with the program.
			kept = append(kept, w)
		}
	}
	if !watching {
		return nil
	}
	inner := l.Instead(l.Raw(kept))
	known.watch = k.watched(inner, dirs, nil)
	return inner
}

func isListMark(c rune) bool { return c == ',' || c == ' ' }

// withoutDevRunner: ts-node-dev, node-dev.
func (k *Kit) withoutDevRunner(l *split.Leaf, known *restarts) *split.Leaf {
	runtime := "ts-node"
	if l.Tool() == "node-dev" {
		runtime = "node"
	}
	var kept []shell.Word
	for i := 1; i < len(l.Words); i++ {
		switch name, _, written := strings.Cut(l.Words[i].Text, "="); name {
		// All of these are for the runner alone. What else there is, it hands on to node.
		case "--respawn", "--exit-child", "--rs", "--poll", "--clear", "--cls", "--debug", "--quiet", "--notify", "--exec":
		case "--watch", "--ignore-watch", "--interval", "--debounce":
			if !written {
				i++
			}
		default:
			kept = append(kept, l.Words[i])
		}
	}
	inner := l.Instead(runtime + " " + l.Raw(kept))
	known.watch = k.watched(inner, nil, nil)
	return inner
}

// withoutCargoWatch: "cargo watch -x run", "cargo watch -- cargo run". What Rust
// needs to watch is known where cargo run is read.
func withoutCargoWatch(l *split.Leaf) *split.Leaf {
	if l.Argument(0) != "watch" {
		return nil
	}
	for i, w := range l.Words[:len(l.Words)-1] {
		switch w.Text {
		case "--":
			return l.Instead(l.Raw(l.Words[i+1:]))
		case "-x", "--exec":
			return l.Instead("cargo " + l.Words[i+1].Text)
		}
	}
	return nil
}

// withoutReflex: "reflex … -- command", also from its file. With several commands
// there it stays: it keeps them apart.
func (k *Kit) withoutReflex(l *split.Leaf) *split.Leaf {
	text := l.Raw(l.Words)
	if file, at := l.Flag("-c", "--config"); at >= 0 {
		lines, _ := k.Text(path.Join(l.Dir, file))
		if text = strings.TrimSpace(lines); strings.Contains(text, "\n") {
			return nil
		}
	}
	_, command, ok := strings.Cut(text, " -- ")
	if !ok {
		return nil
	}
	return l.InsteadOf("go tool ", command)
}

// withoutGoWatch: "gow run .", "wgo run .".
func withoutGoWatch(l *split.Leaf) *split.Leaf {
	// "gow run ." hands "run ." on to go as it is.
	if i := slices.Index(l.Texts(), "run"); i > 0 && i+1 < len(l.Words) {
		return l.Instead("go " + l.Raw(l.Words[i:]))
	}
	return nil
}

// watched are the globs of what a program is restarted for: folders that are named,
// with the endings that count in them, or else what it is likely made of.
func (k *Kit) watched(l *split.Leaf, dirs, endings []string) []string {
	if l == nil {
		return nil
	}
	if len(dirs) == 0 {
		return k.likelySources(l, endings)
	}
	var all []string
	for _, dir := range dirs {
		glob := below(dir)
		if stem, ok := strings.CutSuffix(glob, "**"); ok && len(endings) > 0 {
			glob = stem + "**/*." + oneOf(endings)
		}
		all = append(all, glob)
	}
	return all
}

// below is a glob for a file, or for a folder and all that is in it.
// A name with an ending is taken for a file: restarters take both, and which it is need
// not exist yet.
func below(name string) string {
	name = strings.TrimPrefix(strings.TrimSuffix(name, "/"), "./")
	switch {
	case name == "" || name == ".":
		return "**"
	case strings.ContainsAny(name, "*?[{") || path.Ext(name) != "":
		return name
	}
	return name + "/**"
}

func oneOf(endings []string) string {
	if len(endings) == 1 {
		return endings[0]
	}
	return "{" + strings.Join(endings, ",") + "}"
}

// likelySources are the files that a program is likely made of: the folder of its
// entry, or, beside package.json, the scripts there and the usual folders.
func (k *Kit) likelySources(l *split.Leaf, endings []string) []string {
	if endings == nil {
		endings = []string{"js", "mjs", "cjs", "ts", "json"}
	}
	rel := strings.TrimPrefix(strings.TrimPrefix(k.entryOf(l), l.Dir), "/")
	if rel == "" {
		rel = l.Argument(0)
	}
	if top, _, deeper := strings.Cut(rel, "/"); deeper && top != "." && top != ".." {
		return []string{top + "/**"}
	}
	globs := []string{"*." + oneOf(endings)}
	for _, dir := range []string{"src", "lib", "server", "routes", "controllers", "models", "middleware", "api", "services", "utils", "config"} {
		if k.HasFolder(path.Join(l.Dir, dir)) {
			globs = append(globs, dir+"/**")
		}
	}
	return globs
}
