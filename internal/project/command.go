package project

import (
	"strconv"
	"strings"

	"devgate/procfile"
)

// Expand replaces the placeholders of a text as the service sees them.
func (p *Project) Expand(text string, s *Service) string {
	return procfile.Expand(text, func(word string) (string, bool) {
		switch word {
		case "name":
			return s.Name, true
		case "root":
			return p.Root, true
		case "bin":
			return s.Bin, true
		case "port":
			return strconv.Itoa(s.Port), s.Port != 0
		}
		name, field, _ := strings.Cut(word, ".")
		other := p.Service(name)
		switch {
		case other == nil:
			return "", false
		case field == "port":
			return strconv.Itoa(other.Port), other.Port != 0
		case field == "url":
			return other.URL, other.URL != ""
		}
		return "", false
	})
}

func (p *Project) commands(s *Service) {
	s.Command = p.argv(s.Service.Command, s)
	s.Build = p.argv(s.Service.Build, s.staged())
	s.Stop = p.argv(s.Service.Stop, s)
	s.ReadyExec = p.argv(s.Ready.Exec, s)
}

// argv is what is executed for a command: its list as it is, or a shell.
func (p *Project) argv(c procfile.Command, s *Service) []string {
	if c.IsZero() {
		return nil
	}
	if c.Shell != "" {
		return []string{"/bin/sh", "-c", direct(p.Expand(c.Shell, s))}
	}
	args := make([]string, len(c.Args))
	for i, arg := range c.Args {
		args[i] = p.Expand(arg, s)
	}
	return args
}

// direct lets the shell replace itself with the command where that is the same
// for sure, so that no idle shell stands between devgate and the process: one
// simple command, nothing to do after it, not a builtin or a keyword.
func direct(script string) string {
	trimmed := strings.TrimSpace(script)
	first, _, _ := strings.Cut(trimmed, " ")
	if strings.ContainsAny(trimmed, ";&|()<>{}\n`#") || strings.ContainsAny(first, "=$'\"\\*?[~!") || strings.Contains(shellWords, " "+first+" ") {
		return script
	}
	return "exec " + trimmed
}

// shellWords are POSIX's reserved words, special builtins and the other
// builtins whose program, if there is one, would not do the same.
const shellWords = " ! { } case do done elif else esac fi for if in then until while [ [[ " +
	". : break continue eval exec exit export readonly return set shift times trap unset source " +
	"alias bg cd command false fc fg getopts hash jobs kill local read true type ulimit umask unalias wait " +
	"test echo printf pwd "
