//go:build unix

package project

import (
	"strings"

	"devgate/procfile"
)

// scriptHint is the way out that is always there: the shell never looks into the
// value of a variable for quotes.
const scriptHint = `env = { X = "{...}" } makes it a variable: write $X there`

// programEnding ends the name of a program.
const programEnding = ""

// script is a shell that runs a text.
func (p *Project) script(text string, s *Service) ([]string, error) {
	lookup := p.lookup(s)
	script, err := procfile.ExpandScript(text, lookup)
	if err != nil {
		return nil, err
	}
	if replaceable(quiet(text, lookup)) {
		script = "exec " + strings.TrimSpace(script)
	}
	return []string{"/bin/sh", "-c", script}, nil
}
