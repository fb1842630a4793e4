package draft

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"devgate/internal/detect/found"
	"devgate/internal/detect/shell"
	"devgate/procfile"
)

// A Devgatefile allows 63, but a name stands in front of every line of output.
const maxName = 40

// reserved reports whether a word means something else in a Devgatefile: no table
// can have it for its name, or a person would take it for a top-level key.
func reserved(name string) bool {
	return name == "env" || name == "defaults" || slices.Contains(procfile.ReservedNames(), name) ||
		slices.ContainsFunc(procfile.FileKeys(), func(k procfile.Key) bool { return k.Name == name })
}

// name gives every service a name of its own.
func (p *planner) name() {
	taken, common := map[string]bool{}, p.commonPrefix()
	for _, s := range p.services {
		if s.Service.Name != "" { // the project's own names come first
			p.claim(s, taken, given(s)...)
		}
	}
	for _, s := range p.services {
		if s.Name == "" {
			p.claim(s, taken, shortened(p.candidates(s), common)...)
		}
	}
}

// commonPrefix is what the names of all modules begin with, up to a "-":
// "shop-api", "shop-web" and "shop-mail" are api, web and mail.
func (p *planner) commonPrefix() string {
	prefix, n := "", 0
	for _, s := range p.services {
		name := s.Program
		if name == "" && s.Dir != "." {
			name = path.Base(s.Dir)
		}
		if name == "" {
			continue
		}
		if n++; n == 1 {
			prefix = name
		}
		for !strings.HasPrefix(name, prefix) {
			prefix = prefix[:len(prefix)-1]
		}
	}
	// Of two names a common beginning may be chance.
	if n < 3 {
		return ""
	}
	return prefix[:strings.LastIndexByte(prefix, '-')+1]
}

// shortened takes a prefix off names.
func shortened(names []string, prefix string) []string {
	for i, name := range names {
		if rest, ok := strings.CutPrefix(name, prefix); ok && rest != "" {
			names[i] = rest
		}
	}
	return names
}

func given(s *Service) []string { return []string{s.Service.Name, parentName(s)} }

// candidates are what a service may be called, best first.
func (p *planner) candidates(s *Service) []string {
	var all []string
	// A script called "vite" says what it runs and not what it is for.
	if s.Hint != s.Tool { // "vite": a script that is called as what it runs
		all = append(all, s.Hint)
	}
	// Folders that are called the same everywhere say nothing; the one above does.
	if base := path.Base(s.Dir); s.Dir != "." && !slices.Contains([]string{"src", "source", "cmd"}, base) {
		all = append(all, base)
	} else if s.Dir != "." && path.Dir(s.Dir) != "." {
		all = append(all, path.Base(path.Dir(s.Dir)))
	}
	all = append(all, s.Program)
	if s.Dir == "." {
		all = append(all, p.role(s))
	}
	return append(all, parentName(s))
}

// parentName is a folder's name with that of the one above it: apps-web.
func parentName(s *Service) string {
	if parent := path.Dir(s.Dir); s.Dir != "." && parent != "." {
		return path.Base(parent) + "-" + path.Base(s.Dir)
	}
	return ""
}

// role is what people call a service that has no name anywhere.
func (p *planner) role(s *Service) string {
	switch s.Kind {
	case found.Page, found.Site:
		return "web"
	case found.Assets:
		return "assets"
	case found.Worker:
		return "worker"
	case found.Task:
		return "setup"
	}
	if slices.ContainsFunc(p.services, func(o *Service) bool { return o.Kind.IsFrontEnd() }) {
		return "api"
	}
	return "app"
}

// claim takes the first name that nobody has.
// A number only where all names are taken.
func (p *planner) claim(s *Service, taken map[string]bool, names ...string) {
	var wanted []string
	for _, name := range names {
		if name = Name(name); name != "" {
			wanted = append(wanted, name)
		}
	}
	if len(wanted) == 0 {
		wanted = []string{p.role(s)}
	}
	i := slices.IndexFunc(wanted, func(name string) bool { return !taken[alike(name)] })
	if i >= 0 {
		s.Name = wanted[i]
	}
	// It ends: there are fewer services than numbers.
	for n := 2; s.Name == ""; n++ {
		if name := wanted[0] + "-" + strconv.Itoa(n); !taken[alike(name)] {
			s.Name = name
		}
	}
	taken[alike(s.Name)] = true
}

// alike is the same for names that differ in "-" and "_" alone: their variables
// (DEVGATE_<NAME>_PORT) would be the same.
func alike(name string) string { return strings.ReplaceAll(name, "-", "_") }

// Name makes a service's name of a text; "" if nothing of it can be one.
func Name(text string) string {
	name := strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '_', c == '-':
			return c
		}
		return '-'
	}, strings.ToLower(text))
	name = strings.Trim(name, "-_")
	// Cut at a byte: all letters are ASCII here.
	if len(name) > maxName {
		name = strings.TrimRight(name[:maxName], "-_")
	}
	if reserved(name) {
		name += "-app"
	}
	return name
}

func quoted(word string) string { return shell.Quote(word) }

func quotedAll(words []string) []string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = quoted(w)
	}
	return all
}
