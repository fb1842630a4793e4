package project

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/go-envparse"

	"devgate/procfile"
)

// layers are the parts of a service's environment that were read: later ones
// win. What devgate itself says, and placeholders, come in with environment.
type layers struct {
	own    map[string]string // devgate's, the same for all
	shared map[string]string // of the top env_file, the same for all
	files  map[string]string // of the service's env_file
}

// readEnvFiles reads what the environment of every service is made from. It
// comes after folders, in which the files are.
func (l *loader) readEnvFiles() {
	p := l.project
	own, shared := l.own(), map[string]string{}
	for _, name := range p.File.EnvFile {
		l.envFile(shared, p.Root, name, p.File.Pos("env_file"), !p.File.EnvFileSet)
	}
	for _, s := range p.Services {
		files := map[string]string{}
		for _, name := range s.EnvFile {
			l.envFile(files, s.Dir, name, s.Position("env_file"), false)
		}
		s.layers = layers{own, shared, files}
	}
}

// environment is the whole of a service's environment, sorted.
func (p *Project) environment(s *Service) []string {
	env, given := maps.Clone(s.layers.own), p.given(s)
	maps.Copy(env, given)
	maps.Copy(env, s.layers.shared)
	p.expandInto(env, p.File.Env, s)
	if s.Port != 0 {
		env["PORT"] = given["PORT"] // a PORT for all must not put every service on one port
	}
	maps.Copy(env, s.layers.files)
	p.expandInto(env, s.Service.Env, s)
	return list(env)
}

// own is devgate's environment, with what services need to print at once and
// in colour unless the user has an opinion on it.
func (l *loader) own() map[string]string {
	env := map[string]string{}
	for _, entry := range l.options.Environ {
		if name, value, ok := strings.Cut(entry, "="); ok {
			env[name] = value
		}
	}
	setDefault(env, "PYTHONUNBUFFERED", "1")
	if l.options.Color {
		setDefault(env, "FORCE_COLOR", "1")
		setDefault(env, "CLICOLOR_FORCE", "1")
	}
	return env
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

// envFile adds the variables of a file; one that nobody asked for by name may
// be missing.
func (l *loader) envFile(env map[string]string, base, name string, pos procfile.Position, mayMiss bool) {
	path := absolute(base, name)
	if !slices.Contains(l.project.Inputs, path) {
		l.project.Inputs = append(l.project.Inputs, path)
	}
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, os.ErrNotExist) && mayMiss:
		return
	case errors.Is(err, os.ErrNotExist):
		l.fail(pos, "env file "+name+" does not exist", "make it, or correct the path; it starts at "+base)
		return
	case err != nil:
		l.fail(pos, "env file "+name+" cannot be read: "+errors.Unwrap(err).Error(), "")
		return
	}
	values, err := envparse.Parse(bytes.NewReader(text))
	if err != nil {
		l.errs = append(l.errs, l.envError(path, text, err))
	}
	maps.Copy(env, values)
}

func (l *loader) envError(path string, text []byte, err error) *procfile.Error {
	e := &procfile.Error{File: shownPath(l.options.Dir, path), Msg: err.Error(), Hint: "write NAME=value, one a line; # begins a comment", Err: err}
	var parse *envparse.ParseError
	if errors.As(err, &parse) {
		e.Pos, e.Msg = procfile.Position{Line: parse.Line, Column: 1}, parse.Err.Error()
		if lines := strings.Split(string(text), "\n"); parse.Line <= len(lines) {
			e.Line = lines[parse.Line-1]
			e.Width = len([]rune(e.Line))
		}
	}
	return e
}

func list(env map[string]string) []string {
	all := make([]string, 0, len(env))
	for _, name := range slices.Sorted(maps.Keys(env)) {
		all = append(all, name+"="+env[name])
	}
	return all
}
