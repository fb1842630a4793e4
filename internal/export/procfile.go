package export

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// writeProcfile writes a line a service: all that a Procfile can say.
func writeProcfile(m *Model) (string, error) {
	var b strings.Builder
	b.WriteString(commented("#", []string{
		fmt.Sprintf("%s, by devgate %s (devgate export procfile)", plainText(m.Project), m.Version), "",
		"lost on the way: ready, after, restart, build, watch, and the cascade.",
		"The variables of env files are for who runs this; PORT is set where the command does not have it.",
	}))
	for i := range m.Here {
		s := &m.Here[i]
		if s.Kind == Remote {
			fmt.Fprintf(&b, "# %s is at %s\n", s.Name, plainText(s.URL))
			continue
		}
		if s.Kind == Task {
			fmt.Fprintf(&b, "# once, before the others:\n# %s\n", plainText(s.line()))
			continue
		}
		if strings.ContainsAny(s.Command, "\n\r") {
			return "", fmt.Errorf("the command of %s has several lines, and a Procfile has one for each process: put it into a script", s.Name)
		}
		if strings.Contains(s.Command, "{bin}") {
			fmt.Fprintf(&b, "# %s: put the program that its build makes in the place of {bin}\n", s.Name)
		}
		for _, v := range s.Env {
			switch {
			case !shellName().MatchString(v.Name):
				fmt.Fprintf(&b, "# %s needs %s, which no shell can set\n", s.Name, plainText(v.Name))
			case v.Secret:
				fmt.Fprintf(&b, "# %s needs %s, which looks like a secret\n", s.Name, v.Name)
			}
		}
		b.WriteString(s.line() + "\n")
	}
	return b.String(), nil
}

// line is the service as one of a Procfile.
func (s *Service) line() string {
	var before []string
	if s.Dir != "." {
		before = append(before, "cd "+shellQuote(s.Dir)+" &&")
	}
	set := len(before)
	if s.Port != 0 {
		before = append(before, "PORT="+strconv.Itoa(s.Port))
	}
	for _, v := range s.Env {
		if !v.Secret && shellName().MatchString(v.Name) {
			before = append(before, v.Name+"="+shellQuote(v.Value))
		}
	}
	command := s.Command
	if len(before) > set && strings.IndexFunc(command, needsShell) >= 0 {
		command = "sh -c " + shellQuote(command)
	}
	return s.Name + ": " + strings.Join(append(before, command), " ")
}

// needsShell reports whether a character may be more than a part of one command's words: what is set before
// a command is neither for the next one nor for its own $PORT.
func needsShell(r rune) bool {
	return r >= 0x80 || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" @%+=:,./_-{}\"'", r)
}
