package export

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"devgate/internal/routes"
)

// Target is a language that a project can be written in.
type Target struct {
	Name    string
	Short   string // what it is, in a few words
	Routes  bool   // it sends requests by their paths
	Cascade bool   // it can ask one backend after the other
	write   func(*Model) (string, error)
}

// Targets are all of them, in the order in which they are listed.
func Targets() []Target {
	return []Target{
		{"paths", "`paths` for the Devgatefile", true, false, writePaths},
		{"nginx", "a configuration of nginx", true, true, writeNginx},
		{"caddy", "a Caddyfile", true, false, writeCaddy},
		{"haproxy", "a configuration of HAProxy", true, false, writeHAProxy},
		{"compose", "a compose file, with nginx as the gateway", true, true, writeCompose},
		{"kubernetes", "Deployments, Services, Jobs and an HTTPRoute", true, false, writeKubernetes},
		{"procfile", "a Procfile", false, false, writeProcfile},
	}
}

// Find returns the target of a name.
func Find(name string) (*Target, error) {
	var names []string
	for _, t := range Targets() {
		if t.Name == name {
			return &t, nil
		}
		names = append(names, t.Name)
	}
	return nil, fmt.Errorf("unknown target %q\n  hint: there are %s", name, strings.Join(names, ", "))
}

// Mode is how an engine is to find out who answers.
type Mode int

// The modes. The zero value takes routes where the traffic has shown some.
const (
	Auto Mode = iota
	ByRoutes
	ByCascade
)

// ErrNoRoutes is wrapped by errors that say why there is no table.
var ErrNoRoutes = errors.New("no routes")

// Write writes a model down.
func (t *Target) Write(m *Model, mode Mode) (string, error) {
	if !t.Routes {
		return t.write(m)
	}
	why := m.lacksRoutes()
	switch {
	case mode == ByCascade && !t.Cascade:
		return "", fmt.Errorf("%s cannot pass a request on with its body: use nginx for a cascade, or routes", t.Name)
	case mode == ByCascade:
		m.Cascade = true
	case why == "":
	case mode == Auto && t.Cascade:
		m.Cascade, m.Why = true, why
	default:
		return "", fmt.Errorf("%w: %s", ErrNoRoutes, why)
	}
	return t.write(m)
}

// lacksRoutes says why there is no table; "": there is one.
func (m *Model) lacksRoutes() string {
	if m.Learned.Over != nil {
		return m.Learned.Over.String()
	}
	asked := slices.DeleteFunc(slices.Clone(m.Backends), func(b Backend) bool { return b.Name == m.Default })
	declares := slices.ContainsFunc(asked, func(b Backend) bool { return len(b.Patterns) > 0 })
	if len(asked) > 0 && !declares && m.Learned.Requests == 0 && len(m.Learned.Differences) == 0 {
		return "devgate has seen no traffic yet: run devgate up, use the app, and try again, or declare `paths`"
	}
	return ""
}

// reachable refuses what an engine on its own cannot find, or cannot speak to.
func (m *Model) reachable(engine string, h2c, files bool) error {
	for i := range m.Backends {
		switch b := &m.Backends[i]; {
		case b.Dist != "" && !files:
			return fmt.Errorf("%s serves no files: give --upstream %s=HOST:PORT of a server that has them", engine, b.Name)
		case b.Dist != "":
			if err := writable(engine, "--dist", b.Dist); err != nil {
				return err
			}
		case b.Host != "" && !hostForm().MatchString(hostOnly(b.Host)):
			return fmt.Errorf("%s: the host %q cannot stand in a file of %s", b.Name, b.Host, engine)
		case b.Address == "":
			return fmt.Errorf("%s has another port at each start: give --upstream %s=HOST:PORT", b.Name, b.Name)
		case b.H2C && !h2c:
			return fmt.Errorf("%s speaks HTTP/2 without TLS (protocol = \"h2c\"), which %s does not: use caddy or haproxy", b.Name, engine)
		}
	}
	if m.Static == "" || m.backend(routes.Static) != nil {
		return nil
	}
	if !files {
		return fmt.Errorf("%s serves no files: give --upstream %s=HOST:PORT of a server that has those of %s", engine, routes.Static, m.StaticFrom)
	}
	return writable(engine, "static", m.Static)
}

// servesFolder reports whether the engine itself looks for files of the static folder.
func (m *Model) servesFolder() bool { return m.Static != "" && m.backend(routes.Static) == nil }

// methodsOf are the methods that a route is for; none: all. Files are for those that
// devgate serves them to.
func methodsOf(r *routes.Route) []string {
	switch {
	case r.Method != "":
		return []string{r.Method}
	case r.Backend == routes.Static:
		return []string{http.MethodGet, http.MethodHead}
	}
	return nil
}
