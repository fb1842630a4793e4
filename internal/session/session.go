package session

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"devgate/internal/checkout"
	"devgate/internal/control"
	"devgate/internal/event"
	"devgate/internal/logmux"
	"devgate/internal/oserr"
	"devgate/internal/proc"
	"devgate/internal/project"
	"devgate/internal/watch"
	"devgate/proxy"
	"devgate/supervisor"
)

// session is one running project: the one place that puts the parts together and
// takes them down. No part knows it; each has the few others that it needs.
type session struct {
	options Options
	pid     int // that people see and signal: the guard's, if there is one
	began   time.Time

	home  checkout.Checkout // where the project is
	moved string            // why its ports have moved; "": they have not

	current      *current
	lock         *control.Lock
	registration *control.Registration
	printer      *logmux.Printer
	bus          event.Bus
	exec         *supervisor.Exec
	mark         string // in the environment of every process of this session
	gateway      *proxy.Gateway
	dashboard    *dashboards
	watcher      *watch.Watcher
	sup          *supervisor.Supervisor
	outputs      *outputs
	backends     *backends
	relays       relays
	terminals    *terminals
	specs        *specs
	edits        *edits
	observed     *observed

	ending   *ending
	stopping atomic.Bool // it is on its way down
}

// open opens what must be open before anything starts: the gateway's port, the
// log, the eyes of the watcher.
func open(o Options, lock *control.Lock) (s *session, err error) {
	// The mark is random and in the environment of all that is started: it finds what has
	// left the tree of processes.
	s = &session{options: o, pid: os.Getpid(), began: time.Now(), lock: lock, mark: rand.Text(), terminals: newTerminals(o.TerminalSize, o.FollowSize)}
	if o.Guard != nil {
		s.pid = os.Getppid()
	}
	s.ending = newEnding()
	s.observed = newObserved(o.Project, s.say)
	// The ports before all else: if one is taken nothing has to be undone.
	if s.registration, err = s.settle(); err != nil {
		return nil, err
	}
	o = s.options // its project may have moved
	if s.exec, err = supervisor.NewExec(s.mark); err != nil {
		return nil, err
	}
	s.printer = logmux.New(logmux.Config{
		Out: o.Out, Format: o.Format, Color: o.Color, Timestamps: o.Timestamps,
		Dir: filepath.Join(o.Project.Root, control.Folder, "logs"), Services: namesOf(o.Project), OnClosed: s.outputFailed,
		OnHidden: s.refresh,
	})
	s.assemble()
	s.watcher = &watch.Watcher{
		Root: o.Project.Root, Targets: watchTargets(o.Project, o.Project.Inputs), Logf: s.logf, Rewrites: true, Except: filesOf(o.Out, o.Err),
	}
	s.watcher.Begin() // before any process that may read what changes
	s.sup = supervisor.New(s.specs.of(s.current.setup()), &s.bus, s.exec)
	// Set after New: edits and the supervisor know each other, and one has to be first.
	s.edits.changed, s.edits.looks.wrote = s.sup.Changed, s.wrote
	return s, nil
}

// settle finds the ports of this session; see claim.
func (s *session) settle() (*control.Registration, error) {
	c := &claim{project: s.options.Project, source: s.options.Source, occupy: s.occupy, enter: s.entry}
	registration, err := c.settle()
	s.options.Project, s.home, s.moved = c.project, c.home, c.moved
	return registration, err
}

// occupy opens gateway and dashboard where a project says, or says who has its ports.
func (s *session) occupy(p *project.Project) error {
	setup := newSetup(p, s.options.First)
	if s.dashboard != nil {
		s.dashboard.close() // of the attempt before
	}
	s.current = newCurrent(setup)
	s.dashboard = &dashboards{current: s.current, version: s.options.Version}
	refused := s.dashboard.claim(setup)
	s.gateway = proxy.New(s.gatewayConfig(setup))
	return claimPorts(s.gateway, setup, refused)
}

// gatewayConfig is what the gateway is to do by a setup.
func (s *session) gatewayConfig(to *setup) proxy.Config {
	cfg := gatewayConfig(to, s.logf)
	cfg.Dashboard, cfg.Observe = s.dashboard.url(), s.observed.take
	// The gateway is there before the outputs; a page is asked for after both.
	cfg.Tail = func(service string) []string { return s.outputs.styledTail(service) }
	return cfg
}

// filesOf are the files that streams lead to.
func filesOf(streams ...io.Writer) (all []fs.FileInfo) {
	for _, stream := range streams {
		if file, ok := stream.(*os.File); ok {
			if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
				all = append(all, info)
			}
		}
	}
	return all
}

// assemble makes the parts that look after services, each with what it needs.
func (s *session) assemble() {
	s.outputs = newOutputs(s.printer)
	s.backends = &backends{gateway: s.gateway, current: s.current, say: s.say}
	s.edits = newEdits(recall(s.options.Project))
	s.edits.tell = (&findings{current: s.current, say: s.say, known: s.edits.ledger.Outputs}).take
	undeclared := &undeclared{say: s.say, path: s.options.Project.Path}
	s.specs = &specs{
		current: s.current, outputs: s.outputs, backends: s.backends, relays: &s.relays, terminals: s.terminals, edits: s.edits,
		checks: &checks{say: s.say, start: s.exec, backends: s.backends, undeclared: undeclared},
	}
}

// actions is what others may ask of this session.
func (s *session) actions() *actions {
	overview := &overview{current: s.current, bus: &s.bus, pid: s.pid, began: s.began, stopping: s.stopping.Load, dashboard: s.dashboard.url}
	return &actions{
		overview:  overview,
		waiter:    &waiter{current: s.current, bus: &s.bus, status: overview.Status},
		commander: &commander{current: s.current, bus: &s.bus, runner: s.sup, say: s.say},
		logReader: &logReader{current: s.current, printer: s.printer, isOlder: s.outputs.isOlder},
		inspector: &inspector{gateway: s.gateway, backends: s.current.backendNames, logs: s.printer.Follow},
		attacher:  &attacher{current: s.current, bus: &s.bus, terminals: s.terminals},
		down:      func() { s.ending.by(ErrDown) },
	}
}

// reporter says what happens from now on.
func (s *session) reporter() *reporter {
	starting := &startup{current: s.current, say: s.say, began: s.began, limit: s.options.Late, ready: s.allReady}
	if starting.limit > 0 {
		// Without a limit late stays nil, and a nil channel is never ready.
		starting.late = time.After(starting.limit)
	}
	return &reporter{
		say: s.say, bus: &s.bus, events: s.bus.Subscribe(), stopping: s.stopping.Load, startup: starting, failed: s.failed,
		texts: &texts{current: s.current, tail: s.outputs.tail, held: s.gateway.Held},
	}
}

// reloader takes up saved Devgatefiles.
func (s *session) reloader() *reloader {
	return &reloader{
		current: s.current, say: s.say, source: s.options.Source, load: project.Load,
		move:  s.move,
		apply: s.apply, watch: s.watchInputs, heeds: s.heedsChanges, wake: make(chan struct{}, 1),
	}
}

// move takes the gateway to the address of another setup.
func (s *session) move(to *setup) error {
	before := s.current.setup()
	s.dashboard.yield(to.Port)
	err := move(s.gateway, before, to)
	if err != nil {
		s.dashboard.follow(before, before) // back, where it has yielded
	}
	return err
}

// refresh has the footer drawn anew, which counts what is hidden.
func (s *session) refresh() {
	if s.options.Keyboard != nil {
		s.options.Keyboard.Refresh()
	}
}

// keys are those of the terminal; without a Keyboard none is ever pressed.
func (s *session) keys() *keys {
	k := &keys{
		current: s.current, bus: &s.bus, say: s.say, restart: s.sup.Restart, browse: s.options.Browse, out: s.options.Out,
		quit: func() { s.ending.by(ErrDown) }, dashboard: s.dashboard.url, show: s.printer.Show, shown: s.printer.Shown,
	}
	if s.options.Keyboard != nil {
		k.clear = s.options.Keyboard.Clear
	}
	return k
}

// writeRecord says who runs the project, and where: to its own commands, and to other
// devgates.
func (s *session) writeRecord() error {
	p := s.current.setup()
	record := control.Record{PID: s.pid, URL: p.URL, Socket: control.SocketPath(p.Root), Started: s.began, Devgate: s.options.Version}
	return errors.Join(s.lock.Write(record), s.registration.Update(s.entry(p.Project, s.home, record)))
}

// entry is this devgate as others see it.
func (s *session) entry(p *project.Project, home checkout.Checkout, r control.Record) control.Entry {
	ports := p.Ports()
	if n := int(s.dashboard.port.Load()); n != 0 && !slices.Contains(ports, n) {
		ports = append(ports, n)
	}
	return control.Entry{Record: r, Root: p.Root, Name: p.Name, Top: home.Top, Common: home.Repository, Label: p.Label, Ports: ports}
}

// watchInputs follows other files from now on.
func (s *session) watchInputs(p *project.Project, inputs []string) {
	if err := s.watcher.Update(watchTargets(p, inputs)); err != nil {
		s.say("", err.Error())
	}
}

// apply does what a plan says. Whoever reads the setup sees the new one before
// anything that follows from it happens. What else there is to say of it is returned.
func (s *session) apply(d plan) (remark string) {
	// The order is that of who sees what: names and columns before lines, the gateway
	// before processes.
	s.current.replace(d.after)
	s.printer.SetServices(namesOf(d.after.Project))
	s.watchInputs(d.after.Project, d.after.Inputs)
	remark = s.dashboard.follow(d.before, d.after) // before a service may want its port
	// What can be wrong in a file has been refused before; the rest of the plan holds.
	if err := s.gateway.Reconfigure(s.gatewayConfig(d.after)); err != nil {
		s.say("", err.Error())
	}
	s.observed.begin(d.after.Project)
	s.backends.preset(d.added)
	s.edits.forget(d.rebuilt)
	s.sup.Reconcile(s.specs.of(d.after), d.after.startedNames())
	// A record that cannot be written leaves the old one, whose socket is still right.
	s.writeRecord()
	return remark
}

// outputFailed ends the session when the reader of its output has gone. A full
// disk is no reason to: services, files and memory go on.
func (s *session) outputFailed(err error) {
	if oserr.DiskFull.In(err) {
		fmt.Fprintf(s.options.Err, "devgate: cannot %v; services go on, devgate logs shows what they print\n", err)
		return
	}
	s.ending.by(ErrOutputClosed)
}

// failed ends the session at the first failure where that was asked for.
func (s *session) failed(e event.Service) {
	if s.options.ExitOnFailure && (e.Exit == nil || e.Exit.Failure()) {
		s.say("", e.Name+" failed: stopping (--exit-on-failure)")
		s.ending.by(&ServiceError{e.Name, e.Exit})
	}
}

// allReady shows the gateway where that was asked for.
func (s *session) allReady(url string) {
	if s.options.OpenWhenReady {
		s.options.Browse(url)
	}
}

// suspend stops everything until SIGCONT; the terminal is the shell's meanwhile.
func (s *session) suspend() {
	if keyboard := s.options.Keyboard; keyboard != nil {
		keyboard.Suspend()
		defer keyboard.Resume()
	}
	s.exec.Suspend()
}

// say prints a line of devgate about a service, or about everything.
func (s *session) say(service, text string) { s.printer.Devgate(service, text) }

func (s *session) logf(format string, args ...any) { s.say("", fmt.Sprintf(format, args...)) }

// wrote is how much the processes of a service have written so far.
func (s *session) wrote(service string) (bytes uint64, known bool) {
	now, _ := s.bus.Service(service)
	return proc.Wrote(withDescendants(now.PID))
}

func (s *session) heedsChanges(service string) bool {
	now, _ := s.bus.Service(service)
	return now.HeedsChanges()
}
