package project

import (
	"slices"
	"strings"

	"devgate/procfile"
)

// NeedsProcess reports whether a service of this project needs a new process
// where the one that runs was started as old of the project before. What counts
// is what the process is given, and by what it is ready: the keys of which
// procfile's table says so. The variables with which devgate tells of services
// that come or go do not.
func (p *Project) NeedsProcess(s, old *Service, before *Project) bool {
	return differs(procfile.ServiceKeys(), s, old, passingVariables(p, before))
}

// differs reports whether a key that makes a new process necessary has another
// value. passing are variables that do not count.
func differs(keys []procfile.Key, s, old *Service, passing map[string]bool) bool {
	return slices.ContainsFunc(keys, func(k procfile.Key) bool {
		return k.NewProcess && !same(k.Name, s, old, passing)
	})
}

// same compares what a process is given for a key: what the project has worked
// out from it, where it works anything out, else what is written.
func same(key string, s, old *Service, passing map[string]bool) bool {
	switch key {
	case "command":
		return slices.Equal(s.Command, old.Command) && slices.Equal(s.Set[key], old.Set[key])
	case "build":
		return slices.Equal(s.Build, old.Build) && slices.Equal(s.Set[key], old.Set[key])
	case "dir":
		return s.Dir == old.Dir
	case "port":
		return s.Port == old.Port
	case "ready":
		return s.Ready.Equal(old.Ready) && slices.Equal(s.ReadyExec, old.ReadyExec) && slices.Equal(s.Set["ready.exec"], old.Set["ready.exec"])
	case "env", "env_file":
		return slices.Equal(without(s.Env, passing), without(old.Env, passing))
	}
	return procfile.SameValue(key, s.Service, old.Service)
}

// passingVariables are those about services that only one of two projects has.
func passingVariables(p, q *Project) map[string]bool {
	names := map[string]bool{}
	add := func(these, others *Project) {
		for _, s := range these.Services {
			prefix := "DEVGATE_" + variable(s.Name)
			other := others.Service(s.Name)
			if other == nil || other.Port == 0 {
				names[prefix+"_PORT"] = true
			}
			if other == nil || other.URL == "" {
				names[prefix+"_URL"] = true
			}
		}
	}
	add(p, q)
	add(q, p)
	return names
}

// without leaves entries out by the names of their variables.
func without(env []string, names map[string]bool) []string {
	return slices.DeleteFunc(slices.Clone(env), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return names[name]
	})
}
