package project

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"devgate/procfile"
)

// stale are the places where a port that has moved is still written as a number. Who reads it
// asks the other checkout.
func (p *Project) stale() (all []*procfile.Error) {
	if !p.Moved() {
		return nil
	}
	s := &staleness{project: p, written: p.writtenPorts()}
	for _, service := range p.Services {
		if service.Kind() == procfile.Remote {
			continue
		}
		s.command(service, "command", p.command(service))
		s.command(service, "build", service.Service.Build)
		s.command(service, "stop", service.Service.Stop)
		s.command(service, "ready", service.Ready.Exec)
		s.variables(service.Name+": ", service.Position("env"), service.Service.Env)
	}
	s.variables("", p.File.Pos("env"), p.File.Env)
	s.envFiles()
	return s.all
}

// staleness collects them.
type staleness struct {
	project *Project
	written map[int]string // who is at a port by the file
	all     []*procfile.Error
}

// command looks at one command of a service.
func (s *staleness) command(service *Service, key string, c procfile.Command) {
	told := map[int]bool{}
	for _, port := range PortsIn(c.String()) {
		if who := s.written[port.Number]; who != "" {
			s.found(service.Name+": ", service.Position(key), port, s.instead(who, port.Own && who == service.Name))
			told[port.Number] = true
		}
	}
	// Its own port may stand anywhere: `python3 -m http.server 8000`.
	if own := service.Service.Port.Number; key == "command" && own != 0 && !told[own] && hasWord(c.String(), strconv.Itoa(own)) {
		s.found(service.Name+": ", service.Position(key), Written{Number: own, Text: strconv.Itoa(own)}, s.instead(service.Name, true))
	}
}

// hasWord reports whether a number stands in a text by itself, or behind a colon.
func hasWord(text, number string) bool {
	return slices.Contains(strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(" \t\n\"'=:;,&|()[]", c) }), number)
}

// variables looks at variables of the Devgatefile.
func (s *staleness) variables(of string, at procfile.Position, values map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, port := range PortsIn(name + "=" + values[name]) {
			if who := s.written[port.Number]; who != "" {
				s.found(of+name+": ", at, port, s.instead(who, false))
			}
		}
	}
}

// found keeps a number at a place of the file.
func (s *staleness) found(of string, at procfile.Position, port Written, hint string) {
	s.all = append(s.all, s.project.File.ErrorIn(at, []string{port.Text, strconv.Itoa(port.Number)}, of+s.text(port.Number), hint))
}

// text says what a number means, and where that is here.
func (s *staleness) text(number int) string {
	who := s.written[number]
	here := fmt.Sprintf("on %d", s.project.portOf(who))
	if s.project.portOf(who) == 0 {
		here = "elsewhere"
	}
	return fmt.Sprintf("port %d is written as a number, but here %s is %s", number, article(who), here)
}

// article puts one before the gateway, which is no name.
func article(who string) string {
	if who == gatewayName {
		return "the " + who
	}
	return who
}

// instead is what to write for the port of somebody.
func (s *staleness) instead(who string, own bool) string {
	named := s.project.File.Format == procfile.Procfile
	switch {
	case who == dashboardName:
		return ""
	case own && named:
		return "write $PORT"
	case own:
		return "write {port}"
	case named && who == gatewayName:
		return "write $DEVGATE_URL"
	case named:
		return "write $" + portVariable(who)
	}
	return "write {" + who + ".port} or {" + who + ".url}"
}

// envFiles looks at what env files say. Values are not shown: they may be secrets.
func (s *staleness) envFiles() {
	p := s.project
	for _, path := range slices.Sorted(maps.Keys(p.envTexts)) {
		values := map[string]string{}
		if file := p.envTexts[path].file; file != nil {
			file.Apply(values)
		}
		for _, name := range slices.Sorted(maps.Keys(values)) {
			for _, port := range PortsIn(name + "=" + values[name]) {
				if who := s.written[port.Number]; who != "" {
					s.all = append(s.all, &procfile.Error{File: shownPath(p.dir, path), Msg: name + ": " + s.text(port.Number), Hint: inEnvFileInstead(who)})
				}
			}
		}
	}
}

// inEnvFileInstead is what to write in an env file for somebody's port.
func inEnvFileInstead(who string) string {
	switch who {
	case dashboardName:
		return ""
	case gatewayName:
		return "write ${DEVGATE_URL}"
	}
	return "write ${" + portVariable(who) + "}"
}

// portVariable is where every process finds the port of a service.
func portVariable(service string) string { return "DEVGATE_" + variable(service) + "_PORT" }

// portOf is where a service, the gateway or the dashboard is; 0: nowhere.
func (p *Project) portOf(who string) int {
	switch who {
	case gatewayName:
		return p.Port
	case dashboardName:
		return p.DashboardPort
	}
	if s := p.Service(who); s != nil {
		return s.Port
	}
	return 0
}
