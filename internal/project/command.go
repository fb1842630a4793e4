package project

import (
	"strconv"
	"strings"

	"devgate/procfile"
	"devgate/procfile/shell"
)

// Expand replaces the placeholders of a text as the service sees them.
func (p *Project) Expand(text string, s *Service) string {
	return procfile.Expand(text, p.lookup(s))
}

// lookup knows the placeholders as the service sees them.
func (p *Project) lookup(s *Service) procfile.Lookup {
	return func(word string) (string, bool) {
		switch word {
		case "name":
			return s.Name, true
		case "root":
			return p.Root, true
		case "bin":
			return s.Bin, true
		case "port":
			return strconv.Itoa(s.Port), s.Port != 0
		case "gateway.port":
			return strconv.Itoa(p.Port), true
		case "gateway.url":
			return p.URL, true
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
	}
}

// commands works out what is executed for the service's commands.
func (p *Project) commands(s *Service) (errs procfile.ErrorList) {
	argv := func(key string, c procfile.Command, seen *Service) []string {
		args, err := p.argv(c, seen)
		if err != nil {
			errs = append(errs, p.File.ErrorAt(s.Position(key), err.Error(), scriptHint))
		}
		return args
	}
	s.Command = argv("command", s.Service.Command, s)
	s.Build = argv("build", s.Service.Build, s.staged())
	s.Stop = argv("stop", s.Service.Stop, s)
	s.ReadyExec = argv("ready.exec", s.Ready.Exec, s)
	return errs
}

// scriptHint is the way out that is always there: the shell never looks into the
// value of a variable for quotes.
const scriptHint = `env = { X = "{...}" } makes it a variable: write $X there`

// argv is what is executed for a command: its list as it is, or a shell.
func (p *Project) argv(c procfile.Command, s *Service) ([]string, error) {
	switch {
	case c.IsZero():
		return nil, nil
	case c.Shell != "":
		return p.script(c.Shell, s)
	}
	args := make([]string, len(c.Args))
	for i, arg := range c.Args {
		args[i] = p.Expand(arg, s)
	}
	return args, nil
}

// script is a shell that runs a text.
func (p *Project) script(text string, s *Service) ([]string, error) {
	lookup := p.lookup(s)
	script, err := procfile.ExpandScript(text, lookup)
	if err != nil {
		return nil, err
	}
	// What a value holds is quoted, and nothing to the shell.
	quiet := procfile.Expand(text, func(word string) (string, bool) {
		value, known := lookup(word)
		if known && !shell.Plain(value) {
			value = "./quoted"
		}
		return value, known
	})
	if replaceable(quiet) {
		script = "exec " + strings.TrimSpace(script)
	}
	return []string{"/bin/sh", "-c", script}, nil
}

// replaceable reports whether the shell may replace itself with the command of a
// script, so that no idle shell stands between devgate and the process. That has to
// be the same for sure: one simple command, nothing to do after it, not a builtin or
// a keyword.
func replaceable(script string) bool {
	trimmed := strings.TrimSpace(script)
	first, _, _ := strings.Cut(trimmed, " ")
	return !strings.ContainsAny(trimmed, ";&|()<>{}\n`#") && !strings.ContainsAny(first, "=$'\"\\*?[~!") && !strings.Contains(shellWords, " "+first+" ")
}

// shellWords are POSIX's reserved words, special builtins and the other
// builtins whose program, if there is one, would not do the same.
const shellWords = " ! { } case do done elif else esac fi for if in then until while [ [[ " +
	". : break continue eval exec exit export readonly return set shift times trap unset source " +
	"alias bg cd command false fc fg getopts hash jobs kill local read true type ulimit umask unalias wait " +
	"test echo printf pwd "
