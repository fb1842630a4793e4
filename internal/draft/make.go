package draft

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/found"
)

// Make chooses. The error is ErrNothing or ErrCollection; beside it the plan has
// what was skipped and why.
func Make(f *found.Findings, o Options) (*Plan, error) {
	// Findings are not changed: what a rule corrects it corrects in a copy (replace).
	p := &planner{Plan: &Plan{Port: defaultPort, Skipped: f.Skipped}, found: f, options: o, of: map[*found.Service]*Service{}}
	if f.Collection {
		return p.Plan, ErrCollection
	}
	p.Said = slices.Clone(f.Notes)
	p.take()
	if !slices.ContainsFunc(p.services, func(s *Service) bool { return s.Kind.Answers() || s.Kind == found.Assets }) {
		p.sayContainers()
		p.sayUnanswering()
		return p.Plan, ErrNothing
	}
	// The order counts: names are needed by every message, rows find out who is a backend
	// before the home page is chosen, and ports come before the commands that have them.
	p.name()
	p.join()
	p.rank()
	p.choosePorts()
	p.commands()
	p.addresses()
	p.peers()
	p.order()
	if len(p.Services) == 0 {
		// Only comments would be left, and a file that starts nothing is none.
		return p.nothingRuns(), ErrNothing
	}
	p.tidy()
	p.waits()
	p.first()
	p.reasons()
	return p.Plan, nil
}

// sayContainers tells of servers that only containers have, where there is nothing
// else.
func (p *planner) sayContainers() {
	for _, c := range p.found.Compose {
		var names []string
		for _, s := range c.Remotes {
			names = append(names, s.Name)
		}
		if len(names) > 0 {
			p.say(fmt.Sprintf("%s starts %s in containers: devgate init --compose puts them behind the gateway", c.File, strings.Join(names, ", ")))
		}
	}
}

// sayUnanswering tells of what was found and does not look like a server: nothing that
// the project lists is passed over in silence.
func (p *planner) sayUnanswering() {
	names, froms := map[string][]string{}, []string{}
	for _, s := range p.services {
		if names[s.From] == nil {
			froms = append(froms, s.From)
		}
		names[s.From] = append(names[s.From], s.Service.Name)
	}
	for _, from := range froms {
		p.say(fmt.Sprintf("%s starts %s: nothing there shows who answers HTTP, and at which port", from, strings.Join(names[from], ", ")))
	}
}

// nothingRuns is the plan where no server can run as it is: a file of comments is
// none.
func (p *planner) nothingRuns() *Plan {
	for _, s := range p.Parked {
		p.Skipped = append(p.Skipped, found.Skip{
			What: s.Name, Where: s.From, Why: s.PortReason, Paste: &found.Paste{Name: s.Name, Dir: s.Dir, Command: s.Command},
		})
	}
	p.Parked, p.Said = nil, nil
	return p.Plan
}

// take makes a service of everything that was services, and of what --compose adds.
func (p *planner) take() {
	services := slices.Clone(p.found.Services)
	compose := p.infrastructure()
	if p.options.Compose {
		services = p.withContainers(services)
		if compose != nil {
			p.deps = composeTask(*compose)
			services = append(services, p.deps)
		}
	}
	for _, s := range services {
		made := &Service{Service: s, Command: s.Command, Comment: s.Comment, firstRow: -1}
		p.services = append(p.services, made)
		p.of[s] = made
	}
	// deps is only set where there is a compose file.
	if p.deps != nil {
		p.afterDeps(compose.Uses)
	}
}

// infrastructure is the file whose databases the project is developed with: the
// first that has some.
func (p *planner) infrastructure() *found.Compose {
	for i, c := range p.found.Compose {
		if len(c.Services) > 0 {
			return &p.found.Compose[i]
		}
	}
	return nil
}

// withContainers adds the servers that only containers have. One of these stands
// in for what was only guessed at.
func (p *planner) withContainers(services []*found.Service) []*found.Service {
	if len(p.found.Compose) == 0 {
		return services
	}
	// Those of the first file alone: it is the one that people start.
	for _, remote := range p.found.Compose[0].Remotes {
		services = slices.DeleteFunc(services, func(s *found.Service) bool {
			return s.Guess != "" && s.URL == "" && s.Kind.Answers() && path.Base(s.Dir) == remote.Name
		})
		services = append(services, remote)
	}
	return services
}

// composeTask starts databases and waits for them. They outlive devgate, as people
// expect of them.
func composeTask(c found.Compose) *found.Service {
	return &found.Service{Name: "deps", Dir: ".", Kind: found.Task, Command: found.Text(composeCommand(c, "up -d --wait")), From: c.File}
}

func composeCommand(c found.Compose, verb string) string {
	command := "docker compose "
	if !c.Default {
		command += "-f " + quoted(c.File) + " "
	}
	return command + verb + " " + strings.Join(quotedAll(c.Services), " ")
}

// afterDeps lets the services wait that use a database; if nobody says so, all that
// might.
// p.replace: a finding may be shared, and the plan only adds to it.
func (p *planner) afterDeps(uses []string) {
	var waiting []*Service
	for _, s := range p.services {
		if slices.ContainsFunc(s.Uses, func(u string) bool { return isOneOf(u, uses) }) {
			waiting = append(waiting, s)
		}
	}
	if len(waiting) == 0 {
		for _, s := range p.services {
			if s.Kind == found.API || s.Kind == found.App || s.Kind == found.RPC {
				waiting = append(waiting, s)
			}
		}
	}
	for _, s := range waiting {
		if s.Service != p.deps && s.URL == "" {
			// A server of a container has no process here that could wait.
			p.replace(s, withAfter(s.Service, p.deps))
		}
	}
}

// withAfter is a copy of what was found that waits for one more: findings stay as
// they are.
func withAfter(s, other *found.Service) *found.Service {
	more := *s
	more.After = append(slices.Clone(s.After), other)
	return &more
}

// sqlKinds are the databases that a library for SQL in general may mean.
var sqlKinds = []string{"postgres", "mysql", "sql"}

// isOneOf reports whether a use is among those that a file has.
// What a file's image is called and what a library is for do not always meet: "sql"
// stands for whichever it is.
func isOneOf(use string, all []string) bool {
	if slices.Contains(all, use) {
		return true
	}
	return slices.Contains(sqlKinds, use) && slices.ContainsFunc(all, func(a string) bool {
		return slices.Contains(sqlKinds, a) && (a == "sql" || use == "sql")
	})
}

// commands takes for each service the command that fits its port.
func (p *planner) commands() {
	for _, s := range p.services {
		if s.Movable() && (s.Auto || s.Port != s.Service.Port.Number) {
			s.Command = s.Moved
		}
		for _, v := range s.Service.Env {
			s.Env = append(s.Env, Var{Name: v.Name, Value: v.Value})
		}
		p.NoBrowser = p.NoBrowser || s.Opens
		// A worker whose command has a port in it, and no port: there is no value to put
		// there.
		if !s.hasPort() && s.asksForPort() {
			p.park(s, 0, nil)
		}
	}
}

// asksForPort reports whether a command or a variable has the port in it.
func (s *Service) asksForPort() bool {
	return strings.Contains(string(s.Command), found.PortMark) ||
		slices.ContainsFunc(s.Env, func(v Var) bool { return strings.Contains(string(v.Value), found.PortMark) })
}

// waits names what each service waits for. Nobody waits for what is not there, nor
// in a circle.
func (p *planner) waits() {
	for _, s := range p.Services {
		for _, first := range s.Service.After {
			other := p.of[first]
			// Parked services are not in the file; waiting for each other would be an
			// error there.
			if other != nil && slices.Contains(p.Services, other) && !slices.Contains(s.After, other.Name) && !p.reaches(other, s, map[*Service]bool{}) {
				s.After = append(s.After, other.Name)
			}
		}
	}
}

// reaches reports whether a service is, or waits for, another one.
func (p *planner) reaches(from, to *Service, seen map[*Service]bool) bool {
	if from == to {
		return true
	}
	if seen[from] {
		return false
	}
	seen[from] = true
	for _, s := range p.Services {
		if slices.Contains(from.After, s.Name) && p.reaches(s, to, seen) {
			return true
		}
	}
	return false
}

// first lists what has to be done once: databases, then the rest.
func (p *planner) first() {
	if c := p.infrastructure(); c != nil && !p.options.Compose {
		p.First = append(p.First, composeCommand(*c, "up -d"))
	}
	p.First = append(p.First, p.found.First...)
}

// reasons says why the file is as it is, where that cannot be seen.
func (p *planner) reasons() {
	if odd := p.found.EnvFile.Odd; odd != "" {
		p.NoEnvFile = ".env uses " + odd + "; " + p.envReaders()
		if odd != "${...}" && odd != "$NAME" {
			// The same words, and another verb: a value of several lines is nothing that
			// a file uses.
			p.NoEnvFile = ".env has " + odd + "; " + p.envReaders()
		}
	}
	for _, s := range p.services {
		if s.Guess != "" {
			s.Comment = strings.TrimPrefix(s.Comment+"; guess: "+s.Guess, "; ")
		}
	}
}

// envReaders says who reads .env.
func (p *planner) envReaders() string {
	switch readers := p.found.EnvFile.Readers; len(readers) {
	case 0:
	case 1:
		return readers[0] + " reads it itself"
	default:
		return strings.Join(readers[:len(readers)-1], ", ") + " and " + readers[len(readers)-1] + " read it themselves"
	}
	backends := 0
	for _, s := range p.services {
		if s.Kind.Answers() && !s.Kind.IsFrontEnd() {
			backends++
		}
	}
	if backends == 1 {
		return "the backend reads it itself"
	}
	return "the services read it themselves"
}
