package project

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"devgate/internal/input"
	"devgate/internal/proposal"
	"devgate/procfile"
)

// Options are what the command line and the surroundings say.
type Options struct {
	File    string   // the Devgatefile to read; "" looks for one from Dir upwards
	Dir     string   // where devgate was started
	Port    int      // the gateway's port instead of the file's; 0: none
	Host    string   // the gateway's host instead of the file's; "": none
	Environ []string // devgate's own environment
	Color   bool     // devgate prints colours, so services are told to do so too

	// Ports are those that a running devgate has chosen for services, by name: of those
	// with port = "auto", and of all where Block is set.
	Ports map[string]int

	// GatewayPort is the one that a running devgate has where the file leaves it
	// open (see Project.ChoosesGateway); 0: none.
	GatewayPort int

	// Isolate says instead of the file whether this checkout takes ports of its own;
	// IsolateAuto: the file does.
	Isolate procfile.Isolate

	// Block and Label are those of a running devgate whose ports have moved, see
	// Project; 0 and "": they have not.
	Block int
	Label string

	// Before is the project that runs, on whose env files this one falls back
	// where they cannot be asked for a moment; nil: none.
	Before *Project
}

// Project is a Devgatefile with everything that it leaves open filled in.
type Project struct {
	File     *procfile.File
	Path     string // of the file, as people in the working directory write it
	Root     string // absolute; the folder of the file
	Name     string
	Host     string
	Port     int    // of the gateway
	URL      string // of the gateway, as people write it
	Static   string // absolute folder, or ""
	Services []*Service

	// Isolate says whether this checkout takes ports of its own.
	Isolate procfile.Isolate

	// Block is the first of the ports of this checkout where all of them have moved, as
	// another one has those of the file; 0: they have not.
	Block int

	// Label is the name of a checkout that has moved, in front of ".localhost"; "": it
	// has none.
	Label string

	// DashboardPort is where the dashboard is to listen; 0: the file leaves it open.
	DashboardPort int

	// Made says what was found where there is no file, and the Devgatefile was made in
	// memory; nil: there is one.
	Made *proposal.Proposal

	// GatewayMoved says why a gateway whose port nobody has chosen is not where people
	// expect it; nil: it is.
	GatewayMoved *Moved

	// Inputs are the absolute paths of the files that the project was made from,
	// and of those that it would have been made from if they existed.
	Inputs []string

	// Inherited says which files are read from the main checkout, in the order in which they
	// were looked for.
	Inherited procfile.ErrorList

	// Warnings say what of the files that nobody has named is not used, in the
	// order in which they were read.
	Warnings procfile.ErrorList

	envTexts map[string]envText // by path
	dir      string             // from which people see paths
}

// Service is what one service is run with.
type Service struct {
	*procfile.Service
	Dir       string // absolute
	Port      int    // 0: none
	URL       string // "": none; for a remote its own
	Env       []string
	Command   []string            // nil for a remote
	Build     []string            // nil: none
	BuildEnv  []string            // nil without Build
	Stop      []string            // nil: none
	ReadyExec []string            // nil unless ready = { exec = … }
	Bin       string              // the path that {bin} stands for
	Set       map[string][]string // NAME=value in front of a command, by its key, where no shell reads it; see EnvFor
	NoShell   *Refusal            // why its texts cannot be run here; nil: they can
	Staged    string              // the path that {bin} stands for in Build: it becomes Bin when the build has succeeded

	layers layers
}

// Load reads the Devgatefile, or makes one in memory where there is none, and works
// everything out. It ends with ctx, and waits no longer than [input.Patience] in all
// for what does not come. The error is procfile.ErrNotFound, a procfile.ErrorList, or
// about a port. Beside an error about what the disk holds the Project is not nil, and
// has its Inputs.
func Load(ctx context.Context, o Options) (*Project, error) {
	ctx, cancel := context.WithTimeout(ctx, input.Patience)
	defer cancel()
	p, err := find(ctx, o)
	if err != nil {
		return nil, err
	}
	p.Name, p.Host, p.envTexts = cmp.Or(p.File.Name, filepath.Base(p.Root)), p.File.Host, map[string]envText{}
	p.Isolate = cmp.Or(o.Isolate, p.File.Isolate)
	p.Label, p.dir = p.label(o), o.Dir
	return p, p.resolve(ctx, o)
}

// resolve fills in what the file leaves open. Ports come first: everything else may
// speak of them.
func (p *Project) resolve(ctx context.Context, o Options) error {
	if o.Host != "" {
		p.Host = o.Host
	}
	if err := p.choosePorts(o); err != nil {
		return err
	}
	l := &loader{ctx: ctx, project: p, options: o}
	l.folders()
	l.readEnvFiles()
	if len(l.errs) == 0 {
		l.errs = p.completeAll()
	}
	if len(l.errs) > 0 {
		slices.SortStableFunc(l.errs, inOrder)
		return slices.CompactFunc(l.errs, func(a, b *procfile.Error) bool { return inOrder(a, b) == 0 && a.Msg == b.Msg })
	}
	return nil
}

// completeAll works out what every service is run with, once every port is known.
func (p *Project) completeAll() (errs procfile.ErrorList) {
	for _, s := range p.Services {
		errs = append(errs, p.complete(s)...)
	}
	return errs
}

// complete is completeAll for one service.
func (p *Project) complete(s *Service) procfile.ErrorList {
	s.Env = p.environment(s)
	errs := p.commands(s)
	if s.Build != nil {
		s.BuildEnv = p.environment(s.staged())
	}
	return errs
}

// staged is the service as its build sees it.
func (s *Service) staged() *Service {
	seen := *s
	seen.Bin = s.Staged
	return &seen
}

// Instance is the service as one of several processes of it is run: on a port of
// its own. Others go on to see the service's own port. An error is that the port
// cannot be written into a command, as far from likely as that is.
func (p *Project) Instance(s *Service, port int) (*Service, error) {
	one := *s
	one.Port = port
	if errs := p.complete(&one); len(errs) > 0 {
		return nil, errs
	}
	return &one, nil
}

// inOrder sorts errors by file, line and column.
func inOrder(a, b *procfile.Error) int {
	return cmp.Or(strings.Compare(a.File, b.File), a.Pos.Line-b.Pos.Line, a.Pos.Column-b.Pos.Column)
}

// Service is the service of a name, or nil.
func (p *Project) Service(name string) *Service {
	for _, s := range p.Services {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// loader collects what the disk has to say against a project.
type loader struct {
	ctx     context.Context
	project *Project
	options Options
	errs    procfile.ErrorList
}

// fail reports what the disk says against a place in the file.
func (l *loader) fail(pos procfile.Position, msg, hint string) {
	l.errs = append(l.errs, l.project.File.ErrorAt(pos, msg, hint))
}

// folders checks dir and static, and makes them absolute.
func (l *loader) folders() {
	p := l.project
	if p.File.Static != "" {
		p.Static = l.folder(p.File.Static, p.File.Pos("static"))
	}
	for _, s := range p.Services {
		s.Dir = p.Root
		if s.Service.Dir != "" {
			s.Dir = l.folder(s.Service.Dir, s.Position("dir"))
		}
	}
}

// folder is the absolute path of one that the file names, and has to exist.
func (l *loader) folder(name string, pos procfile.Position) string {
	path := absolute(l.project.Root, name)
	info, err := input.Stat(l.ctx, path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		l.fail(pos, "folder "+name+" does not exist", "make it, or correct the path; it starts at "+l.project.Root)
	case err != nil:
		l.fail(pos, "folder "+name+" cannot be read: "+errors.Unwrap(err).Error(), advice(err))
	case !info.IsDir():
		l.fail(pos, name+" is a file, not a folder", "")
	}
	return path
}

// advice is what to do about a file that cannot be read.
func advice(err error) string {
	if found, ok := errors.AsType[*input.Error](err); ok {
		return found.Hint
	}
	return ""
}

// shownPath is a path as a person in dir would write it.
func shownPath(dir, path string) string {
	rel, err := filepath.Rel(dir, path)
	if err != nil || strings.HasPrefix(rel, "../../..") {
		return path
	}
	return rel
}

// absolute is a path as seen from a folder.
func absolute(base, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(base, path)
}
