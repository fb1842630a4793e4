package project

import (
	"fmt"
	"strings"

	"devgate/procfile"
)

// Notes lists what has no effect: what a file that nobody named holds and cannot be
// read.
func (p *Project) Notes() []*procfile.Error {
	return p.Warnings
}

// Unknown is the error about a name that no service has.
func (p *Project) Unknown(name string) error {
	var all []string
	for _, s := range p.Services {
		all = append(all, s.Name)
	}
	return fmt.Errorf("no service %q\n  hint: there are %s", name, strings.Join(all, ", "))
}
