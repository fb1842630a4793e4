package lint

import "devgate/internal/project"

// system says what means something else on Windows than its author may think.
func (w *warnings) system(s *project.Service) {
	w.forCmd(s)
	w.signal(s)
}
