package session

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"devgate/internal/control"
	"devgate/internal/oserr"
	"devgate/internal/port"
	"devgate/internal/project"
	"devgate/procfile"
	"devgate/proxy"
)

// taken is what there is to say of a port that cannot be had.
type taken struct {
	text string
	busy *port.BusyError // nil: not because somebody has it
}

// Error says it, with the ways out.
func (t taken) Error() string { return t.text }

// takenError is about all of them, the gateway's first.
type takenError []taken

// Error says it of each.
// Main puts "devgate: " in front of the first one.
func (e takenError) Error() string {
	texts := make([]string, len(e))
	for i, one := range e {
		texts[i] = one.text
	}
	return strings.Join(texts, "\ndevgate: ")
}

// claimPorts opens the gateway's port, and tells of it, of the dashboard's (refused says
// why that cannot be had) and of every backend's that is taken before anything starts: then
// the gateway is not open, and the error is a takenError. The gateway never takes
// another port by itself.
func claimPorts(gateway *proxy.Gateway, s *setup, refused error) error {
	// Backends are looked at even when the gateway's port is taken: all is told at once.
	conflicts := backendConflicts(s)
	if refused != nil {
		one := taken{text: refused.Error()}
		errors.As(refused, &one)
		conflicts = slices.Insert(conflicts, 0, one)
	}
	open := func() error { return gateway.Listen(s.Host, s.Port) }
	if conflicts != nil {
		open = func() error { return nil }
	}
	if err := listen(s.Project, open); err != nil {
		var busy *port.BusyError
		errors.As(err, &busy)
		conflicts = slices.Insert(conflicts, 0, taken{gatewayError(s.Project, err).Error(), busy})
	}
	if conflicts == nil {
		return nil
	}
	return conflicts
}

// chosenPatience is how long a port that devgate has chosen may be in use before
// that counts.
const chosenPatience = 300 * time.Millisecond

// listen opens the gateway's port, if it is free.
func listen(p *project.Project, open func() error) error {
	if p.ChoosesGateway() {
		// It was free when it was chosen: another devgate that looks for one may be
		// trying it out at this instant.
		brief, cancel := context.WithTimeout(context.Background(), chosenPatience)
		defer cancel()
		port.WaitFree(brief, p.Port)
	}
	if err := port.Check(p.Port); err != nil {
		return err
	}
	return open()
}

// move takes the gateway from where the setup before has put it to the address
// of another.
func move(gateway *proxy.Gateway, before, after *setup) error {
	// Another host on the same port is devgate's own, as far as the port goes.
	if after.Port != before.Port {
		if err := port.Check(after.Port); err != nil {
			return gatewayError(after.Project, err)
		}
	}
	if err := gateway.Move(after.Host, after.Port); err != nil {
		return gatewayError(after.Project, err)
	}
	return nil
}

// gatewayError says why the gateway's port cannot be had, and what to do.
func gatewayError(p *project.Project, err error) error {
	var unknown *net.DNSError
	switch {
	case errors.As(err, &unknown):
		return fmt.Errorf("the gateway cannot listen on %s: nobody knows a host of this name\n"+
			"  hint: leave `host` out, or give one of this machine's own names or addresses", p.Host)
	case oserr.AddrInUse.In(err):
		way := fmt.Sprintf("%-27s use another port for the gateway", fmt.Sprintf("devgate up --port %d", another(p.Port)))
		return errors.New(conflict(p, "the gateway", err, way))
	case oserr.Forbidden.In(err):
		why, instead := forbidden(err)
		return fmt.Errorf("the gateway may not listen on port %d: %s\n"+
			"  hint: choose another: port = %d in %s, or devgate up --port %[3]d", p.Port, why, instead, p.Path)
	case oserr.AddrMissing.In(err):
		return fmt.Errorf("the gateway cannot listen on %s: this machine has no such address\n"+
			"  hint: leave `host` out, or give one of this machine's own addresses", p.Host)
	}
	return fmt.Errorf("the gateway cannot listen on %s port %d: %w", p.Host, p.Port, err)
}

// forbidden is why this user may not listen on a port, and one where he may.
func forbidden(err error) (why string, instead int) {
	var reserved *port.ReservedError
	if errors.As(err, &reserved) {
		return "it is " + reserved.Why(), another(reserved.Instead - 1)
	}
	return "ports below 1024 need a right that you do not have", procfile.DefaultPort
}

// another is a port for the gateway beside one that is taken. It is only for a hint, so
// nobody looks whether it is free; but the gateway must not refuse it.
func another(taken int) int {
	next := taken + 1
	if next > math.MaxUint16 {
		return procfile.DefaultPort
	}
	if msg, instead := procfile.CheckBrowsers(next); msg != "" {
		return instead
	}
	return next
}

// conflict says who has a port, and the two ways out.
func conflict(p *project.Project, who string, err error, way string) string {
	text := fmt.Sprintf("%s: %v\n  hint: %s", who, err, way)
	var busy *port.BusyError
	if !errors.As(err, &busy) || busy.Owner.PID == 0 {
		return text
	}
	if root := runningIn(busy); root != "" && root != p.Root {
		text += fmt.Sprintf("\n        %-27s stop the devgate that runs it", "devgate down, in "+root)
		if !p.Moved() {
			text += fmt.Sprintf("\n        %-27s give this project ports of its own", "devgate up --isolate")
		}
		return text
	}
	return text + fmt.Sprintf("\n        %-27s stop that process", killCommand(busy.Owner.PID))
}

// runningIn is the folder of the project whose devgate has a port, for its gateway or a
// service; "" when none has. A service that is killed would be started again.
func runningIn(busy *port.BusyError) string {
	owner := busy.Owner
	if !mayBeDevgates(owner) {
		return ""
	}
	// Not with the list's lock, which this process may have: half an entry counts as none.
	for _, e := range new(control.Registry).Entries() {
		if slices.Contains(e.Ports, busy.Port) {
			return e.Root
		}
	}
	// What is on no list, as a port that a server has chosen itself, is in the folder of
	// its project, or below it.
	for dir := owner.Dir; dir != "" && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, held := control.Holder(dir); held {
			return dir
		}
	}
	return ""
}

// backendConflicts are the ports of backends that somebody else has.
func backendConflicts(s *setup) (all takenError) {
	for _, service := range s.Services {
		// A port that a Procfile only suggests may never be the service's.
		if service.Port == 0 || service.PortGuessed || !s.started[service.Name] {
			continue
		}
		if one, is := backendConflict(s.Project, service, port.Check(service.Port)); is {
			all = append(all, one)
		}
	}
	return all
}

// backendConflict is what there is to say of a service's port that cannot be had; what is wrong
// beside that, its server says better.
func backendConflict(p *project.Project, service *project.Service, err error) (one taken, is bool) {
	where := p.Path
	if service.Has("port") && p.Made == nil {
		where += ":" + service.Position("port").String()
	}
	var reserved *port.ReservedError
	if errors.As(err, &reserved) {
		return taken{text: fmt.Sprintf("%s: %v\n  hint: change the port at %s, to %d for instance", service.Name, err, where, another(reserved.Instead-1))}, true
	}
	var busy *port.BusyError
	if !errors.As(err, &busy) {
		return taken{}, false
	}
	return taken{conflict(p, service.Name, err, "change the port at "+where), busy}, true
}
