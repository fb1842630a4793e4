package project

import (
	"fmt"
	"path/filepath"

	"devgate/internal/port"
	"devgate/procfile"
)

// choosePorts fills in every port that the file leaves to devgate: none that the
// file names, and none that browsers refuse.
func (p *Project) choosePorts(o Options) error {
	taken := map[int]bool{}
	for _, s := range p.File.Services {
		taken[s.Port.Number] = true
	}
	for _, refused := range procfile.BlockedPorts() {
		taken[refused] = true
	}
	if err := p.chooseGateway(o, taken); err != nil {
		return err
	}
	taken[p.Port] = true
	for _, s := range p.File.Services {
		service := &Service{Service: s, Port: s.Port.Number, Bin: filepath.Join(p.Root, ".devgate", "bin", s.Name)}
		service.Staged = service.Bin + ".new"
		if s.Port.Auto {
			if err := service.choosePort(o.Ports[s.Name], taken); err != nil {
				return err
			}
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

// choosePort takes the port that a running devgate has chosen, or a free one.
func (s *Service) choosePort(chosen int, taken map[int]bool) error {
	if chosen == 0 {
		free, err := port.Free(taken)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
		chosen = free
	}
	s.Port, taken[chosen] = chosen, true
	return nil
}
