package proxy

import (
	"net/http"
	"slices"
	"strings"
)

// chain is one configuration, ready to use. It never changes: a request keeps
// the chain that it began with.
type chain struct {
	Config
	candidates []*candidate
	hosts      *hostList
}

// candidate is a backend as the cascade sees it.
type candidate struct {
	Backend
	patterns []pattern
	up       *upstream
}

// newChain compiles cfg. Backends that old already has keep their upstream.
func newChain(cfg Config, old *chain) *chain {
	cfg = cfg.withDefaults()
	ch := &chain{Config: cfg, hosts: newHostList(cfg.Hosts)}
	for _, b := range cfg.Backends {
		if b.Fallthrough == nil {
			b.Fallthrough = []int{http.StatusNotFound}
		}
		c := &candidate{Backend: b, up: old.upstreamOf(&b)}
		for _, p := range b.Paths {
			c.patterns = append(c.patterns, compilePattern(p))
		}
		if c.up == nil {
			c.up = newUpstream(&b)
		}
		ch.candidates = append(ch.candidates, c)
	}
	return ch
}

// upstreamOf returns the upstream of the same backend at the same place, or nil.
func (ch *chain) upstreamOf(b *Backend) *upstream {
	if ch == nil {
		return nil
	}
	c := ch.find(b.Name)
	if c == nil || c.address() != b.address() || c.secure() != b.secure() || c.H2C != b.H2C || c.Remote != b.Remote {
		return nil
	}
	return c.up
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
