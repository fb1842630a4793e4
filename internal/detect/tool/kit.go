package tool

import (
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/found"
	"devgate/internal/detect/split"
)

// Kit is what looks at the files of one project are made with.
type Kit struct{ *split.Project }

// Made is a service, and what only those want to know who find services.
type Made struct {
	*found.Service
	Leaf   *split.Leaf // that it was made of; nil if of files alone
	Pack   *split.Pack // whose node_modules it needs; nil if none
	Module *Module     // of the JVM; nil for others

	Prefixes []string // of variables that its browsers get to see
	Embeds   []string // folders that it is built with, from Dir on
	Library  bool     // it builds what other packages import
	Covers   []Covered
}

// Language is what a folder's server is written in: a folder has one server of each.
// Sources look at the same folder one after the other, a list of processes, then scripts,
// then programs: what an earlier one has covered is not found again.
type Language int

// The languages.
const (
	JavaScript Language = iota
	Go
	Rust
	Python
	Ruby
	PHP
	Elixir
	DotNet
	JVM
	Deno
)

// Covered is a folder whose server in a language is known.
type Covered struct {
	Dir string
	Language
}

// cover notes that the service is a folder's server in a language.
func (m *Made) cover(dir string, lang Language) { m.Covers = append(m.Covers, Covered{dir, lang}) }

// none is the kind that a look leaves behind which finds out that there is nothing
// to start.
const none found.Kind = -1

// worker makes the service one that nobody asks, run by the leaf's own text.
func (m *Made) worker(l *split.Leaf) {
	m.Kind, m.Command, m.Moved, m.Port = found.Worker, found.Text(l.Text()), "", found.Port{}
}

// nameOf is what a leaf is called in a message: as the project calls it, or its
// folder.
func nameOf(l *split.Leaf) string {
	if l.Name != "" || l.Hint != "" || l.Dir == "." {
		return l.Called()
	}
	return path.Base(l.Dir)
}

// hasAny reports whether one of some files or folders is below a folder.
func (k *Kit) hasAny(dir string, names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		p := path.Join(dir, name)
		return k.Has(p) || k.HasFolder(p)
	})
}

// relative is a folder as seen from one above it.
// It expects dir to be root or below it.
func relative(dir, root string) string {
	if dir == root {
		return "."
	}
	return strings.TrimPrefix(strings.TrimPrefix(dir, root), "/")
}

// endsAtOnce tells of a command that is over before anybody asks it.
func (k *Kit) endsAtOnce(l *split.Leaf, s *Made) {
	s.Kind = none
	where := l.File
	if l.Pack != nil {
		where = l.Pack.Dir
	}
	k.Out.Skip(found.Skip{What: nameOf(l), Where: where, Why: "ends at once: " + shortened(l.Own)})
}

// shortened is a text that fits into a message.
func shortened(text string) string {
	if len(text) > 60 {
		return strings.ToValidUTF8(text[:60], "") + " …"
	}
	return text
}
