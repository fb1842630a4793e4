package project

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"devgate/internal/envfile"
)

// layers are the parts of a service's environment that were read: later ones
// win. What devgate itself says, and placeholders, come in with environment.
type layers struct {
	own    map[string]string // devgate's, the same for all
	shared []*envfile.File   // the top env_file, the same for all
	files  []*envfile.File   // the service's env_file
	color  bool              // devgate prints colours
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

// apply lays the variables of files over those that there are, the later over the
// earlier.
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

// setDefault sets a variable that nobody has set; an empty one is set.
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

// expandInto lays variables of the Devgatefile over those that there are. No shell
// reads them, so values stand in them as they are.
func (p *Project) expandInto(env, values map[string]string, s *Service) {
	for name, value := range values {
		env[name] = p.Expand(value, s)
	}
}

// list is an environment as processes get it, sorted so that two can be compared.
func list(env map[string]string) []string {
	all := make([]string, 0, len(env))
	for _, name := range slices.Sorted(maps.Keys(env)) {
		all = append(all, name+"="+env[name])
	}
	return all
}
