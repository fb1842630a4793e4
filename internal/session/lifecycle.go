package session

import (
	"context"
	"os"
	"time"

	"devgate/internal/event"
	"devgate/internal/logmux"
	"devgate/internal/proc"
	"devgate/internal/project"
	"devgate/internal/watch"
)

// stuckLimit is how long the way down waits for what reads files: a network or a
// pipe may hold it for ever.
const stuckLimit = time.Second

// parts are those of a session that have goroutines.
type parts struct {
	reporter                                      *reporter
	serving, supervising                          *task // the gateway, the services
	watching, reloading                           *task // files, the Devgatefile
	recording                                     *task // processes
	typing, sizing, signalling, guarding, reading *task // devgate's own terminal, signals, guard and output
}

// work runs the parts until the session is to end, and takes them down.
func (s *session) work() {
	p := s.start()
	select {
	case <-s.ctx.Done():
	case <-p.serving.done: // a listener failed: nothing can be reached any more
		s.end(p.serving.err)
	case <-p.watching.done: // a pattern that cannot be read
		s.end(p.watching.err)
	}
	s.stop(p)
}

func (s *session) start() *parts {
	p := &parts{reporter: s.reporter()}
	s.tasks.Go(p.reporter.run)
	s.backends.preset(s.current.setup().Services)
	signals := &signals{from: s.options.Signals, say: s.say, end: s.end, kill: s.sup.Kill, suspend: s.suspend}
	p.signalling = background(signals.run)
	p.guarding = background(s.watchGuard)
	p.reading = background(func(ctx context.Context) error { return watchReader(ctx, s.options.Out, s.end) })
	reloader := s.reloader()
	p.reloading = background(reloader.run)
	p.watching = background(func(ctx context.Context) error { return s.watchFiles(ctx, reloader.ask) })
	p.serving = background(s.gateway.Serve)
	p.recording = background(s.recordProcesses)
	p.sizing = background(s.terminals.follow)
	p.typing = background(s.readKeys)
	p.supervising = background(func(ctx context.Context) error { return s.sup.Run(ctx, s.options.First) })
	return p
}

// stop takes the parts down in order; see the package's guarantees.
func (s *session) stop(p *parts) {
	s.stopping.Store(true)
	s.printer.Hurry() // who waits for a reader could not be stopped
	p.watching.cancel()
	p.reloading.cancel()
	p.reading.cancel()
	p.typing.stop()
	stopped := s.sayGoodbye()
	p.serving.stop()
	p.supervising.stop()
	s.relays.closeAll()
	s.exec.Close()
	p.recording.stop()
	os.Remove(leftoversPath(s.options.Project.Root))
	p.sizing.stop()
	p.watching.leave(stuckLimit)
	p.reloading.leave(stuckLimit)
	p.reading.stop()
	p.guarding.stop()
	p.signalling.stop() // until here a second one kills
	p.reporter.stop()
	s.tasks.Wait()
	stopped()
}

// watchFiles turns changes into restarts of the services that asked for them,
// and takes up a changed Devgatefile.
func (s *session) watchFiles(ctx context.Context, reload func(event.Cause)) error {
	return s.watcher.Run(ctx, func(c watch.Change) {
		edit := event.Cause{By: event.Edit, Files: c.Files, Total: c.Total}
		if c.Name == logmux.Devgate {
			reload(edit)
			return
		}
		s.gateway.Changed()
		s.sup.Changed(edit, c.Name)
	})
}

// watchInputs follows other files from now on.
func (s *session) watchInputs(p *project.Project, inputs []string) {
	if err := s.watcher.Update(watchTargets(p, inputs)); err != nil {
		s.say("", err.Error())
	}
}

// apply does what a plan says. Whoever reads the setup sees the new one before
// anything that follows from it happens.
func (s *session) apply(d plan) {
	s.current.replace(d.after)
	s.printer.SetServices(namesOf(d.after.Project))
	s.watchInputs(d.after.Project, d.after.Inputs)
	if err := s.gateway.Reconfigure(gatewayConfig(d.after, s.logf)); err != nil {
		s.say("", err.Error())
	}
	s.backends.preset(d.added)
	s.sup.Reconcile(s.specs.of(d.after), d.after.startedNames())
	if d.after.URL != d.before.URL {
		s.writeRecord()
	}
}

func (s *session) recordProcesses(ctx context.Context) error {
	record := leftovers{Boot: proc.Boot(), Mark: s.mark, Group: s.exec.Group()}
	return record.keep(ctx, leftoversPath(s.options.Project.Root))
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
	if !s.options.Guarded {
		return nil
	}
	return watchGuard(ctx, s.say, s.end)
}
