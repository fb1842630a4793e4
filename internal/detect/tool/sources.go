package tool

import (
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/pattern"
	"devgate/internal/detect/split"
)

// maxSources is how many files of a program are looked at.
// Imports are followed breadth first, so the files nearest to the entry are among them.
const maxSources = 60

// scriptImport finds from "./x", require("../x"), import("./x"), import "./x".
var scriptImport = pattern.New(`(?:from|require\(|import\()\s*['"](\.{1,2}/[^'"]+)['"]|import\s+['"](\.{1,2}/[^'"]+)['"]`)

// entryOf finds the file that a runtime is told to run; "" if it is not there.
func (k *Kit) entryOf(l *split.Leaf) string {
	// A value of theirs may be a file, and is none of the program's.
	valued := []string{"-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions", "-e", "--eval"}
	skip := false
	for _, w := range l.Words[1:] {
		switch {
		case skip:
			skip = false
			continue
		case slices.Contains(valued, w.Text):
			skip = true
			continue
		case strings.HasPrefix(w.Text, "-") || w.Text == "run" || w.Text == "watch":
			continue
		}
		name := w.Text
		if (name == "." || name == "./") && l.Pack != nil && l.Pack.Dir == l.Dir {
			name = l.Pack.Main
		}
		if file := k.scriptFile(path.Join(l.Dir, name)); file != "" {
			return file
		}
	}
	return ""
}

// endings are what an import or an argument may leave out.
var endings = []string{"", ".ts", ".js", ".mts", ".mjs", ".cjs", ".tsx", ".jsx", "/index.ts", "/index.js", "/index.mjs"}

// scriptFile completes a path as a runtime does; "" if there is no such file.
func (k *Kit) scriptFile(stem string) string {
	for _, ending := range endings {
		if k.Has(stem + ending) {
			return stem + ending
		}
	}
	if bare := strings.TrimSuffix(stem, ".js"); bare != stem && k.Has(bare+".ts") {
		return bare + ".ts" // TypeScript's way of naming what will be there
	}
	return ""
}

// source is one file of a program.
type source struct{ file, text string }

// program is the files that it is made of, its first one first.
type program []source

// text is the text of all files.
func (p program) text() string {
	var b strings.Builder
	for _, s := range p {
		b.WriteString(s.text)
		b.WriteByte('\n')
	}
	return b.String()
}

// program reads a program and what it imports from its own folders; at least one
// file, whose text may be empty.
func (k *Kit) program(entry string) program {
	// The same order for the same tree: which file is read first decides which port
	// counts.
	var all program
	queue, seen := []string{entry}, map[string]bool{entry: true}
	for len(queue) > 0 && len(all) < maxSources {
		file := queue[0]
		queue = queue[1:]
		text, ok := k.Text(file)
		if !ok {
			continue
		}
		all = append(all, source{file, text})
		for _, m := range scriptImport.FindAllStringSubmatch(text, 100) {
			next := k.scriptFile(path.Join(path.Dir(file), m[1]+m[2]))
			// Data is not read for code.
			if next != "" && !seen[next] && !strings.HasSuffix(next, ".json") {
				seen[next] = true
				queue = append(queue, next)
			}
		}
	}
	if len(all) == 0 {
		return program{{file: entry}}
	}
	return all
}

// textBelow joins the sources of a language below a folder, as many as are looked
// at.
func (k *Kit) textBelow(dir, ending string) string {
	var texts []string
	for _, file := range k.Below(dir, 3, func(name string) bool { return strings.HasSuffix(name, ending) }) {
		if len(texts) >= 2*maxSources {
			break
		}
		if text, ok := k.Text(file); ok {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, "\n")
}
