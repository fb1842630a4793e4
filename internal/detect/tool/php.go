package tool

import (
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/split"
)

// lookArtisan: serve is the server; other commands are workers.
func (k *Kit) lookArtisan(l *split.Leaf, s *Made) {
	s.cover(l.Dir, PHP)
	if slices.Contains(l.Texts(), "serve") {
		// Laravel from 11 on: its template has withRouting(health: "/up").
		boot, _ := k.Text(path.Join(l.Dir, "bootstrap/app.php"))
		if strings.Contains(boot, "health:") {
			s.Ready.Path = "/up"
		}
		return
	}
	s.worker(l)
	for _, w := range l.Texts() {
		if first, _, ok := strings.Cut(w, ":"); ok && s.Program == "" {
			s.Program = first // "queue:listen" is queue
		}
	}
}

// lookSymfony: without its command line, PHP's own server does.
func (k *Kit) lookSymfony(l *split.Leaf, s *Made) {
	s.cover(l.Dir, PHP)
	// PHP applications answer every path, with a page for those they do not know: behind
	// others.
	s.Last = true
	k.Out.Note("symfony serve needs Symfony's command line; without it: php -S localhost:8000 -t public")
}

// lookPHP is PHP's own server, which answers unknown paths with index.php.
func (k *Kit) lookPHP(l *split.Leaf, s *Made) {
	s.cover(l.Dir, PHP)
	if _, at := l.Flag("-S"); at < 0 {
		s.worker(l)
		return
	}
	s.Last = true
	// php -S needs an address anyway, so the moved one is as good as the author's; a line
	// of a Procfile stays.
	if !l.Line {
		s.Command = s.Moved
	}
}
