package project

import (
	"fmt"
	"path/filepath"

	"devgate/internal/port"
	"devgate/procfile"
)

// choosePorts fills in every port that the file leaves to devgate, and all of them where
// they have moved: none that the file names, and none that browsers refuse.
func (p *Project) choosePorts(o Options) error {
	taken := p.reserved(o)
	if err := p.chooseGateway(o, taken); err != nil {
		return err
	}
	taken[p.Port] = true
	p.Block, p.DashboardPort = o.Block, p.File.Dashboard.Port
	if p.Moved() {
		p.DashboardPort = p.Block + 1
		taken[p.DashboardPort] = true
	}
	for _, s := range p.File.Services {
		program := filepath.Join(p.Root, ".devgate", "bin", s.Name)
		service := &Service{Service: s, Bin: program + programEnding, Staged: program + ".new" + programEnding}
		if err := service.choosePort(o, taken); err != nil {
			return err
		}
		switch {
		case s.URL != nil:
			service.URL = s.URL.String()
		case service.Port != 0:
			service.URL = urlOf("localhost", service.Port)
		}
		p.Services = append(p.Services, service)
	}
	return nil
}

// reserved are the ports that devgate does not choose.
func (p *Project) reserved(o Options) map[int]bool {
	taken := map[int]bool{}
	for _, refused := range procfile.BlockedPorts() {
		taken[refused] = true
	}
	for _, s := range p.File.Services {
		// Both: what the file names is another checkout's where this one has moved.
		taken[s.Port.Number], taken[o.Ports[s.Name]] = true, true
	}
	return taken
}

// choosePort takes the port that the file names; else, and where all ports have moved, the
// one that a running devgate has for the service, or a free one.
func (s *Service) choosePort(o Options, taken map[int]bool) (err error) {
	written := s.Service.Port
	switch {
	case written.IsZero():
		return nil
	case o.Ports[s.Name] != 0 && (written.Auto || o.Block != 0):
		s.Port = o.Ports[s.Name]
	case o.Block != 0:
		s.Port, err = port.Next(o.Block+1, taken)
	case written.Auto:
		s.Port, err = port.Free(taken)
	default:
		s.Port = written.Number
	}
	if err != nil {
		return fmt.Errorf("%s: %w", s.Name, err)
	}
	taken[s.Port] = true
	return nil
}
