package session

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"devgate/internal/control"
	"devgate/internal/event"
	"devgate/internal/logmux"
	"devgate/internal/project"
	"devgate/internal/watch"
	"devgate/procfile"
	"devgate/proxy"
	"devgate/supervisor"
)

// session is one running project.
type session struct {
	current atomic.Pointer[project.Project] // replaced by reload
	options Options
	first   []string // what is started at first; nil: all
	began   time.Time

	endedBefore int // processes that an earlier devgate had left behind

	lock    *control.Lock
	printer *logmux.Printer
	bus     event.Bus
	sup     *supervisor.Supervisor
	exec    *supervisor.Exec
	mark    string // in the environment of every process of this session
	gateway *proxy.Gateway
	watcher *watch.Watcher
	reload  *reloader

	terminals *terminals
	relays    relays

	ctx   context.Context // ends when the session is to end
	end   context.CancelCauseFunc
	tasks sync.WaitGroup // what belongs to no other package: joiners, the reporter

	mu        sync.Mutex
	hooks     map[string]*hooks // by service; the newest
	listening map[string]bool   // services of a Procfile that have listened
	stopping  bool
}

// Run is a session from the lock to its last line. Its result is why it has
// ended: ErrDown, ErrOutputClosed, a *SignalError, a *ServiceError, or what went
// wrong. It is a *control.HeldError when another devgate runs the project.
func Run(o Options) error {
	lock, err := control.Acquire(o.Project.Root)
	if err != nil {
		return err
	}
	ended := EndLeftovers(o.Project.Root)
	s, err := open(o, lock)
	if err != nil {
		lock.Release()
		return err
	}
	s.endedBefore = ended
	stopGuard := s.watchGuard()
	defer stopGuard()
	stopWatching := s.watchOutput(o.Out)
	defer stopWatching()
	return s.run()
}

// open opens what must be open before anything starts: the log and the gateway's
// port. The caller holds the lock and calls run.
func open(o Options, lock *control.Lock) (s *session, err error) {
	s = &session{options: o, first: o.First, began: time.Now(), lock: lock, listening: map[string]bool{}, hooks: map[string]*hooks{}, terminals: newTerminals(o.TerminalSize)}
	s.current.Store(o.Project)
	s.ctx, s.end = context.WithCancelCause(context.Background())
	s.reload = newReloader(s)
	s.gateway = proxy.New(s.gatewayConfig(o.Project))
	if err := s.checkPorts(s.startedAtFirst()); err != nil {
		return nil, err
	}
	s.printer = logmux.New(logmux.Config{
		Out: o.Out, Format: o.Format, Color: o.Color, Timestamps: o.Timestamps,
		Dir: filepath.Join(o.Project.Root, control.Folder, "logs"), Services: s.names(),
		OnClosed: func(err error) { s.outputFailed(err, o.Err) },
	})
	s.mark = rand.Text()
	if s.exec, err = supervisor.NewExec(s.mark); err != nil {
		return nil, err
	}
	s.watcher = &watch.Watcher{Root: o.Project.Root, Targets: watchTargets(o.Project, o.Project.Inputs), Logf: s.logf}
	s.watcher.Begin() // before any process that may read what changes
	s.sup = supervisor.New(s.specs(o.Project), &s.bus, s.exec)
	return s, nil
}

// outputFailed ends the session when the reader of its output has gone. A full
// disk is no reason to: services, files and memory go on.
func (s *session) outputFailed(err error, stderr io.Writer) {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) {
		fmt.Fprintf(stderr, "devgate: cannot %v; services go on, devgate logs shows what they print\n", err)
		return
	}
	s.end(ErrOutputClosed)
}

// project is the Devgatefile as it was last valid.
func (s *session) project() *project.Project { return s.current.Load() }

// hold is how long a request waits for a service that is on its way.
func (s *session) hold() time.Duration { return s.project().File.Hold }

func (s *session) logf(format string, args ...any) { s.say("", fmt.Sprintf(format, args...)) }

func (s *session) names() []string { return namesOf(s.project()) }

func namesOf(p *project.Project) []string {
	names := make([]string, len(p.Services))
	for i, service := range p.Services {
		names[i] = service.Name
	}
	return names
}

// run does everything between the first and the last line.
func (s *session) run() error {
	defer s.lock.Release() // last: who waits for it may count on everything else
	defer s.printer.Close()
	server, err := control.Open(control.SocketPath(s.project().Root), &actions{s})
	if err != nil {
		return err
	}
	defer server.Close()
	err = s.lock.Write(control.Record{PID: s.pid(), URL: s.project().URL, Socket: control.SocketPath(s.project().Root), Started: s.began})
	if err != nil {
		return err
	}
	s.greet()
	s.presetGateway(s.project().Services)
	return s.work()
}

// work runs the parts and takes them down in order; see the package's
// guarantees.
func (s *session) work() error {
	reporter := newReporter(s)
	s.tasks.Go(reporter.run)
	stopSignals := s.watchSignals(s.options.Signals)
	watching := background(func(ctx context.Context) error { return s.watchFiles(ctx) })
	serving := background(s.gateway.Serve)
	recording := background(s.recordProcesses)
	sizing := background(s.terminals.follow)
	typing := background(s.readKeys)
	supervising := background(func(ctx context.Context) error { return s.sup.Run(ctx, s.first) })

	select {
	case <-s.ctx.Done():
	case <-serving.done: // a listener failed: nothing can be reached any more
		s.end(serving.err)
	case <-watching.done: // a pattern that cannot be read
		s.end(watching.err)
	}
	s.setStopping()
	s.printer.Hurry() // who waits for a reader could not be stopped
	typing.stop()
	stopped := s.sayGoodbye()
	watching.stop()
	serving.stop()
	supervising.stop()
	s.relays.closeAll()
	s.exec.Close()
	recording.stop()
	sizing.stop()
	os.Remove(leftoversPath(s.project().Root))
	stopSignals()
	reporter.stop()
	s.tasks.Wait()
	stopped()
	return context.Cause(s.ctx)
}

// pid is the process that people see and signal: the guard, if there is one.
func (s *session) pid() int {
	if s.options.Guarded {
		return os.Getppid()
	}
	return os.Getpid()
}

func (s *session) setStopping() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopping = true
}

func (s *session) isStopping() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopping
}

// task is a part of a session that runs in a goroutine of its own.
type task struct {
	cancel context.CancelFunc
	done   chan struct{}
	err    error // after done
}

func background(run func(context.Context) error) *task {
	ctx, cancel := context.WithCancel(context.Background())
	t := &task{cancel: cancel, done: make(chan struct{})}
	go func() { // ends with stop, which waits for it
		defer close(t.done)
		t.err = run(ctx)
	}()
	return t
}

func (t *task) stop() {
	t.cancel()
	<-t.done
}

// watchFiles turns changes into restarts of the services that asked for them,
// and takes up a changed Devgatefile.
func (s *session) watchFiles(ctx context.Context) error {
	return s.watcher.Run(ctx, func(c watch.Change) {
		edit := event.Cause{By: event.Edit, Files: c.Files, Total: c.Total}
		if c.Name == logmux.Devgate {
			s.reload.take(edit.What())
			return
		}
		s.gateway.Changed()
		s.sup.Changed(edit, c.Name)
	})
}

// presetGateway says how backends stand before their first event: what is not
// started has no place in the cascade.
func (s *session) presetGateway(services []*project.Service) {
	started := s.startedAtFirst()
	for _, service := range services {
		switch {
		case service.Kind() == procfile.Remote:
		case !service.InCascade():
		case !started[service.Name]:
			s.gateway.SetState(service.Name, proxy.State{Phase: proxy.Absent})
		default:
			s.gateway.SetState(service.Name, proxy.State{Phase: proxy.Waiting, Reason: "starting"})
		}
	}
}

// startedAtFirst are the services named on the command line and what they are
// after, over all steps; without names, all.
func (s *session) startedAtFirst() map[string]bool {
	started := map[string]bool{}
	queue := s.first
	if queue == nil {
		queue = s.names()
	}
	for len(queue) > 0 {
		name := queue[0]
		queue = queue[1:]
		if service := s.project().Service(name); service != nil && !started[name] {
			started[name] = true
			queue = append(slices.Clone(queue), service.After...)
		}
	}
	return started
}

// say prints a line of devgate about a service, or about everything.
func (s *session) say(service, text string) { s.printer.Devgate(service, text) }
