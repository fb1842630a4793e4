package split

import (
	"maps"
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/files"
	"devgate/internal/detect/found"
	"devgate/internal/detect/tree"
)

// maxPacks is how many package.json are read.
// It is more than most workspaces have, and bounds the scripts that are
// taken apart.
const maxPacks = 300

// Project is a folder whose scripts can be taken apart.
type Project struct {
	files.Files
	Out *found.Findings // gets what is skipped on the way

	packs  map[string]*Pack
	nxAll  map[string]nxProject // nil until nx is met
	splits int                  // texts that have been split
}

// New reads the packages of a folder and the workspaces that they form.
func New(f files.Files, out *found.Findings) *Project {
	p := &Project{Files: f, Out: out, packs: map[string]*Pack{}}
	for _, dir := range p.Folders() {
		p.ReadPack(dir)
	}
	// Upper workspaces come first, and a member of two belongs to the inner one: it is
	// met later.
	for _, root := range p.Packs() {
		p.readWorkspace(root)
	}
	for _, pack := range p.packs {
		pack.Manager = p.managerOf(pack)
	}
	return p
}

// Pack returns the package of a folder, or nil.
func (p *Project) Pack(dir string) *Pack { return p.packs[dir] }

// Packs returns every package, upper ones first.
func (p *Project) Packs() []*Pack {
	var all []*Pack
	for _, dir := range slices.SortedFunc(maps.Keys(p.packs), byDepth) {
		all = append(all, p.packs[dir])
	}
	return all
}

// PackAt returns the package that a folder belongs to, or nil.
func (p *Project) PackAt(dir string) *Pack {
	for _, at := range Upwards(dir) {
		if pack := p.packs[at]; pack != nil {
			return pack
		}
	}
	return nil
}

// ReadPack returns the package of a folder, also of one that is not listed.
func (p *Project) ReadPack(dir string) *Pack {
	if pack := p.packs[dir]; pack != nil || len(p.packs) >= maxPacks {
		return pack
	}
	// package.json of a folder that is behind no workspace is read, too: not every
	// project has one.
	pack := readPack(p.Files, dir)
	if pack != nil {
		pack.Manager = npm // until all are known
		p.packs[dir] = pack
	}
	return pack
}

// readWorkspace finds the members of a workspace.
func (p *Project) readWorkspace(root *Pack) {
	members := map[string]bool{}
	// The later of two globs wins, so "!packages/x" takes away what "packages/*" gave.
	for _, glob := range slices.Concat(root.globs, p.otherGlobs(root.Dir)) {
		name, not := strings.CutPrefix(glob, "!")
		for _, dir := range p.Expand(path.Join(root.Dir, name)) {
			members[dir] = !not
		}
	}
	for _, dir := range slices.SortedFunc(maps.Keys(members), byDepth) {
		if dir == root.Dir || !members[dir] {
			continue
		}
		if member := p.ReadPack(dir); member != nil {
			member.Root, root.Workspace = root, true
		}
	}
}

// otherGlobs reads what pnpm and Lerna call their packages.
func (p *Project) otherGlobs(dir string) []string {
	var pnpmFile, lernaFile struct{ Packages any }
	if file := path.Join(dir, "pnpm-workspace.yaml"); p.Has(file) {
		p.YAML(file, &pnpmFile)
	}
	if file := path.Join(dir, "lerna.json"); p.Has(file) {
		p.JSON(file, &lernaFile)
	}
	return append(files.Texts(pnpmFile.Packages), files.Texts(lernaFile.Packages)...)
}

// members returns the packages of a workspace, its root not among them.
func (p *Project) members(root *Pack) []*Pack {
	return slices.DeleteFunc(p.Packs(), func(pack *Pack) bool { return pack.Root != root || pack == root })
}

// isOurs reports whether a folder that a text names is one of the project's.
// A "cd" out of the project, or into a folder that no tree enters, leaves a text as it
// is.
func (p *Project) isOurs(dir, name string) bool {
	to := path.Join(dir, name)
	return !path.IsAbs(name) && to != ".." && !strings.HasPrefix(to, "../") && !tree.Passes(to) && p.HasFolder(to)
}

// Upwards lists a folder and those above it, up to the root.
func Upwards(dir string) []string {
	all := []string{dir}
	for dir != "." && dir != "/" {
		dir = path.Dir(dir)
		all = append(all, dir)
	}
	return all
}

// byDepth sorts folders: upper ones first, then by name.
func byDepth(a, b string) int {
	if d := depth(a) - depth(b); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}

func depth(dir string) int {
	if dir == "." {
		return 0
	}
	return strings.Count(dir, "/") + 1
}
