package export

import (
	"time"

	"devgate/internal/routes"
)

// Model is what the targets write down.
type Model struct {
	Version  string // of devgate
	Project  string
	Port     int // of the gateway
	Backends []Backend
	// Services are all of them, in the order of the Devgatefile, each on a host of its own
	// name; Here are the same, all on one machine.
	Services, Here []Service
	// Static is the folder behind the backends, absolute and with "/" on every system;
	// StaticFrom as it is written in the Devgatefile. Both "": none.
	Static, StaticFrom string
	ReplayLimit        int64

	Learned *routes.Result
	Plan    *routes.Plan
	Default string // who gets all other paths; "": nobody
	Cascade bool   // the engine is to ask one after the other, as devgate does
	Why     string // of Cascade where nobody has asked for it
}

// Backend is one of the cascade, where an engine finds it.
type Backend struct {
	Name        string
	Address     string // host:port
	Moved       bool   // the command line says where it is
	TLS         bool
	Host        string // what it is to be asked as; "": as the client asks
	H2C         bool
	Unverified  bool
	Final       bool
	Optional    bool
	Fallback    bool // it answers every path with a page
	Fallthrough []int
	Patterns    []routes.Pattern // none: asked for every path
	// Dist is a folder that has taken its place, as Static is; DistFrom as it was given.
	// Both "": it is asked.
	Dist, DistFrom string
}

// Kind is what a service is.
type Kind int

// The kinds.
const (
	Server Kind = iota // it has a port
	Worker
	Task
	Remote // devgate does not start it
)

// Service is what is started, for targets that start something.
type Service struct {
	Name       string
	Kind       Kind
	Port       int
	URL        string // of a Remote
	Command    string // as it is written, with the placeholders of ports filled in
	DevTool    string // the tool for development that it runs; ""
	Dir        string // from the project's folder on; "."
	Dockerfile bool   // there is one in Dir
	Env        []Variable
	EnvFiles   []string // from the project's folder on
	Ready      Ready
	After      []string
	Restart    string // "on-failure", "always", "never"
	StopSignal string
	Grace      time.Duration
}

// Variable is one that the Devgatefile sets.
type Variable struct {
	Name, Value string
	Secret      bool // its name says that nobody should read it
	Local       bool // its value names this machine
}

// Ready is how it is found out that a service is ready.
type Ready struct {
	Kind    string // "http", "tcp", "exec", "log" or ""
	Path    string // of http
	Port    int    // of tcp and http
	Command string // of exec
}

// backend returns the one of a name, or nil.
func (m *Model) backend(name string) *Backend {
	for i := range m.Backends {
		if m.Backends[i].Name == name {
			return &m.Backends[i]
		}
	}
	return nil
}

// service returns the one of a name, or nil.
func (m *Model) service(name string) *Service {
	for i := range m.Services {
		if m.Services[i].Name == name {
			return &m.Services[i]
		}
	}
	return nil
}

// starts reports whether a service is to be started: not what is elsewhere, nor what
// a folder has taken the place of.
func (m *Model) starts(s *Service) bool {
	b := m.backend(s.Name)
	return s.Kind != Remote && (b == nil || b.Dist == "" && !b.Moved)
}

// chain are the backends in the order in which an engine that cannot hold an answer
// has to ask them: who answers everything comes last, behind the static folder.
func (m *Model) chain() (all []*Backend) {
	var last []*Backend
	for i := range m.Backends {
		if b := &m.Backends[i]; b.Fallback {
			last = append(last, b)
		} else {
			all = append(all, b)
		}
	}
	return append(all, last...)
}
