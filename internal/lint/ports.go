package lint

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"devgate/internal/project"
	"devgate/procfile"
)

// writtenForm finds numbers that stand where a port does: behind a flag or a variable
// for the port that a server listens on, behind a longer one of that kind, and behind
// the name of this machine. A number elsewhere may be anything.
var writtenForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[\s;&|("'])(?:` +
		`(?P<own>--?port(?:=|[ \t]+)|-p[ \t]*|PORT=)` +
		`|--?[A-Za-z][A-Za-z-]*-port(?:=|[ \t]+)|[A-Z_]+_PORT=` +
		`|\S*?(?:localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0):` +
		`)["']?(?P<number>[0-9]{2,5})(?:$|[\s;&|)"'/,?])`)
})

// written is a port in a command.
type written struct {
	number int
	text   string // with what tells that it is one: "--port 4001"
	own    bool   // it is what the command is told to listen on
}

// writtenIn are the ports that stand in a command, each once.
func writtenIn(c procfile.Command) (all []written) {
	seen := map[int]bool{}
	text := c.String()
	for {
		m := writtenForm().FindStringSubmatchIndex(text)
		if m == nil {
			return all
		}
		number, _ := strconv.Atoi(text[m[4]:m[5]])
		if number > 0 && number <= 65535 && !seen[number] {
			seen[number] = true
			all = append(all, written{number, strings.TrimLeft(text[m[0]:m[5]], " \t;&|(\"'"), m[2] >= 0})
		}
		// FindAll would not find the second of "8080,8081": the mark between them belongs
		// to the first.
		text = text[m[5]:] // what ends one may begin the next
	}
}

// ports says of ports in a service's command that they are another's, or not its own.
// A Procfile has no placeholders to write instead.
func (w *warnings) ports(s *project.Service) {
	if w.project.File.Format == procfile.Procfile {
		return
	}
	for _, port := range writtenIn(s.Service.Command) {
		other, parts := w.owner(port.number), []string{port.text, strconv.Itoa(port.number)}
		switch {
		// Its own port as a number is right until it moves, and then the last case
		// speaks.
		case s.Service.Port.Number == port.number:
		case other != nil:
			w.warn(s, "command", fmt.Sprintf("port %d is that of %s, written as a number", port.number, other.Name),
				"write {"+other.Name+".port} or {"+other.Name+".url}: it stays right when the port moves", parts...)
		case port.number == w.project.Port:
			w.warn(s, "command", fmt.Sprintf("port %d is that of the gateway, written as a number", port.number),
				"write {gateway.port} or {gateway.url}: it stays right when the gateway moves", parts...)
		case port.own && !s.Service.Port.IsZero():
			w.warn(s, "command", fmt.Sprintf("the command says port %d, but port = %s", port.number, asWritten(s.Service.Port)),
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
