package cli

import (
	"fmt"

	"devgate/internal/project"
	"devgate/procfile"
)

// unsupported lists what has no effect: keys that are read and checked, and that
// this version does not act on yet, and what a file that nobody named holds.
func unsupported(p *project.Project) []*procfile.Error {
	var notes []*procfile.Error
	note := func(pos procfile.Position, key, instead string) {
		notes = append(notes, p.File.ErrorAt(pos, fmt.Sprintf("%q has no effect in this version yet", key), instead))
	}
	if p.File.Dashboard.Set && p.File.Dashboard.Enabled {
		note(p.File.Pos("dashboard"), "dashboard", "devgate status and devgate logs tell the same")
	}
	return append(notes, p.Warnings...)
}
