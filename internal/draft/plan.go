package draft

import (
	"errors"

	"devgate/internal/detect/found"
)

// The reasons why there is no plan.
var (
	ErrNothing    = errors.New("nothing found that starts a server")
	ErrCollection = errors.New("a collection of programs that have nothing to do with one another")
)

// Options are a person's choices.
type Options struct {
	Compose bool // start databases by docker compose, and reach what only containers have
	// A port of "auto" is free for sure, and different each time: nothing else may name
	// it.
	Auto bool // leave ports to devgate where they can move
	Mac  bool // tell of the ports that macOS has taken itself
	// Reserved reports whether the system keeps a port for itself, so that none of these is
	// chosen; nil: it keeps none.
	Reserved func(port int) bool
}

// Plan is what a Devgatefile would say, and what is said beside it.
type Plan struct {
	Port       int // of the gateway
	PortReason string
	NoEnvFile  string // why the .env of the folder is not read; "": it is
	NoBrowser  bool   // tell servers not to open one
	Services   []*Service
	Parked     []*Service // cannot run beside the others: written as comments

	First   []string // what has to be done once, in this order
	Skipped []found.Skip
	Said    []string // what a person should know
}

// Service is one table of the file. The embedded fields are as they were found.
type Service struct {
	*found.Service
	Name    string
	Command found.Text
	// A service with a URL has none: it listens where the URL says.
	Port       int // 0: none, or Auto
	PortReason string
	Auto       bool // port = "auto"
	Env        []Var
	Paths      []string
	PathsFrom  string // the file that they are from
	Final      bool
	After      []string
	Comment    string // on the command

	// -1 where no row leads here. Otherwise the project's own order of its proxies is
	// kept.
	firstRow int  // of the routes that lead here; for the order
	pinned   bool // others name its port, and it has to stay
}

// Var is a variable of a service. A guess has its reason.
type Var struct {
	Name  string
	Value found.Text
	Guess string
}

// planner makes one plan.
type planner struct {
	*Plan
	found    *found.Findings
	options  Options
	services []*Service // as they were found
	of       map[*found.Service]*Service
	main     *Service // whose page is the home page; nil: nobody's
	deps     *found.Service
}
