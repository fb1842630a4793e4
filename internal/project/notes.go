package project

import (
	"fmt"
	"strings"

	"devgate/procfile"
)

// Notes lists what has no effect: keys that are read and checked, and that
// this version does not act on yet, and what a file that nobody named holds.
func (p *Project) Notes() []*procfile.Error {
	var notes []*procfile.Error
	note := func(pos procfile.Position, key, instead string) {
		notes = append(notes, p.File.ErrorAt(pos, fmt.Sprintf("%q has no effect in this version yet", key), instead))
	}
	if p.File.Dashboard.Set && p.File.Dashboard.Enabled {
		note(p.File.Pos("dashboard"), "dashboard", "devgate status and devgate logs tell the same")
	}
	return append(notes, p.Warnings...)
}

// Unknown is the error about a name that no service has.
func (p *Project) Unknown(name string) error {
	var all []string
	for _, s := range p.Services {
		all = append(all, s.Name)
	}
	return fmt.Errorf("no service %q\n  hint: there are %s", name, strings.Join(all, ", "))
}
