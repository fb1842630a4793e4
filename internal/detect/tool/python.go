package tool

import (
	"maps"
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/files"
	"devgate/internal/detect/pattern"
	"devgate/internal/detect/split"
)

// PythonProject is a folder with dependencies of Python.
type PythonProject struct {
	Dir  string
	File string            // that says what it depends on
	deps map[string]string // names, with their extras: "[standard]"

	Managed bool           // a program finds the environment: uv, Poetry …
	prefix  string         // what its programs are run with: "uv run "
	venv    string         // a folder of programs, as seen from Dir: ".venv/bin/"
	tool    map[string]any // [tool] of pyproject.toml
}

// requirement finds "fastapi[standard]" of "fastapi[standard]>=0.115; python_version > '3.9'".
var requirement = pattern.New(`^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?`)

// PythonProject reads a folder's dependencies and finds its environment; nil if it
// is no project.
func (k *Kit) PythonProject(dir string) *PythonProject {
	p := &PythonProject{Dir: dir, deps: map[string]string{}}
	// The first one is the file that messages name; the dependencies of all of them
	// count.
	p.File = k.First(dir, "pyproject.toml", "requirements.txt", "Pipfile", "requirements/base.txt", "requirements/dev.txt", "setup.py")
	if p.File == "" && !k.IsDjango(dir) {
		return nil
	}
	if file := path.Join(dir, "pyproject.toml"); k.Has(file) {
		v, _ := k.TOML(file)
		p.readProject(v)
	}
	if file := path.Join(dir, "Pipfile"); k.Has(file) {
		v, _ := k.TOML(file)
		p.addTable(files.At(v, "packages"))
	}
	for _, name := range append(slices.Clone(k.Names(dir)), "requirements/base.txt", "requirements/dev.txt") {
		if file := path.Join(dir, name); strings.HasPrefix(name, "requirements") && strings.HasSuffix(name, ".txt") && k.Has(file) {
			text, _ := k.Text(file)
			for line := range strings.Lines(text) {
				p.add(line)
			}
		}
	}
	k.findEnvironment(p)
	return p
}

// readProject reads pyproject.toml.
func (p *PythonProject) readProject(v map[string]any) {
	p.tool, _ = v["tool"].(map[string]any)
	lists := []any{files.At(v, "project", "dependencies")}
	// Groups for development count: servers that reload are often among them.
	for _, keys := range [][]string{{"project", "optional-dependencies"}, {"dependency-groups"}} {
		groups, _ := files.At(v, keys...).(map[string]any)
		for _, group := range groups {
			lists = append(lists, group)
		}
	}
	for _, list := range lists {
		for _, dep := range files.Texts(list) {
			p.add(dep)
		}
	}
	p.addTable(files.At(p.tool, "poetry", "dependencies"))
}

// add reads one requirement, such as "fastapi[standard]>=0.1".
func (p *PythonProject) add(line string) {
	if m := requirement.FindStringSubmatch(line); m != nil {
		// Names are compared as PEP 503 has it: "Flask_Login" is flask-login.
		name := strings.ToLower(strings.ReplaceAll(m[1], "_", "-"))
		p.deps[name] += m[2]
	}
}

// addTable reads a table of names and versions, as Poetry and Pipenv have them.
func (p *PythonProject) addTable(v any) {
	table, _ := v.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(table)) {
		p.add(name)
		if extras := files.Texts(files.At(table[name], "extras")); len(extras) > 0 {
			p.add(name + "[" + strings.Join(extras, ",") + "]")
		}
	}
}

// Has reports whether the project depends on one of some packages.
func (p *PythonProject) Has(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		_, ok := p.deps[name]
		return ok
	})
}

// HasFastAPICommand reports whether the project has FastAPI's own command line.
// "fastapi dev" comes with the extra "standard"; without it the command is there and only
// says so.
func (p *PythonProject) HasFastAPICommand() bool {
	return strings.Contains(p.deps["fastapi"], "standard") || p.tool["fastapi"] != nil
}

// findEnvironment finds out which environment the folder's programs are in: that of
// a lock file here or further up, else a folder of programs.
func (k *Kit) findEnvironment(p *PythonProject) {
	// A lock file or a table in pyproject.toml says which tool is in
	// use; a folder may be left over, and is asked last.
	above := split.Upwards(p.Dir)
	for _, m := range []struct{ lock, tool, prefix string }{
		{"uv.lock", "uv", "uv run "}, {"poetry.lock", "poetry", "poetry run "}, {"pdm.lock", "pdm", "pdm run "}, {"Pipfile", "", "pipenv run "},
	} {
		locked := slices.ContainsFunc(above, func(dir string) bool { return k.Has(path.Join(dir, m.lock)) })
		if locked || m.tool != "" && p.tool[m.tool] != nil {
			p.prefix, p.Managed = m.prefix, true
			return
		}
	}
	up := ""
	for _, dir := range above {
		for _, name := range []string{".venv", "venv"} {
			if p.venv == "" && k.HasFolder(path.Join(dir, name)) {
				p.venv = up + name + k.programsOf(path.Join(dir, name))
			}
		}
		up += "../"
	}
}

// programsOf is where an environment has its programs: one that was made on Windows has
// another folder for them.
func (k *Kit) programsOf(environment string) string {
	if k.HasFolder(path.Join(environment, "Scripts")) {
		return "/Scripts/"
	}
	return "/bin/"
}

// Command is what runs a program in the project's environment; without one Python
// itself finds it, if it can.
// Programs in a virtual environment need no activation when they are called by their
// path.
func (p *PythonProject) Command(program string) string {
	switch rest, isPython := strings.CutPrefix(program, "python "); {
	case p.prefix != "":
		return p.prefix + program
	case p.venv != "":
		return p.venv + program
	case isPython:
		return PythonProgram + " " + rest
	}
	// The programs of a pip --user install are often not on the PATH, their modules are
	// always found.
	return PythonProgram + " -m " + program
}

// IsDjango reports whether a folder's manage.py is Django's: others have one, too.
func (k *Kit) IsDjango(dir string) bool {
	text, ok := k.Text(path.Join(dir, "manage.py"))
	return ok && strings.Contains(text, "DJANGO_SETTINGS_MODULE")
}

var (
	// asgiApp finds "app: FastAPI = FastAPI(".
	asgiApp = pattern.New(`(?m)^(\w+)(?:\s*:\s*\w+)?\s*=\s*(?:fastapi\.)?(?:FastAPI|Starlette|Litestar)\(`)
	// wsgiApp finds "app = Flask(".
	wsgiApp = pattern.New(`(?m)^(\w+)\s*=\s*(?:flask\.)?Flask\(`)
	// factory finds "def create_app(".
	factory = pattern.New(`(?m)^def (create_app|make_app)\(`)
)

// PythonApp is where an application is made.
type PythonApp struct {
	Module  string // "app.main:app"; "" if it was not found
	File    string
	Factory bool // a function makes it
}

// PythonApp finds where an application is made: in the files and folders where
// people make it.
func (k *Kit) PythonApp(p *PythonProject) PythonApp {
	folders := []string{".", "app", "src", "src/app", "backend", "api"}
	// Where projects usually have it first, then every other folder in the order of its
	// name.
	for _, name := range k.Subfolders(p.Dir) {
		if !slices.Contains(folders, name) {
			folders = append(folders, name)
		}
	}
	// A project that has both serves with the asynchronous one; Flask is then a
	// dependency of something else.
	made := asgiApp
	if p.Has("flask", "quart") && !p.Has("fastapi", "starlette", "litestar") {
		made = wsgiApp
	}
	for _, want := range []*pattern.Pattern{made, factory} {
		for _, dir := range folders {
			if app := k.appIn(p.Dir, dir, want); app.Module != "" {
				app.Factory = want == factory
				return app
			}
		}
	}
	return PythonApp{}
}

func (k *Kit) appIn(root, dir string, want *pattern.Pattern) PythonApp {
	for _, name := range []string{"main", "app", "api", "server", "wsgi", "asgi", "web_app", "__init__"} {
		file := path.Join(root, dir, name+".py")
		text, _ := k.Text(file)
		if m := want.FindStringSubmatch(text); m != nil {
			module := strings.ReplaceAll(path.Join(dir, name), "/", ".")
			return PythonApp{Module: strings.TrimSuffix(module, ".__init__") + ":" + m[1], File: file}
		}
	}
	return PythonApp{}
}
