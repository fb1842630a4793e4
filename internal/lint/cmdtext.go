package lint

import (
	"regexp"
	"strings"
	"sync"

	"devgate/internal/project"
	"devgate/procfile"
)

// forCmd says of the texts of a service that cmd.exe reads what in them is written for sh.
func (w *warnings) forCmd(s *project.Service) {
	if s.Shell != procfile.ShellUnset {
		return // whoever names a shell knows it
	}
	for _, c := range []struct {
		key     string
		command procfile.Command
	}{{"command", s.Service.Command}, {"build", s.Service.Build}, {"stop", s.Service.Stop}, {"ready", s.Ready.Exec}} {
		found := wordsOfSh(c.command.Shell, w.project.File.Format == procfile.Procfile)
		if len(found) == 0 {
			continue
		}
		var parts, hints []string
		for _, f := range found {
			parts, hints = append(parts, f.text), append(hints, f.instead)
		}
		w.warn(s, c.key, "what sh makes of "+strings.Join(parts, " and ")+" is not done on Windows", w.shellHint(hints), parts...)
	}
}

// shellHint is what to do about words of sh: name it, where there is a place for that.
func (w *warnings) shellHint(instead []string) string {
	text := "write " + strings.Join(instead, ", ")
	if w.project.File.Format == procfile.Procfile {
		return text + "; a Devgatefile may also say shell = \"sh\""
	}
	return `add shell = "sh" (that of Git for Windows), or ` + text
}

// shWord is something in a text that only sh reads as it is meant.
type shWord struct {
	text    string // as it stands there
	instead string // what to write where cmd.exe reads it
}

// shForm finds one kind of them. Its group is what is shown.
type shForm struct {
	form    func() *regexp.Regexp
	quoted  bool // also between double quotes, which sh looks into
	instead string
}

// formOnce compiles a form when it is first needed: most commands of devgate never do.
func formOnce(form string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(form) })
}

// shForms are those that are told, each once for a text.
func shForms() []shForm {
	return []shForm{
		{exportForm, false, `set "NAME=value"&& for export`},
		{variableForm, true, "%NAME% for $NAME"},
		{substitutionForm, true, "a script for $(...)"},
		{quoteForm, false, `"..." for '...'`},
		{sequenceForm, false, "&& for ;"},
		{backgroundForm, false, "a service of its own for what runs beside it"},
		{nowhereForm, false, "NUL for /dev/null"},
	}
}

var (
	exportForm       = formOnce(`(?:^|[;&|(]\s*|\s)(export\s+[A-Za-z_]\w*=)`)
	variableForm     = formOnce(`(\$[A-Za-z_]\w*|\$\{[A-Za-z_]\w*[^}]*\})`)
	substitutionForm = formOnce("(\\$\\([^)]*\\)|`[^`]*`)")
	quoteForm        = formOnce(`(?:^|[\s=(&|;])('[^']*')`)
	sequenceForm     = formOnce(`(;)(?:\s|$)`)
	backgroundForm   = formOnce(`[^&>|\s^]\s*(&)(?:[^&>\d]|$)`)
	portForm         = formOnce(`\$PORT\b|\$\{PORT(?::?-[^{}]*)?\}`)
	nowhereForm      = formOnce(`(/dev/null)\b`)
)

// wordsOfSh are the words of sh in a text. In a Procfile $PORT is none, as devgate puts the
// port there.
func wordsOfSh(text string, procfileLine bool) (found []shWord) {
	if procfileLine {
		text = portForm().ReplaceAllString(text, "0")
	}
	text = project.WithoutValues(text)
	bare := withoutQuoted(text)
	for _, f := range shForms() {
		in := bare
		if f.quoted {
			in = text
		}
		if m := f.form().FindStringSubmatchIndex(in); m != nil {
			found = append(found, shWord{text[m[2]:m[3]], f.instead})
		}
	}
	return found
}

// withoutQuoted is a text with blanks in the place of what stands between double quotes.
func withoutQuoted(text string) string {
	bare, quoted := []byte(text), false
	for i, c := range bare {
		if c == '"' {
			quoted = !quoted
		} else if quoted {
			bare[i] = ' '
		}
	}
	return string(bare)
}

// signal says that a stop_signal is another one on Windows.
func (w *warnings) signal(s *project.Service) {
	name := s.StopSignal.Name
	if !s.Has("stop_signal") || name == "TERM" || name == "INT" || name == "KILL" {
		return
	}
	w.warn(s, "stop_signal", "Windows has no "+name+": the service is sent Ctrl-C, as for TERM", `stop = "..." runs a command instead`, name)
}
