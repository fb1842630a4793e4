//go:build unix

package lint

import (
	"os"
	"path/filepath"
	"strings"

	"devgate/internal/project"
)

// isThere reports whether the service would find a program.
func isThere(s *project.Service, name string) bool {
	if strings.Contains(name, "/") {
		return isProgram(within(s.Dir, name))
	}
	for _, dir := range filepath.SplitList(variable(s.Env, "PATH")) {
		// An entry of PATH may be relative, and an empty one means the working folder:
		// for the service that is its dir.
		if isProgram(filepath.Join(within(s.Dir, dir), name)) {
			return true
		}
	}
	return false
}

func isProgram(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir() && info.Mode()&0o111 != 0
}

// variable is the value of one of an environment.
// The first one counts, as it does for getenv.
func variable(env []string, name string) string {
	for _, entry := range env {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}
