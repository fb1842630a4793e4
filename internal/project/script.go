package project

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"devgate/procfile"
)

// script is what runs a text of the service, and what it needs in its environment besides
// the service's own.
func (p *Project) script(text string, s *Service) (args, set []string, err error) {
	lookup := p.lookup(s)
	switch s.Shell {
	case procfile.ShellSh:
		args, err = shScript(text, lookup)
	case procfile.ShellCmd:
		args, err = cmdLine(text, lookup)
	case procfile.ShellPwsh:
		args, err = pwshScript(pwshProgram(s), text, lookup)
	default:
		// Only a Procfile is written for sh, whatever the system.
		port := 0
		if p.File.Format == procfile.Procfile {
			port = s.Port
		}
		return systemScript(text, port, lookup)
	}
	return args, nil, err
}

// scriptHint is a way out where a value cannot be quoted for the shell: no shell looks
// into the value of a variable for quotes.
func scriptHint(shell procfile.Shell) string {
	const variable = `env = { X = "{...}" } makes it a variable: write `
	switch shell {
	case procfile.ShellSh:
		return variable + "$X there"
	case procfile.ShellCmd:
		return variable + "%X% there"
	case procfile.ShellPwsh:
		return variable + "$env:X there"
	}
	return systemHint
}

// pwshScript is PowerShell with a text. Its exit code is that of what ran last, which
// -Command alone would make 1, whatever it was.
func pwshScript(program, text string, lookup procfile.Lookup) ([]string, error) {
	script, err := procfile.ExpandPlaced(text, lookup, func(_, word, value string) (string, error) {
		if !isPlain(value) {
			return "", unwritable(word, "PowerShell", value)
		}
		return value, nil
	})
	if err != nil {
		return nil, err
	}
	script = strings.TrimSpace(script) + "\nif (-not $?) { if ($LASTEXITCODE) { exit $LASTEXITCODE }; exit 1 }"
	return []string{program, "-NoLogo", "-NoProfile", "-NonInteractive", "-Command", script}, nil
}

// unwritable is the error about a value that a shell would take apart.
func unwritable(word, shell, value string) error {
	return fmt.Errorf("the value of {%s} cannot be written in a command that %s runs: %q", word, shell, value)
}

// isPlain reports whether a value means nothing but itself to cmd.exe and to PowerShell,
// wherever it stands. Letters are those of all languages, as in the name of a user's folder.
func isPlain(value string) bool {
	return !strings.ContainsFunc(value, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune(`-_./\:+~`, c)
	})
}

// Refusal says why the texts of the service cannot be run here, before anything is
// started: its shell is not there. Nil: they can.
type Refusal struct {
	What string // is missing
	Hint string // what to do about it
}

// Error implements error.
func (r *Refusal) Error() string { return r.What + ": " + r.Hint }

// Refused is why a command of the service cannot be run here, or nil.
func (s *Service) Refused(c procfile.Command) error {
	if c.Shell == "" || s.NoShell == nil {
		return nil
	}
	return s.NoShell
}

// EnvFor is the environment of a command, by its key ("command", "build", "stop",
// "ready.exec"): the service's, and what stands in front of the command.
func (s *Service) EnvFor(key string) []string {
	env := s.Env
	if key == "build" {
		env = s.BuildEnv
	}
	if len(s.Set[key]) == 0 {
		return env
	}
	return slices.Concat(env, s.Set[key])
}
