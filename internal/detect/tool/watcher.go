package tool

import (
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/found"
	"devgate/internal/detect/split"
)

// watches reports whether a leaf goes on and on.
func watches(l *split.Leaf) bool {
	return l.HasFlag("--watch", "-w", "-watch", "--watch-files", "-W") || slices.Contains(l.Arguments(), "watch")
}

// lookTSC: a compiler that watches is waited for, one that does not ends at once.
func (k *Kit) lookTSC(l *split.Leaf, s *Made) {
	switch {
	case !watches(l):
		k.endsAtOnce(l, s)
	case l.HasFlag("--noEmit"):
		s.Kind = none
		k.Out.Skip(found.Skip{What: l.Called(), Where: l.File, Why: "only checks types"})
	default:
		// tsc prints it after each round, with the errors counted in front: the first
		// round is over then.
		s.Ready.Log = "Watching for file changes"
		s.Library = isMember(l)
	}
}

// isMember reports whether a leaf belongs to a package that others may import.
func isMember(l *split.Leaf) bool { return l.Pack != nil && l.Pack != l.Pack.Root }

// lookBundler: a library that is built again and again, a server that is built and
// started, or a page that is served.
func (k *Kit) lookBundler(l *split.Leaf, s *Made) {
	// The command that tsup and tsdown run after each build; with node in it, it is the
	// server.
	start, at := l.Flag("--onSuccess", "--on-success")
	switch {
	case l.Tool() == "esbuild" && l.HasFlag("--serve"):
		s.Kind = found.Page
		t := &tool{flags: []string{"--serve"}}
		if w, ok := t.writtenPort(l); ok && w.port != 0 {
			s.Port, s.Moved = found.Port{Number: w.port, From: l.File}, t.replaced(l, w.word)
		}
	case !watches(l):
		k.endsAtOnce(l, s)
	case at >= 0 && strings.Contains(start, "node"):
		s.Kind, s.Moved = found.API, s.Command // it is told its port by $PORT, if at all
		if n := k.DotenvPort(l.Dir); n != 0 {
			s.Port = found.Port{Number: n, From: path.Join(l.Dir, ".env")}
		}
	// Others import what a member of a workspace builds, so they start after it.
	case at < 0:
		s.Library = isMember(l)
	}
}

// lookWatcher: a copier, or a compiler of styles.
func (k *Kit) lookWatcher(l *split.Leaf, s *Made) {
	if !watches(l) && !slices.Contains([]string{"chokidar", "onchange"}, l.Tool()) {
		k.endsAtOnce(l, s)
	}
}

// lookEleventy: only "--serve" serves.
func (k *Kit) lookEleventy(l *split.Leaf, s *Made) {
	if l.HasFlag("--serve") {
		return
	}
	s.worker(l)
	k.lookWatcher(l, s)
}
