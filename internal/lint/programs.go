package lint

import (
	"path/filepath"
	"strings"

	"devgate/internal/project"
	"devgate/procfile"
)

// programs says which programs of a service's commands are not there.
func (w *warnings) programs(s *project.Service) {
	for _, c := range []struct {
		key     string
		command procfile.Command
	}{{"command", s.Service.Command}, {"build", s.Service.Build}} {
		name := w.project.Program(c.command, s)
		switch {
		// Where nobody can tell, nothing is said.
		case name == "" || w.mayBeMade(s, c.key, name) || isThere(s, name):
		case strings.Contains(name, "/"):
			w.warn(s, c.key, "there is no program "+name+" in "+w.shown(s.Dir), "correct the path; it starts at the service's dir", name)
		default:
			w.warn(s, c.key, "the program "+name+" is not on its PATH", instead(s, name), name)
		}
	}
}

// mayBeMade reports whether a build, or what the service waits for, may still make the
// program. Only a path names such a one.
func (w *warnings) mayBeMade(s *project.Service, key, name string) bool {
	return strings.Contains(name, "/") && (key == "command" && s.Build != nil || len(s.After) > 0)
}

// within is a path as seen from a folder; an empty one is the folder itself.
func within(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// instead says what to do about a program that is not on the PATH. What is installed
// for the project alone lies where people forget to look.
func instead(s *project.Service, name string) string {
	if s.Shell == procfile.ShellPwsh && name == "pwsh" {
		return "it is PowerShell, which shell names: install it"
	}
	for dir := s.Dir; ; dir = filepath.Dir(dir) {
		if isProgram(filepath.Join(dir, "node_modules", ".bin", name)) {
			return "it is in node_modules: write npx " + name
		}
		for _, venv := range []string{".venv", "venv"} {
			for _, programs := range []string{"bin", "Scripts"} { // the second on Windows
				if path := filepath.Join(dir, venv, programs, name); isProgram(path) {
					rel, _ := filepath.Rel(s.Dir, path)
					return "it is in a virtual environment: write " + filepath.ToSlash(rel)
				}
			}
		}
		if dir == filepath.Dir(dir) {
			return "install it, or write its whole path"
		}
	}
}
