package procfile

import (
	"strings"
	"time"

	"devgate/internal/input"
)

// Format is the language of a file.
type Format int

// The formats. The zero value is Devgatefile.
const (
	Devgatefile Format = iota
	Procfile
)

// String returns "Devgatefile" or "Procfile".
func (f Format) String() string { return pick(int(f), "Devgatefile", "Procfile") }

// NotFound is what the gateway answers a browser when no backend has a page.
type NotFound int

// The values of not_found. The zero value is the default.
const (
	NotFoundExplain NotFound = iota // a page that names every backend and its answer
	NotFoundPass                    // the last backend's 404
)

// String returns the word as it is written in a Devgatefile.
func (n NotFound) String() string { return pick(int(n), "explain", "pass") }

// Isolate is whether a checkout takes ports of its own, instead of those of the file.
type Isolate int

// The values of isolate. The zero value is the default.
const (
	IsolateAuto Isolate = iota // where another checkout of the repository has one of them
	IsolateOn
	IsolateOff
)

// String returns the value as it is written in a Devgatefile.
func (i Isolate) String() string { return pick(int(i), "auto", "true", "false") }

// The limits and defaults of a file.
const (
	MaxSize            = input.MaxSize // bytes of a file; larger ones are refused
	DefaultPort        = 3000
	DefaultHost        = "localhost"
	DefaultHold        = 15 * time.Second
	DefaultReplayLimit = 1 << 30
	DefaultGrace       = 5 * time.Second
	DefaultTimeout     = 30 * time.Second
	DefaultInterval    = 100 * time.Millisecond
)

// File is a Devgatefile or a Procfile, checked and with all defaults applied.
// Folders and file names are as written; see docs/devgatefile.md for where each begins.
type File struct {
	Path        string        // as given to Parse or Read
	Format      Format        // how the file was read
	Name        string        // of the project; "" means the name of its folder
	Port        Port          // of the gateway
	Host        string        // the name or address that the gateway listens on
	Hosts       []string      // further Host names to accept; "*.example.test" covers the names below
	Static      string        // folder tried after every backend; "" for none
	Hold        time.Duration // how long a request waits for a backend that starts; 0 does not wait
	NotFound    NotFound
	Speculate   bool
	ReplayLimit int64 // bytes of a body that are kept for the next backend
	Dashboard   Dashboard
	Isolate     Isolate
	EnvFile     []string          // ".env" alone unless EnvFileSet
	EnvFileSet  bool              // written in the file: then every one must exist
	Env         map[string]string // [env]: for every service, with placeholders
	Services    []*Service        // in cascade order: as they stand in the file, or as `order` says

	order []string // as written in `order`
	src   *source
	marks marks
}

// newFile returns a file with every default in place.
func newFile(src *source, format Format) *File {
	f := &File{Path: src.name, Format: format, src: src, marks: marks{}}
	fileKeys().reset(f)
	return f
}

// Service returns the service of a name, or nil.
func (f *File) Service(name string) *Service {
	for _, s := range f.Services {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// Has reports whether a top-level key was written. Keys below are joined by a
// dot: "env.DATABASE_URL".
func (f *File) Has(key string) bool {
	_, ok := f.marks[key]
	return ok
}

// Pos returns where the value of a top-level key stands, or the zero Position
// when it was not written.
func (f *File) Pos(key string) Position { return f.src.markPosition(f.marks, key) }

// ErrorAt returns an error about something in the file, with the source line, for
// what only the caller can know: a port in use, a key that it does not act on yet.
// The position is one from this file; a zero one gives an error about the file.
func (f *File) ErrorAt(pos Position, msg, hint string) *Error {
	if pos.Line < 1 || pos.Line > len(f.src.lines) {
		return &Error{File: f.src.name, Msg: msg, Hint: hint}
	}
	return f.src.errorAt(f.src.wordAt(pos, f.marked()), msg, hint)
}

// ErrorIn is ErrorAt about a part of the value at a position: the first of parts that
// stands in it as it is; without one, about the value.
func (f *File) ErrorIn(pos Position, parts []string, msg, hint string) *Error {
	whole := f.ErrorAt(pos, msg, hint)
	if whole.Pos.IsZero() {
		return whole
	}
	at := f.src.wordAt(pos, f.marked())
	for _, part := range parts {
		if i := strings.Index(f.src.text[at.start:at.end], part); i >= 0 && part != "" {
			return f.src.errorAt(span{at.start + i, at.start + i + len(part)}, msg, hint)
		}
	}
	return whole
}

// marked returns every span that a position of the file may stand for.
func (f *File) marked() []marks {
	all := []marks{f.marks}
	for _, s := range f.Services {
		all = append(all, s.marks)
	}
	return all
}

// CheckGateway reports the service that has the gateway's port, or nil. [Parse]
// has asked it for the port of a Devgatefile; a caller asks it again for a port from
// the command line, and for a Procfile, which cannot name the gateway's port.
func (f *File) CheckGateway(port int) error {
	for _, s := range f.Services {
		if port != 0 && s.Port.Number == port {
			return f.gatewayClash(s, port)
		}
	}
	return nil
}
