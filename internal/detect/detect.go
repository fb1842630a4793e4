package detect

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"

	"devgate/internal/detect/files"
	"devgate/internal/detect/found"
	"devgate/internal/detect/tree"
)

// Read looks at the folder fsys. To keep what symbolic links reach within it, hand
// over the file system of an [os.Root], as [Folder] does.
// It never fails: what is wrong with the folder stands in the findings.
func Read(fsys fs.FS) *found.Findings {
	r := newReader(files.Files{Tree: tree.Read(fsys)})
	// Compose files first: what they say of workers and folders is asked while services
	// are found.
	r.readComposeFiles()
	r.findServices()
	r.settle()
	// After settle, as rows lead to services that have their final kind.
	r.reverseProxies()
	r.readAddresses()
	r.readOrigins()
	r.readEnvFile()
	r.mustExist()
	for _, dir := range r.Examples() {
		r.found.Skip(found.Skip{What: path.Base(dir), Where: dir, Why: "examples: devgate init looks at one of them when it is run there"})
	}
	for _, f := range r.Faults() {
		r.found.Faults = append(r.found.Faults, fmt.Sprintf("%s: %s", f.Path, f.Why))
	}
	return r.found
}

// Folder reads a folder of the disk. What links in it lead to outside of it is not
// read.
func Folder(dir string) (*found.Findings, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("look at the folder: %w", err)
	}
	defer root.Close()
	return Read(root.FS()), nil
}

// findServices asks the sources in their order: what the project lists itself, then
// what its files tell, then what is only a hint.
func (r *reader) findServices() {
	// A Procfile.dev is the project's own list for developers: whatever else is there, it
	// is all that is to run.
	if r.fromProcfile("Procfile.dev") || r.isForDevelopers("Procfile") && r.fromProcfile("Procfile") {
		return
	}
	r.fromScripts()
	r.goModules()
	r.crates()
	r.pythonProjects()
	r.rubyProjects()
	r.phpProjects()
	r.phoenixProjects()
	r.dotnetProjects()
	r.jvmProjects()
	r.denoProjects()
	r.otherPacks()
	// Last of the sources that know scripts: only a front end whose proxy still asks
	// nobody needs one.
	for _, p := range r.Packs() {
		r.siblings(p)
	}
	r.composeServices()
	// From here on only where nothing that answers was found: these are hints.
	if !r.answers() {
		r.fromRecipes()
	}
	if !r.answers() {
		r.fromShellFile()
	}
	if !r.answers() {
		r.fromProcfile("Procfile")
	}
	// A collection is not refused here; package draft says so to the person.
	r.found.Collection = r.isCollection()
}

// maxAlone is how many servers a folder may have that nothing holds together.
const maxAlone = 8

// together are the files that say that what lies beside them is one project.
var together = []string{
	"Procfile", "Procfile.dev", "Tiltfile", "skaffold.yaml", "go.work", "Cargo.toml", "pom.xml", "settings.gradle", "settings.gradle.kts", "composer.json",
}

// orchestrators are the files of programs that start the packages of a workspace.
var orchestrators = []string{"turbo.json", "turbo.jsonc", "nx.json", "lerna.json", "rush.json", "moon.yml"}

// isCollection reports whether the folder holds many programs and nothing that says
// that they belong together: a compose file, a script, what starts a workspace.
func (r *reader) isCollection() bool {
	if len(r.made) <= maxAlone || r.First(".", together...) != "" {
		return false
	}
	// A workspace alone does not: examples share their packages, too.
	if p := r.Pack("."); p != nil && (r.visited[p] || p.Workspace && r.First(".", orchestrators...) != "") {
		return false
	}
	return !slices.ContainsFunc(r.compose, func(c *composeFile) bool { return path.Dir(c.file) == "." })
}
