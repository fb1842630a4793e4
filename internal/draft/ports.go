package draft

import (
	"fmt"
	"slices"

	"devgate/internal/detect/found"
	"devgate/procfile"
)

const (
	defaultPort = 3000
	lastPort    = 65535
)

// choosePorts gives the gateway its port, and then every service.
func (p *planner) choosePorts() {
	p.chooseGateway()
	taken := map[int]*Service{}
	for _, s := range p.services {
		if n := s.Service.Port.Number; s.Kind == found.Assets && n != 0 {
			taken[n] = s // nobody asks it through the gateway, but it is there
		}
	}
	for _, s := range p.services {
		if n := s.Service.Port.Number; s.hasPort() && !s.Movable() {
			// In the order of the findings: of two that cannot move the first one keeps
			// the port.
			if n == 0 || taken[n] != nil || n == p.Port || isRefused(n) {
				p.park(s, n, taken[n])
				continue
			}
			s.Port, taken[n] = n, s
		}
	}
	// Front ends move rather than servers: more of the project names these.
	for _, front := range []bool{false, true} {
		for _, s := range p.services {
			if s.hasPort() && s.Movable() && p.isFront(s) == front {
				p.movePort(s, taken)
			}
		}
	}
}

// hasPort reports whether the service is to listen where the gateway asks it.
func (s *Service) hasPort() bool { return s.Kind.Answers() && s.URL == "" }

// fixedPort is the port that an asset server or a server keeps, or 0.
func (s *Service) fixedPort() int {
	if s.Kind == found.Assets || s.hasPort() && !s.Movable() {
		return s.Service.Port.Number
	}
	return 0
}

// chooseGateway takes the port that the project already names for its front end.
func (p *planner) chooseGateway() {
	var owner *Service
	for _, s := range p.services {
		if s.fixedPort() == defaultPort {
			owner = s
		}
	}
	// Only 3000 is asked for: the gateway's default, and the port of half of all tools.
	switch front := p.main; {
	case owner != nil:
		p.Port, p.PortReason = p.otherGateway(owner), fmt.Sprintf("%d is %s's", defaultPort, ownerName(owner))
		if owner.Stays != "" {
			p.PortReason += ": " + owner.Stays
		}
	case front != nil && front.Movable() && front.Service.Port.Number != 0:
		// An origin that a backend allows, or a login's way back, names where browsers
		// come from: with the gateway there, none of it has to change.
		for _, o := range p.found.Origins {
			if o.Port == front.Service.Port.Number && o.Port != defaultPort && p.PortReason == "" && p.canListen(o.Port) {
				p.Port, p.PortReason = o.Port, o.File+" allows this origin"
			}
		}
	}
	if p.isReserved(p.Port) {
		p.Port, p.PortReason = p.nextFree(p.Port+1, nil), fmt.Sprintf("Windows has reserved %d", p.Port)
	}
}

// isReserved reports whether the system keeps a port for itself.
func (p *planner) isReserved(n int) bool { return p.options.Reserved != nil && p.options.Reserved(n) }

// isRefused reports whether browsers do not go to a port.
func isRefused(n int) bool { return slices.Contains(procfile.BlockedPorts(), n) }

// canListen reports whether the gateway may have a port: browsers go there, and
// nobody has it who cannot leave.
func (p *planner) canListen(n int) bool {
	return !isRefused(n) && !p.isReserved(n) && !slices.ContainsFunc(p.services, func(s *Service) bool { return s.fixedPort() == n })
}

// ownerName is who has a port, in words: its tool where that is what people know.
func ownerName(s *Service) string {
	if s.Kind == found.Assets && s.Tool != "" {
		return s.Tool
	}
	return s.Name
}

// otherGateway is the port of the front end, if it can leave it, else the next one
// that is free.
func (p *planner) otherGateway(owner *Service) int {
	if f := p.main; f != nil && f != owner && f.Movable() && f.Service.Port.Number != 0 && p.canListen(f.Service.Port.Number) {
		return f.Service.Port.Number
	}
	return p.nextFree(defaultPort+1, nil)
}

// movePort lets a service keep its own port, or finds it the next one.
func (p *planner) movePort(s *Service, taken map[int]*Service) {
	own := s.Service.Port.Number
	// A port that others name, or that another program works out from this one's, has to
	// be a number.
	if p.options.Auto && !s.Tied && !s.pinned {
		s.Auto = true
		return
	}
	switch {
	// Nothing is known of it, so any will do that is near the gateway's.
	case own == 0:
		own = p.Port
	case own == p.Port:
		s.PortReason = fmt.Sprintf("%d is the gateway's", own)
	case taken[own] != nil:
		s.PortReason = fmt.Sprintf("%d is %s's", own, taken[own].Name)
	case isRefused(own):
		s.PortReason = fmt.Sprintf("browsers refuse %d", own)
	case p.isReserved(own):
		s.PortReason = fmt.Sprintf("Windows has reserved %d", own)
	default:
		s.Port, taken[own] = own, s
		p.airPlay(s)
		return
	}
	s.Port = p.nextFree(own+1, taken)
	taken[s.Port] = s
}

// airPlay tells of the two ports that macOS listens on itself.
func (p *planner) airPlay(s *Service) {
	// macOS Monterey and later: its AirPlay receiver listens on 5000 and 7000.
	if p.options.Mac && (s.Port == 5000 || s.Port == 7000) {
		p.say(fmt.Sprintf("%s has port %d, where AirPlay listens: turn its receiver off in the system's settings, or write another port", s.Name, s.Port))
	}
}

// nextFree is the first port from n on that nobody has or wants.
func (p *planner) nextFree(n int, taken map[int]*Service) int {
	wanted := func(n int) bool {
		return slices.ContainsFunc(p.services, func(s *Service) bool {
			return s.Service.Port.Number == n || s.Ready.TCP == n || slices.Contains(s.Also, n)
		})
	}
	// Far from the end, so that it always finds one.
	if n > lastPort-100 {
		n = defaultPort + 1
	}
	for n == p.Port || taken[n] != nil || wanted(n) || isRefused(n) || p.isReserved(n) {
		n++
	}
	return n
}

// park takes a service out that cannot run beside another one.
func (p *planner) park(s *Service, n int, other *Service) {
	why := fmt.Sprintf("browsers refuse port %d, and it has no other", n)
	switch {
	case n == 0:
		// The order is that of what a person can do about it.
		why = "its port is written nowhere: add port = N"
	case other != nil:
		why = fmt.Sprintf("has port %d as %s has, and neither can move", n, other.Name)
	case n == p.Port:
		why = fmt.Sprintf("has port %d as the gateway has, and cannot move", n)
	}
	s.PortReason = why
	p.say(s.Name + " is written as a comment: " + why)
	p.Parked = append(p.Parked, s)
	if p.main == s {
		p.main = nil
	}
}
