package detect

import (
	"cmp"
	"path"
	"slices"

	"devgate/internal/detect/files"
	"devgate/internal/detect/found"
	"devgate/internal/detect/split"
	"devgate/internal/detect/tool"
)

// maxServices is how many services are found in one folder.
const maxServices = 60

// reader is one look at a folder.
// It belongs to one goroutine and is used once.
type reader struct {
	*tool.Tools
	found *found.Findings
	made  []*tool.Made // what findings get their services from

	visited map[*split.Pack]bool // packages that a script of the project's list leads to
	owned   map[string]bool      // folders that belong to a server, whose own tools see to them
	covered map[tool.Covered]bool
	compose []*composeFile
}

func newReader(f files.Files) *reader {
	out := &found.Findings{}
	return &reader{
		Tools: tool.New(split.New(f, out)), found: out,
		visited: map[*split.Pack]bool{}, owned: map[string]bool{}, covered: map[tool.Covered]bool{},
	}
}

// add takes a service into the findings, unless it is there. Two sources may lead to
// one command: it keeps the name that either of them has for it.
func (r *reader) add(s *tool.Made) {
	// The bound keeps a hostile folder from filling the file.
	if s == nil || slices.Contains(r.made, s) || len(r.made) >= maxServices {
		return
	}
	if i := slices.IndexFunc(r.made, func(other *tool.Made) bool { return isSame(s, other) }); i >= 0 {
		r.made[i].Name = cmp.Or(r.made[i].Name, s.Name)
		return
	}
	for _, c := range s.Covers {
		r.covered[c] = true
	}
	r.made = append(r.made, s)
}

// isSame reports whether two services that different sources name are one.
func isSame(s, other *tool.Made) bool {
	bothNamed := s.Name != "" && other.Name != "" // two lines of a Procfile may be the same
	return s.Command == other.Command && s.Dir == other.Dir && s.Build == other.Build && !bothNamed
}

// addLeaves makes services of leaves, and of what has to run before them.
func (r *reader) addLeaves(leaves []*split.Leaf) {
	for _, l := range leaves {
		s := r.Understand(l)
		if s != nil {
			for _, before := range l.Tasks {
				task := r.Task(before)
				r.add(task)
				s.After = append(s.After, task.Service)
			}
		}
		r.add(s)
		r.visit(l)
	}
}

// visit remembers the packages whose scripts lead to a leaf.
func (r *reader) visit(l *split.Leaf) {
	for _, dir := range l.Packages() {
		if p := r.Pack(dir); p != nil {
			r.visited[p] = true
		}
	}
}

// addFramework makes a service of the command that a framework's files call for.
// What is in a folder of documentation and the like is told, and not started.
func (r *reader) addFramework(dir, command, file string, lang tool.Language) *tool.Made {
	// Before it is read: whatever comes of it, no other source tries the same folder
	// again.
	r.covered[tool.Covered{Dir: dir, Language: lang}] = true
	f := r.In(dir, file, command)
	f.Pack = nil // the command is no script's
	var made *tool.Made
	for _, l := range r.Split(f) {
		if s := r.Understand(l); s != nil && r.isPart(s) {
			// Of a framework's command there is one leaf; more are steps that are all of
			// it.
			r.add(s)
			made = s
		}
	}
	return made
}

// isPart reports whether a service is one of those that the project serves.
func (r *reader) isPart(s *tool.Made) bool {
	if !isAside(s.Dir) {
		// It is told with its table, so that who wants it can paste it.
		return true
	}
	name := path.Base(s.Dir)
	r.found.Skip(found.Skip{What: name, Where: s.Dir, Why: "no part of what the project serves", Paste: &found.Paste{Name: name, Dir: s.Dir, Command: s.Command}})
	return false
}

// asides are folders that are no part of what a project serves.
var asides = []string{"docs", "doc", "documentation", "storybook", "email", "emails", "mail-templates", "react-email", "e2e", "tests", "benchmarks", "playground", "demo", "demos"}

func isAside(dir string) bool { return dir != "." && slices.Contains(asides, path.Base(dir)) }

// isCovered reports whether a folder's server in a language is known, or the folder
// belongs to another server.
func (r *reader) isCovered(dir string, lang tool.Language) bool {
	return r.covered[tool.Covered{Dir: dir, Language: lang}] || r.isOwned(dir)
}

// own notes that a folder belongs to a server, whose own tools see to it.
func (r *reader) own(dir, name, why string) {
	inner := path.Join(dir, name)
	r.owned[inner] = true
	if p := r.ReadPack(inner); p != nil && len(p.Scripts) > 0 {
		r.found.Skip(found.Skip{What: path.Base(name), Where: inner, Why: why})
	}
}

func (r *reader) isOwned(dir string) bool {
	return slices.ContainsFunc(split.Upwards(dir), func(up string) bool { return r.owned[up] })
}

// has reports whether a service of some kinds has been found.
func (r *reader) has(kinds ...found.Kind) bool {
	return slices.ContainsFunc(r.made, func(s *tool.Made) bool { return slices.Contains(kinds, s.Kind) })
}

// answers reports whether a server has been found.
func (r *reader) answers() bool {
	return r.has(found.API, found.App, found.Site, found.Page, found.RPC, found.Assets)
}
