package project

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"devgate/procfile"
)

// Moved reports whether the ports of this checkout are in a block of its own, instead of
// where the file says.
func (p *Project) Moved() bool { return p.Block != 0 }

// BlockSize is how many ports a block for this project has to have: for the gateway, the
// dashboard, and each service that listens.
func (p *Project) BlockSize() int {
	n := 2
	for _, s := range p.File.Services {
		if !s.Port.IsZero() {
			n++
		}
	}
	return n
}

// MovedTo is the project with all ports in the block that begins with first, and
// whatever speaks of them following. o is how the project was read: a port of the gateway
// from the command line stays. Nothing is read again. label is its name in the browser.
func (p *Project) MovedTo(first int, label string, o Options) (*Project, error) {
	moved := *p
	moved.Services, moved.GatewayMoved, moved.Label = nil, nil, label
	o.Block, o.Ports = first, nil
	if err := moved.choosePorts(o); err != nil {
		return nil, err
	}
	for i, s := range moved.Services {
		s.Dir, s.layers = p.Services[i].Dir, p.Services[i].layers
	}
	if errs := moved.completeAll(); len(errs) > 0 {
		return nil, errs
	}
	return &moved, nil
}

// Alias is the address of the gateway by the name of a checkout that has moved, or "".
// Browsers share cookies between ports, and not between names.
func (p *Project) Alias() string {
	if p.Label == "" {
		return ""
	}
	return urlOf(p.Label+".localhost", p.Port)
}

// Names reports whether a service has a name, in any case: then NAME.localhost is that
// service alone.
func (p *Project) Names(label string) bool {
	for _, s := range p.File.Services {
		if strings.EqualFold(s.Name, label) {
			return true
		}
	}
	return false
}

// label is that of the devgate that runs; with something behind it where a service has
// been given this name since.
func (p *Project) label(o Options) string {
	if o.Label != "" && p.Names(o.Label) {
		return o.Label + "-checkout"
	}
	return o.Label
}

// How what is no service is called beside names of services.
const gatewayName, dashboardName = "gateway", "the dashboard"

// writtenPorts are the ports that this project has where it does not move, and who is there.
func (p *Project) writtenPorts() map[int]string {
	all := map[int]string{}
	if n := p.expectedGateway(); n != 0 {
		all[n] = gatewayName
	}
	if n := p.File.Dashboard.Port; n != 0 {
		all[n] = dashboardName
	}
	// Services last: a line of a Procfile may have the port where people expect the gateway.
	for _, s := range p.File.Services {
		if s.Port.Number != 0 {
			all[s.Port.Number] = s.Name
		}
	}
	return all
}

// expectedGateway is the port of the file for the gateway, or where people expect it; 0
// for "auto".
func (p *Project) expectedGateway() int {
	if p.File.Port.Auto {
		return 0
	}
	return cmp.Or(p.File.Port.Number, procfile.DefaultPort)
}

// Wanted are the ports that this project has where it does not move, without one for the gateway
// that the command line names: o is how it was read.
func (p *Project) Wanted(o Options) []int {
	all := slices.Sorted(maps.Keys(p.writtenPorts()))
	if o.Port != 0 {
		return slices.DeleteFunc(all, func(n int) bool { return n == p.expectedGateway() })
	}
	return append(all, p.Port)
}

// Ports are those that this project has.
func (p *Project) Ports() (all []int) {
	all = append(all, p.Port)
	if p.DashboardPort != 0 {
		all = append(all, p.DashboardPort)
	}
	for _, s := range p.Services {
		if s.Port != 0 {
			all = append(all, s.Port)
		}
	}
	return all
}
