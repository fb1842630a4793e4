package lint

import (
	"cmp"
	"context"
	"slices"

	"devgate/internal/project"
	"devgate/procfile"
)

// Warnings are what is worth a look, in the order of the file.
func Warnings(ctx context.Context, p *project.Project) []*procfile.Error {
	w := &warnings{project: p}
	for _, s := range p.Services {
		if s.Kind() == procfile.Remote {
			continue
		}
		w.ports(s)
		w.programs(s)
		w.modules(s)
	}
	w.watches(ctx)
	slices.SortStableFunc(w.all, func(a, b *procfile.Error) int {
		return cmp.Or(a.Pos.Line-b.Pos.Line, a.Pos.Column-b.Pos.Column)
	})
	return w.all
}

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
