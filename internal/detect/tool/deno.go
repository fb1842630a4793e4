package tool

import (
	"cmp"
	"path"
	"strings"

	"devgate/internal/detect/found"
	"devgate/internal/detect/split"
)

// lookDeno reads the program that deno runs. It reloads by itself if told so.
func (k *Kit) lookDeno(l *split.Leaf, s *Made) {
	s.cover(l.Dir, Deno)
	var p program
	// The first words may be values of flags, so it is the one that is a file.
	for _, w := range l.Arguments() {
		if file := path.Join(l.Dir, w); path.Ext(w) != "" && k.Has(file) {
			p = k.program(file)
		}
	}
	text := p.text()
	if strings.Contains(text, "fresh") {
		s.Kind = found.Site
	}
	// An empty program (no word is a file) says nothing, and the port of the table stays:
	// p[0] is only there if it does.
	if n, free := p.port(); n != 0 || free {
		s.Port = found.Port{Number: cmp.Or(n, s.Port.Number), From: p[0].file}
		if free {
			s.Moved = s.Command
		}
	}
	s.Ready.Path = healthOf(text)
}
