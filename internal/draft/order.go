package draft

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"devgate/internal/detect/found"
)

// frontNames are what people call the front end that comes first.
var frontNames = []string{"web", "frontend", "app", "client", "webapp", "www", "ui", "site"}

// rank finds the service whose page is the home page.
// The best kind that is there: a front end, else a server that makes pages, else an API.
func (p *planner) rank() {
	for _, isHome := range []func(found.Kind) bool{
		found.Kind.IsFrontEnd,
		func(k found.Kind) bool { return k == found.App },
		func(k found.Kind) bool { return k == found.API },
	} {
		var homes []*Service
		for _, s := range p.services {
			if isHome(s.Kind) && len(s.Paths) == 0 {
				homes = append(homes, s)
			}
		}
		if len(homes) > 0 {
			// MinFunc takes the first of equals: the project's own order decides.
			p.main = slices.MinFunc(homes, func(a, b *Service) int { return cmp.Compare(frontRank(a), frontRank(b)) })
			return
		}
	}
}

func frontRank(s *Service) int {
	if i := slices.Index(frontNames, s.Name); i >= 0 {
		return i
	}
	return len(frontNames)
}

// isFront reports whether a service is the front end, or one of several.
func (p *planner) isFront(s *Service) bool { return s == p.main || s.Kind.IsFrontEnd() }

// place is where a service stands in the cascade.
// The numbers only have their order. Those with paths first, as they take what is theirs
// and leave the rest; a server that answers every path last of those that are asked.
func (p *planner) place(s *Service) int {
	switch {
	case s.Kind == found.Task:
		return 9
	case s.Kind == found.Assets:
		return 8
	case !s.Kind.Answers():
		return 7
	case s.Kind == found.RPC:
		return 6
	case len(s.Paths) > 0:
		return 0
	case s == p.main:
		return 1
	case s.Kind.IsFrontEnd():
		return 2
	case s.Last:
		return 5
	}
	return 3
}

// order sorts the services: the order of the tables is that of the cascade.
func (p *planner) order() {
	p.Services = slices.DeleteFunc(slices.Clone(p.services), func(s *Service) bool { return slices.Contains(p.Parked, s) })
	slices.SortStableFunc(p.Services, func(a, b *Service) int {
		return cmp.Or(
			cmp.Compare(p.place(a), p.place(b)),
			// Of two patterns the longer is the more special one, and the cascade asks in
			// order.
			cmp.Compare(longest(b.Paths), longest(a.Paths)),
			cmp.Compare(a.firstRow, b.firstRow),
		)
	})
	for _, s := range p.Services {
		// It can still be asked by its own name: the gateway takes NAME.localhost for
		// that service.
		if s.Kind.IsFrontEnd() && s != p.main && len(s.Paths) == 0 {
			p.say(fmt.Sprintf("%s is http://%s.localhost:%d", s.Name, s.Name, p.Port))
		}
	}
}

// tidy takes away what would mean nothing in the file, or something else.
func (p *planner) tidy() {
	for _, s := range p.Services {
		s.Env = slices.DeleteFunc(s.Env, func(v Var) bool { // nobody asks what is not there
			return slices.ContainsFunc(p.Parked, func(o *Service) bool { return strings.Contains(string(v.Value), "\x00"+o.Name+".") })
		})
		// A timeout with nothing to wait for.
		if nothing := (found.Ready{Timeout: s.Ready.Timeout}); !s.hasPort() && s.Ready == nothing { // to wait for
			with := *s.Service
			with.Ready = found.Ready{}
			p.replace(s, &with)
		}
		s.Watch, s.Ignore = plainGlobs(s.Watch), plainGlobs(s.Ignore)
	}
}

// addressOf stands for a service's own address.
func addressOf(s *Service) found.Text { return found.Text("\x00" + s.Name + ".url\x00") }

// plainGlobs are the globs that mean what they look like: a folder's name may hold
// what is a sign in a glob.
func plainGlobs(globs []string) []string {
	return slices.DeleteFunc(slices.Clone(globs), func(g string) bool {
		return g == "" || strings.ContainsAny(g, "[]\\!\n") || strings.Count(g, "{") != strings.Count(g, "}") || strings.Index(g, "}") < strings.Index(g, "{") ||
			strings.HasPrefix(g, "/") || strings.HasPrefix(g, "..")
	})
}

// longest is the length of the longest pattern.
func longest(paths []string) int {
	n := 0
	for _, path := range paths {
		n = max(n, len(path))
	}
	return n
}
