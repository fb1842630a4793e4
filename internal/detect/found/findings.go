// Package found has the words for what a folder holds: the services that package
// detect finds in it, and that package draft makes a Devgatefile of.
package found

import "slices"

// Findings is what a folder holds. Paths are relative to the folder, with slashes;
// the folder itself is ".".
type Findings struct {
	Services  []*Service // in the order in which the project names them
	Routes    []Route
	Origins   []Origin
	Addresses []Address
	Compose   []Compose // files that start databases and the like
	EnvFile   EnvFile
	Skipped   []Skip
	First     []string // commands that must have run before, from the folder on
	Notes     []string // what a person should know
	Faults    []string // files that could not be read, with the reason

	// Collection: the folder holds many programs that have nothing to do with one
	// another, such as examples.
	Collection bool
}

// Text is a text for the shell in which [PortMark] and [BinMark] stand for values.
// Everything else is as it is written in the project.
type Text string

// The marks. No file that is read contains NUL.
const (
	PortMark = "\x00port\x00"
	BinMark  = "\x00bin\x00"
)

// Kind is what a service is for.
type Kind int

// The kinds. The zero value is a process that nobody asks.
const (
	Worker Kind = iota
	Task        // runs to its end before others
	Assets      // serves scripts and styles whose pages come from an App
	API         // answers requests of programs
	App         // pages and more, made by a server: Rails, Django, Laravel
	Site        // a front end that makes its pages on a server: Next, Nuxt, Astro
	Page        // a front end of one page for every path: Vite, Angular
	RPC         // speaks gRPC only
)

// IsFrontEnd reports whether the service's pages are what a browser is to see.
func (k Kind) IsFrontEnd() bool { return k == Page || k == Site }

// Answers reports whether the service answers requests from behind the gateway.
func (k Kind) Answers() bool { return k >= API }

// Service is something that the project starts.
type Service struct {
	Name    string // that the project gives it; "" if none
	Hint    string // what its script is called; "" if that tells nothing
	Program string // what the program is called; "" if that tells nothing
	Tool    string // that runs it
	Dir     string
	Kind    Kind
	Command Text // runs it on Port.Number
	Moved   Text // runs it on whatever port [PortMark] stands for; "": it cannot be moved
	Build   Text // runs before Command; "" for none
	Port    Port
	Env     []Var
	Ready   Ready
	Watch   []string // globs from Dir on; nil: it reloads by itself, or nobody knows
	Ignore  []string
	Grace   string     // a duration; "" for the default
	After   []*Service // that must be ready before
	URL     string     // where it is reached, if devgate does not start it

	From    string // the file that it was found in
	Guess   string // the file that a guess is based on; "": it is none
	Comment string // on its command

	Peers []string // variables by which it is told where other services are: API_SERVICE_ADDR
	Uses  []string // the databases and queues that its dependencies name
	Last  bool     // answers every unknown path by itself, without being a front end
	Opens bool     // opens a browser unless told not to
	Own   bool     // has paths below /api of its own
	Also  []int    // further ports that it takes
	Tied  bool     // another program works its port out from this one's
	Stays string   // why its port cannot be another one, if that is known
}

// Movable reports whether the service can be given another port.
func (s *Service) Movable() bool { return s.Moved != "" }

// Port is where a service listens.
type Port struct {
	Number int    // 0: not known
	From   string // the file that says so; "": what its tool does by itself
}

// Var is a variable of the environment.
type Var struct {
	Name  string
	Value Text
}

// Ready is how it is known that a service can be asked. The zero value leaves it to
// devgate.
type Ready struct {
	Path    string // of a request that is answered with 200
	TCP     int    // a port that is listened on
	Log     string // a regular expression that a line of its output matches
	Timeout string // a duration
}

// Route is one row of a proxy that the project has.
type Route struct {
	File string
	By   *Service // the front end whose proxy it is; nil: a reverse proxy of its own

	Form PatternForm
	Path string // in that form

	Target  Target
	Rewrite bool // the proxy changes the path
}

// PatternForm is the language of a route's path.
type PatternForm int

// The forms.
const (
	Prefix  PatternForm = iota // "/api": whatever begins so
	Regex                      // "^/(api|auth)/.*"
	Glob                       // "/api/*"; without a star that path alone
	Unknown                    // a function, or what cannot be read
)

// Target is where a route leads.
type Target struct {
	Port    int      // on this machine; 0: not known
	To      *Service // that the host's name among containers means; nil for this machine
	Host    string   // that name
	Remote  string   // an address on another machine; "" for none
	Env     []string // variables that the proxy takes the address from
	Default bool     // Port is what it is if none of them is set
}

// Origin is an address of a front end that a backend's settings name.
type Origin struct {
	Port int
	File string
}

// Address is a variable of a service that names a port on this machine.
type Address struct {
	By     *Service
	Name   string
	Value  string
	Port   int
	File   string
	Public bool // a front end hands it to browsers
}

// Compose is a file of Docker Compose with databases and the like.
type Compose struct {
	File     string
	Services []string // images of databases, queues, mail catchers
	Uses     []string // what these are: "postgres", "redis"
	Remotes  []*Service
	Default  bool // docker compose finds the file by itself
}

// EnvFile is the .env of the folder.
type EnvFile struct {
	// Odd is what in it is not for devgate to read: "${...}"; "" if nothing.
	Odd string
	// Readers are the programs that read it.
	Readers []string
}

// Skip is something that was found and is not started.
type Skip struct {
	What  string // a name, a script or a folder
	Where string // a file or a folder
	Why   string
	Paste *Paste // for a person who wants it all the same; nil for nothing
}

// Paste is a service that is not started, as it would stand in the file.
type Paste struct {
	Name     string // of its script or its folder
	Dir      string
	Command  Text
	Terminal bool // it asks questions
}

const (
	maxSkipped = 200
	maxRoutes  = 200
)

// Skip tells of something that is not started, once.
func (f *Findings) Skip(s Skip) {
	same := func(o Skip) bool { return o.What == s.What && o.Where == s.Where }
	if len(f.Skipped) < maxSkipped && !slices.ContainsFunc(f.Skipped, same) {
		f.Skipped = append(f.Skipped, s)
	}
}

// Note tells a person something, once.
func (f *Findings) Note(text string) {
	if !slices.Contains(f.Notes, text) {
		f.Notes = append(f.Notes, text)
	}
}

// AddRoute adds a row of a proxy.
func (f *Findings) AddRoute(r Route) {
	if len(f.Routes) < maxRoutes {
		f.Routes = append(f.Routes, r)
	}
}
