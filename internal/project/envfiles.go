package project

import (
	"cmp"
	"errors"
	"fmt"
	"os"

	"devgate/internal/envfile"
	"devgate/internal/input"
	"devgate/procfile"
)

// readEnvFiles reads what the environment of every service is made from. It
// comes after folders, in which the files are.
func (l *loader) readEnvFiles() {
	p := l.project
	own := l.own()
	var shared []*envfile.File
	for _, name := range p.File.EnvFile {
		shared = append(shared, l.envFile(p.Root, name, p.File.Pos("env_file"), p.File.EnvFileSet))
	}
	for _, s := range p.Services {
		var files []*envfile.File
		for _, name := range s.EnvFile {
			files = append(files, l.envFile(s.Dir, name, s.Position("env_file"), true))
		}
		s.layers = layers{own, shared, files, l.options.Color}
	}
}

// envText is what was read of an env file.
type envText struct {
	file   *envfile.File
	faults []*envfile.Error // in what it holds
	err    error            // it cannot be read at all
}

// envFile is what a file of variables says; one that nobody named may be missing,
// and what is wrong with it is a warning.
func (l *loader) envFile(base, name string, pos procfile.Position, named bool) *envfile.File {
	path := l.inherited(absolute(base, name))
	text := l.envText(path)
	switch {
	case text.err != nil && !named:
		return l.unread(path, text.err)
	case errors.Is(text.err, os.ErrNotExist):
		l.fail(pos, "env file "+name+" does not exist", "make it, or correct the path; it starts at "+base)
	case text.err != nil:
		l.fail(pos, "env file "+name+" cannot be read: "+errors.Unwrap(text.err).Error(), advice(text.err))
	case named:
		l.errs = append(l.errs, l.inEnvFile(path, text.faults)...)
	default:
		l.warnFaults(path, text.faults)
	}
	return text.file
}

// envText reads a file once, however many services name it: what comes out of a
// pipe does so once.
func (l *loader) envText(path string) envText {
	p := l.project
	if text, again := p.envTexts[path]; again {
		return text
	}
	p.Inputs = appendOnce(p.Inputs, path)
	src, err := input.Read(l.ctx, path)
	file, faults := envfile.Parse(src)
	text := envText{file, faults, err}
	p.envTexts[path] = text
	return text
}

// inEnvFile makes errors of what is wrong in an env file. They do not show the
// line: it may hold a secret.
func (l *loader) inEnvFile(path string, faults []*envfile.Error) procfile.ErrorList {
	var all procfile.ErrorList
	for _, f := range faults {
		all = append(all, &procfile.Error{
			File: shownPath(l.options.Dir, path), Pos: procfile.Position{Line: f.Line, Column: f.Column}, Msg: f.Msg, Hint: f.Hint, Err: f,
		})
	}
	return all
}

// unnamedHint is the way to a project without a warning about a file that
// nobody has named.
const unnamedHint = "if it is no file of variables, write env_file = []"

// unread says why a file that nobody has named is not read, if it is there. What
// cannot be asked just now says what it said before: services that run must not
// lose their secrets because a password manager has locked itself.
func (l *loader) unread(path string, err error) *envfile.File {
	none := &envfile.File{}
	if errors.Is(err, os.ErrNotExist) {
		return none
	}
	msg, hint := "cannot be read, and is not used: ", cmp.Or(advice(err), unnamedHint)
	before, known := l.before(path)
	if known && (errors.Is(err, input.ErrNoWriter) || errors.Is(err, input.ErrUnfinished) || errors.Is(err, input.ErrSilent)) {
		msg, none = "cannot be read, and counts as it was: ", before
		l.project.envTexts[path] = envText{file: before} // also for the next reload
	}
	l.warn(path, msg+errors.Unwrap(err).Error(), hint)
	return none
}

// before is what a file said when the project that runs was read.
func (l *loader) before(path string) (*envfile.File, bool) {
	if l.options.Before == nil {
		return nil, false
	}
	text, known := l.options.Before.envTexts[path]
	return text.file, known && text.err == nil
}

// warn keeps what is wrong with a file that nobody has named.
func (l *loader) warn(path, msg, hint string) {
	l.project.Warnings = append(l.project.Warnings, &procfile.Error{File: shownPath(l.options.Dir, path), Msg: msg, Hint: hint})
}

// warnFaults says what of a file that nobody has named is not used: of a file
// that is something else, not every line.
func (l *loader) warnFaults(path string, faults []*envfile.Error) {
	const most = 5
	all := l.inEnvFile(path, faults)
	for _, e := range all[:min(most, len(all))] {
		e.Msg += "; it is not used"
		l.project.Warnings = append(l.project.Warnings, e)
	}
	if more := len(all) - most; more > 0 {
		l.warn(path, fmt.Sprintf("%d more lines are not used", more), unnamedHint)
	}
}
