package project

import (
	"regexp"
	"strconv"
	"strings"
	"sync"

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
	s.Set = nil
	argv := func(key string, c procfile.Command, seen *Service) []string {
		args, set, err := p.argv(c, seen)
		if len(set) > 0 {
			s.Set = with(s.Set, key, set)
		}
		if err != nil {
			errs = append(errs, p.File.ErrorAt(s.Position(key), err.Error(), scriptHint(s.Shell)))
		}
		return args
	}
	s.Command = argv("command", p.command(s), s)
	s.Build = argv("build", s.Service.Build, s.staged())
	s.Stop = argv("stop", s.Service.Stop, s)
	s.ReadyExec = argv("ready.exec", s.Ready.Exec, s)
	s.NoShell = refusal(s)
	return errs
}

// command is the service's, as it is written. A line of a Procfile that says PORT=n says by it
// where the service is, so the number goes along where that has moved.
func (p *Project) command(s *Service) procfile.Command {
	c := s.Service.Command
	if p.Moved() && p.File.Format == procfile.Procfile {
		c.Shell = procfile.WithPort(c.Shell, s.Port)
	}
	return c
}

// with is a map with one more entry; nil is an empty one.
func with(all map[string][]string, key string, values []string) map[string][]string {
	if all == nil {
		all = map[string][]string{}
	}
	all[key] = values
	return all
}

// argv is what is executed for a command: its list as it is, or a shell; and what its
// environment has to have besides.
func (p *Project) argv(c procfile.Command, s *Service) (args, set []string, err error) {
	switch {
	case c.IsZero():
		return nil, nil, nil
	case c.Shell != "":
		return p.script(c.Shell, s)
	}
	args = make([]string, len(c.Args))
	for i, arg := range c.Args {
		args[i] = p.Expand(arg, s)
	}
	return args, nil, nil
}

// quiet is a script in which what a value holds is quoted, and so nothing to the
// shell.
func quiet(text string, lookup procfile.Lookup) string {
	return procfile.Expand(text, func(word string) (string, bool) {
		value, known := lookup(word)
		if known && !shell.Plain(value) {
			value = quotedValue
		}
		return value, known
	})
}

// quotedValue stands for one that has to be quoted.
const quotedValue = "./quoted"

// assignment is one in front of a simple command, without anything for the shell to
// work out.
var assignment = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\s*([A-Za-z_][A-Za-z0-9_]*)=[^\s;&|()<>{}` + "`" + `#$'"\\*?\[~]*\s+`)
})

// Program is the program that a command of the service starts, as it is written, with
// placeholders filled in. It is "" where only a shell could tell: several commands, a
// word of the shell's own, a PATH that is set in front of it.
func (p *Project) Program(c procfile.Command, s *Service) string {
	if c.Shell == "" {
		return p.Expand(strings.Join(c.Args[:min(1, len(c.Args))], ""), s)
	}
	if !s.Shell.IsPOSIX() {
		return otherShell(s)
	}
	text := quiet(c.Shell, p.lookup(s))
	for m := assignment().FindStringSubmatch(text); m != nil; m = assignment().FindStringSubmatch(text) {
		if m[1] == "PATH" {
			return ""
		}
		text = text[len(m[0]):]
	}
	fields := strings.Fields(text)
	if !replaceable(text) || len(fields) == 0 || fields[0] == quotedValue {
		return ""
	}
	return fields[0]
}

// otherShell is the program that reads a text which is not for sh; "" where it is not
// looked for in PATH.
func otherShell(s *Service) string {
	if s.Shell == procfile.ShellPwsh {
		return pwshProgram(s)
	}
	return ""
}

// Shown is a command of the service as a person reads it: its placeholders filled in
// and quoted as the shell gets them, but for ports that each start chooses anew; of
// several lines the first.
func (p *Project) Shown(c procfile.Command, s *Service) string {
	lookup := p.settled(s)
	text, err := procfile.ExpandScript(c.Shell, lookup)
	if !s.Shell.IsPOSIX() {
		text, err = procfile.Expand(c.Shell, lookup), nil
	}
	if err != nil {
		text = c.Shell // it cannot be run either, which is an error of its own
	}
	words := make([]string, len(c.Args))
	for i, arg := range c.Args {
		words[i] = quoted(procfile.Expand(arg, lookup))
	}
	text = strings.TrimSpace(text + strings.Join(words, " "))
	if first, more, several := strings.Cut(text, "\n"); several && strings.TrimSpace(more) != "" {
		return strings.TrimSpace(first) + " …"
	}
	return text
}

// settled knows the placeholders whose values the next start has, too.
func (p *Project) settled(s *Service) procfile.Lookup {
	lookup := p.lookup(s)
	return func(word string) (string, bool) {
		name, _, _ := strings.Cut(word, ".")
		if word == "port" {
			name = s.Name
		}
		if other := p.Service(name); other != nil && other.Service.Port.Auto && name != "gateway" {
			return "", false
		}
		return lookup(word)
	}
}

// quoted is an argument as it would be written for a shell.
func quoted(arg string) string {
	if shell.Plain(arg) {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
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
