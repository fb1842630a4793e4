package project

import (
	"fmt"
	"slices"
	"strings"

	"devgate/procfile"
)

// Notes lists what a person should know who may take the project for another: which files
// of the main checkout are read, what of a file that nobody named is not used, and which
// numbers stand for ports that have moved.
func (p *Project) Notes() []*procfile.Error {
	return slices.Concat(p.Inherited, p.Warnings, p.stale())
}

// Unknown is the error about a name that no service has.
func (p *Project) Unknown(name string) error {
	var all []string
	for _, s := range p.Services {
		all = append(all, s.Name)
	}
	return fmt.Errorf("no service %q\n  hint: there are %s", name, strings.Join(all, ", "))
}
