package lint

import (
	"context"
	"fmt"

	"devgate/internal/project"
	"devgate/internal/watch"
)

// watches says which patterns match no file: they may be mistyped.
func (w *warnings) watches(ctx context.Context) {
	for _, s := range w.project.Services {
		for _, pattern := range w.unmatched(ctx, s) {
			w.warn(s, "watch", fmt.Sprintf("no file matches watch %q", pattern),
				"correct it; it starts at "+w.shown(s.Dir)+", and what Git, devgate or \"ignore\" leaves out does not count", pattern)
		}
	}
}

// unmatched are the patterns of a service that match no file.
func (w *warnings) unmatched(ctx context.Context, s *project.Service) []string {
	if len(s.Watch) == 0 {
		return nil
	}
	target := watch.Target{Name: s.Name, Dir: s.Dir, Patterns: s.Watch, Ignore: s.Ignore, Exclude: []string{s.Bin, s.Staged}}
	patterns, err := watch.Unmatched(ctx, w.project.Root, target)
	if err != nil {
		return nil // a pattern that cannot be read is an error of its own
	}
	return patterns
}
