package lint

import (
	"fmt"
	"strconv"

	"devgate/internal/project"
	"devgate/procfile"
)

// ports says of ports in a service's command that they are another's, or not its own.
// A Procfile has no placeholders to write instead.
func (w *warnings) ports(s *project.Service) {
	if w.project.File.Format == procfile.Procfile {
		return
	}
	for _, port := range project.PortsIn(s.Service.Command.String()) {
		other, parts := w.owner(port.Number), []string{port.Text, strconv.Itoa(port.Number)}
		switch {
		// Its own port as a number is right until it moves, and then the last case
		// speaks.
		case s.Service.Port.Number == port.Number:
		case other != nil:
			w.warn(s, "command", fmt.Sprintf("port %d is that of %s, written as a number", port.Number, other.Name),
				"write {"+other.Name+".port} or {"+other.Name+".url}: it stays right when the port moves", parts...)
		case port.Number == w.project.Port:
			w.warn(s, "command", fmt.Sprintf("port %d is that of the gateway, written as a number", port.Number),
				"write {gateway.port} or {gateway.url}: it stays right when the gateway moves", parts...)
		case port.Own && !s.Service.Port.IsZero():
			w.warn(s, "command", fmt.Sprintf("the command says port %d, but port = %s", port.Number, asWritten(s.Service.Port)),
				"write {port} in the command: it is the port that devgate waits for", parts...)
		}
	}
}

// owner is the service that has a port of its own choosing, or nil.
func (w *warnings) owner(number int) *project.Service {
	for _, s := range w.project.Services {
		if s.Service.Port.Number == number {
			return s
		}
	}
	return nil
}

// asWritten is a port as it stands in the file.
func asWritten(p procfile.Port) string {
	if p.Auto {
		return `"auto"`
	}
	return p.String()
}
