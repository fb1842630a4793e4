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

// running are the parts of a session that have goroutines.
type running struct {
	reporter                                      *reporter
	serving, supervising                          *task // the gateway, the services
	watching, reloading                           *task // files, the Devgatefile
	recording                                     *task // processes
	typing, sizing, signalling, guarding, reading *task // devgate's own terminal, signals, guard and output
}

// work runs the parts until the session is to end, and takes them down.
func (s *session) work() {
	r := s.start()
	select {
	case <-s.ctx.Done():
	case <-r.serving.done: // a listener failed: nothing can be reached any more
		s.end(r.serving.err)
	case <-r.watching.done: // a pattern that cannot be read
		s.end(r.watching.err)
	}
	s.stop(r)
}

func (s *session) start() *running {
	r := &running{reporter: s.reporter()}
	s.tasks.Go(r.reporter.run)
	s.backends.preset(s.current.setup().Services)
	signals := &signals{from: s.options.Signals, say: s.say, end: s.end, kill: s.sup.Kill, suspend: s.suspend}
	r.signalling = background(signals.run)
	r.guarding = background(s.watchGuard)
	r.reading = background(func(ctx context.Context) error { return watchReader(ctx, s.options.Out, s.end) })
	reloader := s.reloader()
	r.reloading = background(reloader.run)
	r.watching = background(func(ctx context.Context) error { return s.watchFiles(ctx, reloader.ask) })
	r.serving = background(s.gateway.Serve)
	r.recording = background(s.recordProcesses)
	r.sizing = background(s.terminals.follow)
	r.typing = background(s.readKeys)
	r.supervising = background(func(ctx context.Context) error { return s.sup.Run(ctx, s.options.First) })
	return r
}

// stop takes the parts down in order; see the package's guarantees.
func (s *session) stop(r *running) {
	s.stopping.Store(true)
	s.printer.Hurry() // who waits for a reader could not be stopped
	r.watching.cancel()
	r.reloading.cancel()
	r.reading.cancel()
	r.typing.stop()
	stopped := s.sayGoodbye()
	r.serving.stop()
	r.supervising.stop()
	s.relays.closeAll()
	s.exec.Close()
	r.recording.stop()
	os.Remove(leftoversPath(s.options.Project.Root))
	r.sizing.stop()
	r.watching.leave(stuckLimit)
	r.reloading.leave(stuckLimit)
	r.reading.stop()
	r.guarding.stop()
	r.signalling.stop() // until here a second one kills
	r.reporter.stop()
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
	if s.options.Guard == nil {
		return nil
	}
	return watchGuard(ctx, s.options.Guard, s.say, s.end)
}
