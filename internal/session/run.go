package session

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"devgate/internal/control"
	"devgate/internal/event"
	"devgate/internal/logmux"
	"devgate/internal/project"
	"devgate/internal/watch"
)

// stuckLimit is how long the way down waits for what reads files: a network or a
// pipe may hold it for ever.
const stuckLimit = time.Second

// parts are those of a session that have goroutines.
type parts struct {
	reporter                                      *reporter
	reporting                                     *task // the reporter
	serving, supervising                          *task // the gateway, the services
	watching, reloading, editing                  *task // files, the Devgatefile, who writes
	recording, observing                          *task // processes, who answers what
	typing, sizing, signalling, guarding, reading *task // devgate's own terminal, signals, guard and output
}

// Run is a session from the lock to its last line. Its result is why it has
// ended: ErrDown, ErrOutputClosed, a *SignalError, a *ServiceError, or what went
// wrong. It is a *control.HeldError when another devgate runs the project.
// What is deferred here ends in reverse: the control socket, the log, the lock.
func Run(o Options) error {
	lock, err := control.Acquire(o.Project.Root)
	if err != nil {
		return err
	}
	defer lock.Release() // last: who waits for it may count on everything else
	ended := EndLeftovers(o.Project.Root)
	// Where this fails half way the process ends, and the system closes what was opened.
	s, err := open(o, lock)
	if err != nil {
		return err
	}
	defer s.registration.Leave() // its ports are free by then
	defer s.printer.Close()
	server, err := control.Open(control.SocketPath(o.Project.Root), s.actions())
	if err != nil {
		return err
	}
	defer server.Close()
	s.dashboard.serve(s.actions())
	defer s.dashboard.close()
	// From here on other commands find this devgate.
	if err := s.writeRecord(); err != nil {
		return err
	}
	s.greet(ended)
	s.writeSchema()
	s.work()
	return s.ending.why()
}

// greet says what is about to run, and which keys this version leaves alone.
// ended is how many processes an earlier devgate had left behind.
func (s *session) greet(ended int) {
	p := s.current.setup()
	if s.moved != "" {
		s.say("", s.moved)
	}
	for _, line := range madeText(p.Project) {
		s.say("", line)
	}
	if text := p.WhyMoved(); text != "" {
		s.say("", text)
	}
	s.say("", spaced(p.Name, p.URL, p.Alias(), p.cascade(), named("dashboard ", s.dashboard.url())))
	if ended > 0 {
		s.say("", fmt.Sprintf("ended %s that an earlier devgate had left behind", count(ended, "process")))
	}
	for _, note := range notesOf(p.Project) {
		s.say("", note)
	}
	if !project.IsLoopback(p.Host) {
		s.say("", fmt.Sprintf("the gateway listens on %s: other machines in your network can reach your servers", p.Host))
	}
}

// spaced is what there is of several texts, in a line.
func spaced(texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(text string) bool { return text == "" }), "  ")
}

// sayGoodbye names what is stopped; the returned function tells that it is done.
func (s *session) sayGoodbye() (done func()) {
	began := time.Now()
	var left []string
	for _, e := range s.bus.Snapshot() {
		if e.PID != 0 || e.Ending {
			left = append(left, e.Name)
		}
	}
	if len(left) > 0 {
		s.say("", "stopping "+strings.Join(left, ", "))
	}
	return func() { s.say("", "stopped in "+seconds(time.Since(began))) }
}

// work runs the parts until the session is to end, and takes them down.
func (s *session) work() {
	p := s.start()
	select {
	case <-s.ending.ctx.Done():
	case <-p.serving.done: // a listener failed: nothing can be reached any more
		s.ending.by(p.serving.err)
	case <-p.watching.done: // a pattern that cannot be read
		s.ending.by(p.watching.err)
	}
	s.stop(p)
}

// The reporter first: whatever the others do is said. The supervisor last: everybody is
// there who hears of a service.
func (s *session) start() *parts {
	p := &parts{reporter: s.reporter()}
	p.reporting = background(p.reporter.run)
	s.backends.preset(s.current.setup().Services)
	signals := &signals{from: s.options.Signals, say: s.say, end: s.ending.by, kill: s.sup.Kill, suspend: s.suspend}
	p.signalling = background(signals.run)
	p.guarding = background(s.watchGuard)
	p.reading = background(func(ctx context.Context) error { return watchReader(ctx, s.options.Out, s.ending.by) })
	reloader := s.reloader()
	p.reloading = background(reloader.run)
	p.editing = background(s.edits.run)
	p.watching = background(func(ctx context.Context) error { return s.watchFiles(ctx, reloader.ask) })
	p.serving = background(s.gateway.Serve)
	p.recording = background(s.recordProcesses)
	p.observing = background(s.observed.run)
	p.sizing = background(s.terminals.follow)
	p.typing = background(s.readKeys)
	p.supervising = background(func(ctx context.Context) error { return s.sup.Run(ctx, s.options.First) })
	return p
}

// stop takes the parts down in order; see the package's guarantees.
func (s *session) stop(p *parts) {
	// It changes what is said and told, before anything ends.
	s.stopping.Store(true)
	// Writes to a reader that does not read are given up from now on.
	s.printer.Hurry() // who waits for a reader could not be stopped
	p.watching.cancel()
	p.reloading.cancel()
	p.reading.cancel()
	p.typing.stop()
	p.editing.cancel()
	stopped := s.sayGoodbye()
	p.serving.stop()
	p.supervising.stop()
	// After the services: a connection through a relay lives as long as the process
	// behind it.
	s.relays.closeAll()
	s.exec.Close()
	p.recording.stop()
	// Whatever was started has ended, so the next devgate has nobody to look for.
	forgetProcesses(s.options.Project.Root)
	p.observing.stop() // after the last request
	p.sizing.stop()
	limit, cancel := context.WithTimeout(context.Background(), stuckLimit)
	defer cancel()
	p.watching.leave(limit)
	p.editing.leave(limit)
	p.reloading.leave(limit)
	p.reading.stop()
	p.guarding.stop()
	// Reader and signal may both have come; see ending.
	s.ending.await()
	p.signalling.stop() // until here a second one kills
	p.reporter.stop()
	<-p.reporting.done
	stopped()
}

// watchFiles turns changes into restarts of the services that asked for them,
// and takes up a changed Devgatefile.
func (s *session) watchFiles(ctx context.Context, reload func(event.Cause)) error {
	return s.watcher.Run(ctx, func(c watch.Change) {
		if c.Name == logmux.Devgate {
			if len(c.Files) > 0 {
				reload(event.Cause{By: event.Edit, Files: c.Files, Total: c.Total})
			}
			return
		}
		// The gateway may have learned answers that are not true any more.
		if len(c.Files) > 0 {
			s.gateway.Changed()
		}
		s.edits.written(c)
	})
}

// readKeys hands keys over until ctx ends.
func (s *session) readKeys(ctx context.Context) error {
	if s.options.Keyboard == nil {
		return nil
	}
	keys := s.keys()
	return s.options.Keyboard.Run(ctx, keys.press, keys.line)
}

func (s *session) watchGuard(ctx context.Context) error {
	if s.options.Guard == nil {
		return nil
	}
	return watchGuard(ctx, s.options.Guard, s.say, s.ending.by)
}
