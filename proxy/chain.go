package proxy

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"devgate/proxy/ingress"
)

// chain is one configuration, ready to use. It never changes: a request keeps
// the chain that it began with.
type chain struct {
	Config
	candidates []*candidate
	hosts      *ingress.Hosts
	upstreams  map[string]*upstream // by name in lower case; also of backends that are gone
}

// candidate is a backend as the cascade sees it.
type candidate struct {
	Backend
	patterns []pattern
	up       *upstream
}

// newChain compiles cfg. A name that known has keeps its upstream, which is told
// of the configuration; the names of those that begin anew by it are returned.
func newChain(cfg Config, known map[string]*upstream, pr prober) (ch *chain, anew []string) {
	cfg = cfg.withDefaults()
	ch = &chain{Config: cfg, hosts: ingress.NewHosts(cfg.Hosts), upstreams: maps.Clone(known)}
	if ch.upstreams == nil {
		ch.upstreams = make(map[string]*upstream)
	}
	for _, b := range cfg.Backends {
		if b.Fallthrough == nil {
			b.Fallthrough = []int{http.StatusNotFound}
		}
		c := &candidate{Backend: b, up: ch.upstream(b.Name)}
		for _, p := range b.Paths {
			c.patterns = append(c.patterns, compilePattern(p))
		}
		if c.up == nil {
			c.up = newUpstream(&b, pr)
			ch.upstreams[strings.ToLower(b.Name)] = c.up
		} else if c.up.configure(&b) {
			anew = append(anew, b.Name)
		}
		ch.candidates = append(ch.candidates, c)
	}
	return ch, anew
}

// upstream returns that of a backend that is, or was, of that name; or nil.
func (ch *chain) upstream(name string) *upstream { return ch.upstreams[strings.ToLower(name)] }

// retired lists the backends that only earlier configurations had.
func (ch *chain) retired() []string {
	var names []string
	for name := range ch.upstreams {
		if ch.find(name) == nil {
			names = append(names, name)
		}
	}
	return names
}

// find returns the backend of that name, or nil.
func (ch *chain) find(name string) *candidate {
	i := slices.IndexFunc(ch.candidates, func(c *candidate) bool { return strings.EqualFold(c.Name, name) })
	if i < 0 {
		return nil
	}
	return ch.candidates[i]
}

// forPath appends to list the backends to ask for path, in order. What is
// Absent now is left out for the whole request: a backend that joins midway
// could not be given a body that was no longer being kept.
func (ch *chain) forPath(list []*candidate, path string) []*candidate {
	for _, c := range ch.candidates {
		if !c.matches(path) || c.up.look().Phase == Absent {
			continue
		}
		list = append(list, c)
		if c.Final {
			break
		}
	}
	return list
}

func (c *candidate) matches(path string) bool {
	if len(c.patterns) == 0 {
		return true
	}
	return slices.ContainsFunc(c.patterns, func(p pattern) bool { return p.match(path) })
}

// backendOf returns the backend that "NAME.localhost" names, or nil.
func (ch *chain) backendOf(host string) *candidate {
	name, ok := strings.CutSuffix(ingress.HostName(host), ".localhost")
	if !ok || name == "" {
		return nil
	}
	return ch.find(name)
}
