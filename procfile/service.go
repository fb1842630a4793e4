package procfile

import (
	"fmt"
	"net/url"
	"time"
)

// Kind is what devgate does with a service.
type Kind int

// The kinds. A service of a Procfile with JoinsWhenAnswering is a Backend here
// until it turns out that it never listens.
const (
	Backend Kind = iota // started by devgate, with a port: in the cascade
	Worker              // started by devgate, without a port
	Task                // once = true: runs to its end
	Remote              // url: in the cascade, not started by devgate
)

// String returns "backend", "worker", "task" or "remote".
func (k Kind) String() string { return pick(int(k), "backend", "worker", "task", "remote") }

// Restart is what an exit that nobody asked for leads to.
type Restart int

// The values of restart. The zero value is the default.
const (
	RestartOnFailure Restart = iota
	RestartAlways
	RestartNever
)

// String returns the word as it is written in a Devgatefile.
func (r Restart) String() string { return pick(int(r), "on-failure", "always", "never") }

// RestartStyle is how a new process takes the place of the old one.
type RestartStyle int

// The values of restart_style. The zero value is the default.
const (
	RestartStop RestartStyle = iota // the old process ends, then the new one starts
	// The new one starts on a port of its own; the old one ends when it is ready.
	RestartOverlap
)

// String returns the word as it is written in a Devgatefile.
func (s RestartStyle) String() string { return pick(int(s), "stop", "overlap") }

// SPA is whether a backend answers every unknown path with a page.
type SPA int

// The values of spa. The zero value is the default.
const (
	SPAAuto SPA = iota // found out when the backend is ready
	SPAOn
	SPAOff
)

// String returns the word as it is written in a Devgatefile.
func (s SPA) String() string { return pick(int(s), "auto", "true", "false") }

// switching is a key that is on, off, or left to devgate: `spa`, `isolate`.
func switching[T comparable](auto, on, off T) valueType[T] {
	return valueType[T]{
		Type: Type{"`\"auto\"`, true, false", []Form{{Shape: Text, Words: []string{"auto"}}, {Shape: Boolean}}},
		read: func(r *reader, n *node, old T) T {
			switch n.val {
			case true:
				return on
			case false:
				return off
			case "auto":
				return auto
			}
			r.want(n, `true, false or "auto"`, "")
			return old
		},
		write: func(v T) any { return fmt.Sprint(v) },
	}
}

// Protocol is how the gateway speaks to a backend.
type Protocol int

// The values of protocol. The zero value is the default.
const (
	HTTP1 Protocol = iota
	H2C
)

// String returns the word as it is written in a Devgatefile.
func (p Protocol) String() string { return pick(int(p), "http1", "h2c") }

// Service is one table of a Devgatefile, or one line of a Procfile. Texts may
// hold placeholders, for [Expand]: Command, Build, Stop, Ready.Exec and the values of Env.
type Service struct {
	Name string
	Pos  Position // of its table header, or of its line

	Command      Command           // zero for a Remote
	Build        Command           // run to success before each start; zero for none
	Stop         Command           // run instead of StopSignal; zero for none
	Shell        Shell             // what runs the texts of the four
	Dir          string            // working directory; "" is the project root
	Port         Port              // zero: no port
	URL          *url.URL          // a Remote's scheme and host; nil for all others
	Env          map[string]string // with those of [defaults]
	EnvFile      []string          // from Dir on; every one must exist
	Watch        []string          // globs, from Dir on
	Ignore       []string          // globs, from Dir on
	Ready        Ready             // with its defaults
	After        []string          // names of services
	Once         bool
	Restart      Restart
	RestartStyle RestartStyle // RestartOverlap only with an automatic port
	StopSignal   Signal       // default TERM
	Grace        time.Duration
	PTY          bool
	Paths        []string // patterns; none: asked for every path
	Final        bool
	Fallthrough  []int // statuses; default 404
	SPA          SPA
	Optional     bool
	Verify       bool // the certificate of an https URL is checked
	Protocol     Protocol

	// PortGuessed: Port was read from a flag in a line of a Procfile, where it may as
	// well be how many workers to start or where to connect to. Until something
	// answers there, others may have the same one, it may be in use, or may need rights
	// that devgate does not have, and nobody waits long for it.
	PortGuessed bool

	// JoinsWhenAnswering: a service of a Procfile enters the cascade when it has
	// answered HTTP on Port, and is a worker as long as it has not.
	JoinsWhenAnswering bool

	src   *source
	at    span // of Pos
	marks marks
}

// newService returns a service with every default in place.
func newService(name string, src *source, at span) *Service {
	s := &Service{Name: name, Pos: src.position(at.start), src: src, at: at, marks: marks{}}
	serviceKeys().reset(s)
	return s
}

// Kind tells what the service is from the keys it has.
func (s *Service) Kind() Kind {
	switch {
	case s.URL != nil:
		return Remote
	case s.Once:
		return Task
	case !s.Port.IsZero():
		return Backend
	}
	return Worker
}

// InCascade reports whether requests may reach the service: a Backend or a Remote.
func (s *Service) InCascade() bool { return s.Kind() == Backend || s.Kind() == Remote }

// Has reports whether a key was written for the service, in its own table or in
// [defaults]. Keys below are joined by a dot: "env.PATH", "ready.timeout".
func (s *Service) Has(key string) bool {
	_, ok := s.marks[key]
	return ok
}

// Position returns where the value of a key stands, or Pos when it was not written.
func (s *Service) Position(key string) Position {
	if p := s.src.markPosition(s.marks, key); !p.IsZero() {
		return p
	}
	return s.Pos
}
