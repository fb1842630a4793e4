package lint

import (
	"devgate/internal/proc"
	"devgate/internal/project"
)

// isThere reports whether the service would find a program.
func isThere(s *project.Service, name string) bool {
	_, err := proc.LookPath(name, s.Dir, s.Env)
	return err == nil
}

// isProgram reports whether there is one at a path, whatever its ending.
func isProgram(path string) bool {
	_, err := proc.LookPath(path, "", nil)
	return err == nil
}
