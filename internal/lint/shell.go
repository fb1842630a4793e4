package lint

import "devgate/internal/project"

// shell says where the shell of a service is not on this system.
func (w *warnings) shell(s *project.Service) {
	if s.NoShell != nil {
		w.warn(s, "shell", s.NoShell.What, s.NoShell.Hint, `"`+s.Shell.String()+`"`)
	}
}
