package lint

import (
	"path/filepath"
	"strings"

	"devgate/internal/project"
	"devgate/procfile"
)

// warnings are collected service by service.
type warnings struct {
	project *project.Project
	all     []*procfile.Error
}

// warn says what is wrong with a part of a service's key, and what to do. It points to
// the first of parts that stands in the file as it is.
func (w *warnings) warn(s *project.Service, key, msg, hint string, parts ...string) {
	w.all = append(w.all, w.project.File.ErrorIn(s.Position(key), parts, s.Name+": "+msg, hint))
}

// shown is a folder of the project as people see it.
func (w *warnings) shown(dir string) string {
	rel, err := filepath.Rel(w.project.Root, dir)
	switch {
	case err != nil || strings.HasPrefix(rel, ".."):
		return dir
	case rel == ".":
		return "the project's folder"
	}
	return rel
}
