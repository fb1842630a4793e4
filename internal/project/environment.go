package project

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"devgate/internal/envfile"
	"devgate/procfile"
)

// layers are the parts of a service's environment that were read: later ones
// win. What devgate itself says, and placeholders, come in with environment.
type layers struct {
	own    map[string]string // devgate's, the same for all
	shared []*envfile.File   // the top env_file, the same for all
	files  []*envfile.File   // the service's env_file
	color  bool              // devgate prints colours
}

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

// environment is the whole of a service's environment, sorted. What an env file
// refers to is what is there by then: the layers below it.
func (p *Project) environment(s *Service) []string {
	env, given := maps.Clone(s.layers.own), p.given(s)
	maps.Copy(env, given)
	apply(s.layers.shared, env)
	p.expandInto(env, p.File.Env, s)
	if s.Port != 0 {
		env["PORT"] = given["PORT"] // a PORT for all must not put every service on one port
	}
	apply(s.layers.files, env)
	p.expandInto(env, s.Service.Env, s)
	if s.layers.color {
		setColor(env)
	}
	return list(env)
}

func apply(files []*envfile.File, env map[string]string) {
	for _, file := range files {
		file.Apply(env)
	}
}

// own is devgate's environment, with what services need to print at once unless
// the user has an opinion on it.
func (l *loader) own() map[string]string {
	env := map[string]string{}
	for _, entry := range l.options.Environ {
		if name, value, ok := strings.Cut(entry, "="); ok {
			env[name] = value
		}
	}
	setDefault(env, "PYTHONUNBUFFERED", "1")
	return env
}

// setColor asks for colours, in the two ways that programs know, of a service
// for which nobody has an opinion on them. One of the variables is one: programs
// that see two do not agree on which counts.
func setColor(env map[string]string) {
	for _, name := range []string{"NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"} {
		if _, set := env[name]; set {
			return
		}
	}
	env["FORCE_COLOR"], env["CLICOLOR_FORCE"] = "1", "1"
}

func setDefault(env map[string]string, name, value string) {
	if _, set := env[name]; !set {
		env[name] = value
	}
}

// given is what devgate tells a service about itself and the others.
func (p *Project) given(s *Service) map[string]string {
	env := map[string]string{"DEVGATE": "1", "DEVGATE_NAME": s.Name, "DEVGATE_URL": p.URL}
	if s.Port != 0 {
		env["PORT"] = strconv.Itoa(s.Port)
	}
	for _, other := range p.Services {
		prefix := "DEVGATE_" + variable(other.Name)
		if other.Port != 0 {
			env[prefix+"_PORT"] = strconv.Itoa(other.Port)
		}
		if other.URL != "" {
			env[prefix+"_URL"] = other.URL
		}
	}
	return env
}

// variable is a service's name as part of a variable's.
func variable(name string) string {
	return strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

func (p *Project) expandInto(env, values map[string]string, s *Service) {
	for name, value := range values {
		env[name] = p.Expand(value, s)
	}
}

// envFile reads a file of variables; one that nobody named may be missing, and
// what is wrong with it is a warning.
func (l *loader) envFile(base, name string, pos procfile.Position, named bool) *envfile.File {
	path := absolute(base, name)
	if !slices.Contains(l.project.Inputs, path) {
		l.project.Inputs = append(l.project.Inputs, path)
	}
	text, err := os.ReadFile(path)
	switch {
	case err != nil && !named:
		l.warnUnread(path, err)
	case errors.Is(err, os.ErrNotExist):
		l.fail(pos, "env file "+name+" does not exist", "make it, or correct the path; it starts at "+base)
	case err != nil:
		l.fail(pos, "env file "+name+" cannot be read: "+errors.Unwrap(err).Error(), "")
	}
	file, faults := envfile.Parse(text)
	if named {
		l.errs = append(l.errs, l.inEnvFile(path, faults)...)
	} else {
		l.warnFaults(path, faults)
	}
	return file
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

// warnUnread says why a file that nobody has named is not read, if it is there.
func (l *loader) warnUnread(path string, err error) {
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	l.project.Warnings = append(l.project.Warnings, &procfile.Error{
		File: shownPath(l.options.Dir, path), Msg: "cannot be read, and is not used: " + errors.Unwrap(err).Error(), Hint: unnamedHint, Err: err,
	})
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
		l.project.Warnings = append(l.project.Warnings, &procfile.Error{
			File: shownPath(l.options.Dir, path), Msg: fmt.Sprintf("%d more lines are not used", more), Hint: unnamedHint,
		})
	}
}

func list(env map[string]string) []string {
	all := make([]string, 0, len(env))
	for _, name := range slices.Sorted(maps.Keys(env)) {
		all = append(all, name+"="+env[name])
	}
	return all
}
