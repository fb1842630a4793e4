//go:build unix

package project

import (
	"strings"

	"devgate/procfile"
)

// systemHint is the way out that is always there where no shell is named.
const systemHint = `env = { X = "{...}" } makes it a variable: write $X there`

// programEnding ends the name of a program.
const programEnding = ""

// systemScript is what runs a text where no shell is named: the one that every system of this
// kind has, which knows $PORT.
func systemScript(text string, _ int, lookup procfile.Lookup) (args, set []string, err error) {
	args, err = shScript(text, lookup)
	return args, nil, err
}

// shScript is sh with a text. Where it can be, the shell is replaced by the command.
func shScript(text string, lookup procfile.Lookup) ([]string, error) {
	script, err := procfile.ExpandScript(text, lookup)
	if err != nil {
		return nil, err
	}
	if replaceable(quiet(text, lookup)) {
		script = "exec " + strings.TrimSpace(script)
	}
	return []string{"/bin/sh", "-c", script}, nil
}

// pwshProgram is PowerShell, which is looked for when it is started.
func pwshProgram(*Service) string { return "pwsh" }

// refusal says that the shell of the service is not there, or is nil.
func refusal(s *Service) *Refusal {
	if s.Shell != procfile.ShellCmd {
		return nil
	}
	return &Refusal{`shell = "cmd" is cmd.exe, which only Windows has`,
		`this service does not start here; what shell = "sh" runs, starts on both`}
}
