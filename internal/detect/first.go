package detect

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/shell"
	"devgate/internal/detect/split"
	"devgate/internal/detect/tool"
)

// mustExist lists what has to be done once before the services can run: packages,
// environment files, databases.
func (r *reader) mustExist() {
	for _, s := range r.made {
		r.packagesFirst(s)
	}
	for _, s := range r.made {
		r.embedsFirst(s)
	}
	for _, dir := range r.serviceFolders() {
		r.envFirst(dir)
	}
	// A round of its own: commands are listed in this order, and a migration needs the
	// packages and the .env.
	for _, dir := range r.serviceFolders() {
		r.databaseFirst(dir)
	}
}

// first adds a command, to be run in a folder.
func (r *reader) first(dir, command string) {
	if dir != "." {
		command = "cd " + shell.Quote(dir) + " && " + command
	}
	if !slices.Contains(r.found.First, command) {
		r.found.First = append(r.found.First, command)
	}
}

// serviceFolders are the root and the folders of services, each once.
func (r *reader) serviceFolders() []string {
	all := []string{"."}
	for _, s := range r.made {
		if !slices.Contains(all, s.Dir) {
			all = append(all, s.Dir)
		}
	}
	return all
}

// packagesFirst: what a service's dependencies are installed by, where they are
// not. uv does it by itself.
func (r *reader) packagesFirst(s *tool.Made) {
	if p := s.Pack; p != nil {
		root := p.Root
		// Either of them: managers differ in where they put the packages of a member.
		// What is no runtime comes from a package, whether package.json says so or not.
		needs := root.NeedsInstall() || p.NeedsInstall() || s.Leaf.Tool() != "node"
		if needs && !r.HasFolder(path.Join(root.Dir, "node_modules")) && !r.HasFolder(path.Join(p.Dir, "node_modules")) {
			r.first(root.Dir, root.Manager.Install())
		}
	}
	hasVenv := r.HasFolder(path.Join(s.Dir, ".venv"))
	for _, m := range []struct{ program, lock string }{{"poetry", "poetry.lock"}, {"pdm", "pdm.lock"}, {"pipenv", "Pipfile"}} {
		if strings.HasPrefix(string(s.Command), m.program+" run ") && !hasVenv {
			r.first(r.folderOf(s.Dir, m.lock), m.program+" install")
		}
	}
	switch {
	// Found without a virtual environment and without a manager of one.
	case strings.HasPrefix(string(s.Command), tool.PythonProgram+" ") && s.Kind.Answers():
		r.found.Note(fmt.Sprintf("no Python environment was found for %s: its command uses %s, as an activated one has it; with %s there, devgate uses that",
			s.Dir, tool.PythonProgram, path.Join(s.Dir, ".venv")))
	case r.isCovered(s.Dir, tool.PHP) && r.Has(path.Join(s.Dir, "composer.json")) && !r.HasFolder(path.Join(s.Dir, "vendor")):
		r.first(s.Dir, "composer install")
	case r.isCovered(s.Dir, tool.Elixir) && !r.HasFolder(path.Join(s.Dir, "deps")):
		r.first(s.Dir, "mix deps.get")
	}
}

// folderOf is the folder of a file, at a service's folder or above.
func (r *reader) folderOf(dir, name string) string {
	for _, up := range split.Upwards(dir) {
		if r.Has(path.Join(up, name)) {
			return up
		}
	}
	return dir
}

// embedsFirst: the builds of front ends whose results a Go program embeds and that
// are not there. It would not compile.
func (r *reader) embedsFirst(s *tool.Made) {
	for _, dir := range s.Embeds {
		at := path.Join(s.Dir, dir)
		if r.HasFolder(at) || r.Has(at) || strings.Contains(dir, "*") {
			continue
		}
		if p := r.PackAt(path.Dir(at)); p != nil && p.Scripts["build"] != "" {
			r.first(p.Dir, p.Manager.Run("build"))
		}
	}
}

// envExamples are environment files for people to copy, and what they become.
var envExamples = [][2]string{
	{".env.example", ".env"}, {".env.sample", ".env"}, {".env.template", ".env"}, {".env.dist", ".env"}, {".env.dev", ".env"}, {".env.local.example", ".env.local"},
}

// envFirst: an environment file of which there is only an example.
func (r *reader) envFirst(dir string) {
	for _, pair := range envExamples {
		from, to := path.Join(dir, pair[0]), path.Join(dir, pair[1])
		// One example is enough; which of several is meant nobody can tell.
		if r.Has(from) && !r.Has(to) {
			r.first(".", "cp "+shell.Join(from, to))
			return
		}
	}
}

// databaseFirst: the command that brings a database up to what the sources expect.
func (r *reader) databaseFirst(dir string) {
	// p is nil where the folder is no project of Python; the cases that use it have made
	// sure of that.
	p := r.PythonProject(dir)
	switch {
	case r.Has(path.Join(dir, "prisma/schema.prisma")) && r.Pack(dir) != nil:
		r.first(dir, r.Pack(dir).Manager.Exec("prisma migrate dev"))
	case r.Has(path.Join(dir, "alembic.ini")) && p != nil:
		r.first(dir, p.Command("alembic upgrade head"))
	// IsDjango makes a project of any folder, so p is there.
	case r.IsDjango(dir) && r.isCovered(dir, tool.Python):
		r.first(dir, p.Command("python manage.py migrate"))
	case r.Has(path.Join(dir, "bin/rails")) && r.HasFolder(path.Join(dir, "db")):
		r.first(dir, "bin/rails db:prepare")
	case r.Has(path.Join(dir, "artisan")):
		r.first(dir, "php artisan migrate")
	case r.isCovered(dir, tool.Elixir) && r.HasFolder(path.Join(dir, "priv/repo")):
		r.first(dir, "mix ecto.setup")
	}
}
