package detect

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/found"
	"devgate/internal/detect/split"
	"devgate/internal/detect/tool"
)

// settle works out what services mean to each other, once all are known.
// The order counts: libraries are settled before others wait for them, twins after their
// kinds are final.
func (r *reader) settle() {
	r.settleUnlisted()
	r.settleLibraries()
	r.settleWaits()
	r.settleSprings()
	r.settleTwins()
	for _, s := range r.made {
		r.uses(s)
		r.found.Services = append(r.found.Services, s.Service)
	}
	// Rows of a front end that was left out lead from nowhere.
	r.found.Routes = slices.DeleteFunc(r.found.Routes, func(route found.Route) bool {
		return route.By != nil && !slices.Contains(r.found.Services, route.By)
	})
}

// settleWaits turns ports that are waited for into the services that have them.
func (r *reader) settleWaits() {
	for _, s := range r.made {
		if s.Leaf == nil {
			continue
		}
		for _, n := range s.Leaf.After {
			for _, other := range r.made {
				if other != s && other.Port.Number == n && !slices.Contains(s.After, other.Service) {
					s.After = append(s.After, other.Service)
				}
			}
		}
	}
}

// settleTwins leaves one of two front ends that are the same one twice: ClientApp and
// ClientApp-React.
func (r *reader) settleTwins() {
	all := slices.Clone(r.made)
	r.made = slices.DeleteFunc(r.made, func(s *tool.Made) bool {
		i := slices.IndexFunc(all, func(other *tool.Made) bool { return isTwin(s, other) })
		if i < 0 {
			return false
		}
		name := path.Base(s.Dir)
		r.found.Skip(found.Skip{What: name, Where: s.Dir, Why: "a twin of " + path.Base(all[i].Dir), Paste: &found.Paste{Name: name, Dir: s.Dir, Command: s.Command}})
		return true
	})
}

func isTwin(s, other *tool.Made) bool {
	more, ok := strings.CutPrefix(s.Dir, other.Dir)
	return ok && more != "" && strings.Contains("-_.", more[:1]) && s.Kind.IsFrontEnd() && other.Kind.IsFrontEnd()
}

// settleUnlisted leaves libraries out that no script starts and nothing here imports.
func (r *reader) settleUnlisted() {
	// Where the project has a list, what is on it is meant.
	if root := r.Pack("."); root != nil && r.visited[root] {
		return
	}
	imported := func(l *tool.Made) bool {
		return slices.ContainsFunc(r.made, func(s *tool.Made) bool { return s.Pack.Has(l.Leaf.Pack.Name) })
	}
	r.made = slices.DeleteFunc(r.made, func(s *tool.Made) bool {
		if !s.Library || imported(s) {
			return false
		}
		name := path.Base(s.Dir)
		r.found.Skip(found.Skip{What: name, Where: s.Dir, Why: "a library that nothing here imports", Paste: &found.Paste{Name: name, Dir: s.Dir, Command: s.Command}})
		return true
	})
}

// manyLibraries is how many libraries are built once, by one task, instead of being
// watched each: that many processes are more than a person wants to see.
const manyLibraries = 4

// settleLibraries puts libraries in front of what imports them.
func (r *reader) settleLibraries() {
	libraries := slices.DeleteFunc(slices.Clone(r.made), func(s *tool.Made) bool { return !s.Library })
	if len(libraries) == 0 {
		return
	}
	// All are members of the same workspace in practice; turbo is what can build them in
	// their order.
	root := libraries[0].Leaf.Pack.Root
	if len(libraries) < manyLibraries || !root.Has("turbo") {
		for _, s := range r.made {
			afterImports(s, libraries)
		}
		return
	}
	r.buildOnce(root, libraries)
}

// afterImports lets a service wait for the libraries that its package imports.
func afterImports(s *tool.Made, libraries []*tool.Made) {
	for _, l := range libraries {
		if s.Kind.Answers() && s.Pack.Has(l.Leaf.Pack.Name) && !slices.Contains(s.After, l.Service) {
			s.After = append(s.After, l.Service)
		}
	}
}

// buildOnce puts one task in the place of many libraries.
func (r *reader) buildOnce(root *split.Pack, libraries []*tool.Made) {
	parent := path.Dir(libraries[0].Leaf.Pack.Dir)
	task := &found.Service{
		// They are gone from the services, so nothing watches them: that is said.
		Hint: "build", Dir: root.Dir, Kind: found.Task, From: root.File,
		Command: found.Text(root.Manager.Exec("turbo run build --filter=./" + parent + "/*")),
	}
	r.found.Note(fmt.Sprintf("the %d libraries of the workspace are built once, by [build]: after a change in one, devgate restart build", len(libraries)))
	r.made = slices.DeleteFunc(r.made, func(s *tool.Made) bool { return s.Library })
	for _, s := range r.made {
		if s.Kind.Answers() && s.Pack != nil {
			s.After = append(s.After, task)
		}
	}
	r.add(&tool.Made{Service: task, Pack: root})
}

// springs are the parts of a Spring Cloud.
type springs struct{ config, registry, gateway *tool.Made }

// settleSprings puts the modules of a Spring Cloud in their order: what gives the
// others their settings, and where they find each other, comes first. Where one of
// them is the gateway to the rest, the rest is not asked by anybody else.
func (r *reader) settleSprings() {
	var cloud springs
	for _, s := range r.made {
		switch {
		case s.Module == nil:
		// Spring Cloud's own default ports: 8888 for a config server, 8761 for Eureka.
		case strings.Contains(s.Module.Deps, "config-server"):
			cloud.config = s
			asHelper(s, 8888)
		case strings.Contains(s.Module.Deps, "eureka-server"):
			cloud.registry = s
			asHelper(s, 8761)
		case strings.Contains(s.Module.Deps, "starter-gateway") && (cloud.gateway == nil || strings.Contains(s.Module.Dir, "gateway")):
			cloud.gateway = s
		}
	}
	for _, s := range r.made {
		if s.Module != nil && s != cloud.config {
			cloud.settle(s)
		}
	}
}

func (c springs) settle(s *tool.Made) {
	if c.config != nil && strings.Contains(s.Module.Deps, "starter-config") {
		s.After = append(s.After, c.config.Service)
	}
	if s == c.registry {
		return
	}
	if c.registry != nil && strings.Contains(s.Module.Deps, "eureka-client") {
		s.After = append(s.After, c.registry.Service)
	}
	// Behind a gateway of their own the services register and are found by name, on ports
	// that they choose.
	if c.gateway != nil && s != c.gateway && s.Port.From == "" { // its settings say where it listens
		s.Kind, s.Port, s.Moved, s.Env, s.Ready = found.Worker, found.Port{}, "", nil, found.Ready{}
	}
}

// asHelper makes a server one that only programs of the project ask, on a port that
// they know.
func asHelper(s *tool.Made, usual int) {
	if s.Port.From == "" {
		s.Port.Number = usual
	}
	s.Kind, s.Moved, s.Env = found.Worker, "", nil
	s.Ready = found.Ready{TCP: s.Port.Number, Timeout: s.Ready.Timeout}
}
