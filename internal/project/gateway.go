package project

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"time"

	"devgate/internal/port"
	"devgate/procfile"
)

// Moved is why a gateway is not on the port that people expect, which nobody chose for it.
type Moved struct {
	Line *procfile.Service // whose line in the Procfile has that port, or nil
	Busy error             // who else has it, a *port.BusyError; nil where a line has
}

// ChoosesGateway reports whether devgate chooses the gateway's port: the file
// says "auto", or is a Procfile, which cannot name it, or there is no file.
func (p *Project) ChoosesGateway() bool {
	return p.File.Port.Auto || p.File.Format == procfile.Procfile || p.Made != nil
}

// chooseGateway settles the gateway's address. taken are the ports that it must
// not choose.
func (p *Project) chooseGateway(o Options, taken map[int]bool) (err error) {
	switch {
	case o.Port != 0:
		p.Port = o.Port
	case o.Block != 0:
		p.Port = o.Block
	case !p.ChoosesGateway():
		p.Port = p.File.Port.Number
	case o.GatewayPort != 0 && !taken[o.GatewayPort]:
		p.Port = o.GatewayPort // it runs there
	case p.File.Port.Auto:
		p.Port, err = port.Stable(p.Root, taken)
	default:
		err = p.stepAside(taken)
	}
	if err != nil {
		return err
	}
	p.URL = urlOf(shownHost(p.Host), p.Port)
	if msg, instead := procfile.CheckBrowsers(p.Port); msg != "" {
		return fmt.Errorf("%s\n  hint: devgate up --port %d, or another that is not kept for an old protocol", msg, instead)
	}
	// Where all ports have moved, nobody has the one that the file names for it.
	if o.Block != 0 {
		return nil
	}
	return p.File.CheckGateway(p.Port)
}

// stepAside chooses the port for a gateway that people expect: the default one, or
// without a file the one that was found. Where a line of the Procfile or another
// program has it, it chooses the next free one.
func (p *Project) stepAside(taken map[int]bool) (err error) {
	p.Port = p.File.Port.Number
	moved := Moved{Line: p.lineOn(p.Port)}
	if moved.Line == nil {
		moved.Busy = busy(p.Port)
	}
	if moved == (Moved{}) {
		return nil
	}
	p.GatewayMoved = &moved
	p.Port, err = port.Next(p.Port, taken)
	return err
}

// WhyMoved is the line that says where a gateway is that has stepped aside and who is
// where people expect it, or "" where it is there.
func (p *Project) WhyMoved() string {
	moved := p.GatewayMoved
	switch {
	case moved == nil:
		return ""
	case moved.Line != nil:
		return fmt.Sprintf("the gateway takes port %d: %d is that of %s (%s:%s)", p.Port, p.File.Port.Number, moved.Line.Name, p.Path, moved.Line.Position("port"))
	}
	return fmt.Sprintf("the gateway takes port %d: %v", p.Port, moved.Busy)
}

// lineOn is the service whose port is one, or nil.
func (p *Project) lineOn(port int) *procfile.Service {
	i := slices.IndexFunc(p.File.Services, func(s *procfile.Service) bool { return s.Port.Number == port })
	if i < 0 {
		return nil
	}
	return p.File.Services[i]
}

// busy says who has a port. Another devgate that looks for one may be trying it
// out at this instant, which is not to have it.
func busy(number int) error {
	brief, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	return port.WaitFree(brief, number)
}

// IsLoopback reports whether only this machine reaches a gateway on the host.
func IsLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "" || host == "localhost" || ip != nil && ip.IsLoopback()
}

// shownHost is what people type in a browser: a wildcard address is no host.
func shownHost(host string) string {
	if ip := net.ParseIP(host); IsLoopback(host) || ip != nil && ip.IsUnspecified() {
		return "localhost"
	}
	return host
}

// urlOf is the address of a server on this machine.
func urlOf(host string, port int) string {
	return "http://" + net.JoinHostPort(host, strconv.Itoa(port))
}
