package project

import (
	"reflect"
	"slices"
	"strings"
)

// NeedsProcess reports whether a service of this project needs a new process
// where the one that runs was started as old of the project before. What counts
// is what the process is given, and by what it is ready; the variables with
// which devgate tells of services that come or go do not.
func (p *Project) NeedsProcess(s, old *Service, before *Project) bool {
	if s.Dir != old.Dir || s.Port != old.Port || s.PTY != old.PTY || s.Once != old.Once || s.RestartStyle != old.RestartStyle || s.Protocol != old.Protocol {
		return true
	}
	if !slices.Equal(s.Command, old.Command) || !slices.Equal(s.Build, old.Build) || !slices.Equal(s.ReadyExec, old.ReadyExec) {
		return true
	}
	if !sameReady(s, old) {
		return true
	}
	passing := passingVariables(p, before)
	return !slices.Equal(without(s.Env, passing), without(old.Env, passing))
}

func sameReady(s, old *Service) bool {
	a, b := s.Ready, old.Ready
	if a.Log != nil && b.Log != nil && a.Log.String() == b.Log.String() {
		a.Log, b.Log = nil, nil // the same expression is another value
	}
	return reflect.DeepEqual(a, b)
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
