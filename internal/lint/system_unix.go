//go:build unix

package lint

import "devgate/internal/project"

// system has nothing to say: the Devgatefile is written for this kind of system.
func (w *warnings) system(*project.Service) {}
