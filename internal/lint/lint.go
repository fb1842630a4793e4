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
		// A remote service has no process: there is nothing to look at.
		if s.Kind() == procfile.Remote {
			continue
		}
		w.shell(s)
		w.system(s)
		w.ports(s)
		w.programs(s)
		w.modules(s)
	}
	w.watches(ctx)
	// Stable, as two warnings may stand at one place: they keep the order in which they
	// were found.
	slices.SortStableFunc(w.all, func(a, b *procfile.Error) int {
		return cmp.Or(a.Pos.Line-b.Pos.Line, a.Pos.Column-b.Pos.Column)
	})
	return w.all
}
