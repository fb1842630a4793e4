package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"devgate/internal/event"
	"devgate/internal/logmux"
	"devgate/internal/port"
	"devgate/internal/project"
	"devgate/internal/watch"
	"devgate/procfile"
	"devgate/proxy"
	"devgate/supervisor"
	"devgate/supervisor/probe"
)

const (
	tailLines = 20 // of a failed service's output
	// undecided is how long a process of a Procfile may take to listen before it
	// counts as a worker, and expected how long where its port stands in the
	// command. It joins the cascade later if it does.
	undecided = 3 * time.Second
	expected  = 30 * time.Second
	// portPatience is how long a start waits for its port before it says who has
	// it, and portLimit how long in all.
	portPatience = 3 * time.Second
	portLimit    = 15 * time.Second
)

// gatewayConfig translates the top of the Devgatefile and its backends.
func gatewayConfig(p *project.Project, logf func(string, ...any)) proxy.Config {
	f := p.File
	cfg := proxy.Config{
		Name: p.Name, Static: p.Static, Hold: f.Hold, ReplayLimit: f.ReplayLimit, Hosts: f.Hosts, Logf: logf,
	}
	if f.NotFound == procfile.NotFoundPass {
		cfg.NotFound = proxy.Pass
	}
	for _, s := range p.Services {
		if s.InCascade() {
			cfg.Backends = append(cfg.Backends, backend(s))
		}
	}
	return cfg
}

func backend(s *project.Service) proxy.Backend {
	return proxy.Backend{
		Name: s.Name, Port: s.Port, URL: s.Service.URL, Remote: s.Kind() == procfile.Remote,
		Paths: s.Paths, Final: s.Final, Fallthrough: s.Fallthrough, Optional: s.Optional,
		H2C: s.Protocol == procfile.H2C,
	}
}

// watchTargets are the services that want to be restarted by changes.
func watchTargets(p *project.Project) []watch.Target {
	var all []watch.Target
	for _, s := range p.Services {
		if len(s.Watch) > 0 {
			all = append(all, watch.Target{Name: s.Name, Dir: s.Dir, Patterns: s.Watch, Ignore: s.Ignore, Exclude: []string{s.Bin}})
		}
	}
	return all
}

// specs are the services that devgate starts.
func (s *session) specs() []supervisor.Spec {
	var all []supervisor.Spec
	for _, service := range s.project.Services {
		if service.Kind() != procfile.Remote {
			all = append(all, s.spec(service))
		}
	}
	return all
}

func (s *session) spec(service *project.Service) supervisor.Spec {
	command := func(args []string) supervisor.Command {
		return supervisor.Command{Args: args, Dir: service.Dir, Env: service.Env}
	}
	optional := func(args []string) *supervisor.Command {
		if args == nil {
			return nil
		}
		c := command(args)
		return &c
	}
	w := &wiring{session: s, service: service}
	s.wirings[service.Name] = w
	spec := supervisor.Spec{
		Name: service.Name, Command: command(service.Command), Build: optional(service.Build), Stop: optional(service.Stop),
		After: s.startedHere(service.After), Once: service.Once, Restart: restartPolicy(service.Restart),
		Signal: service.StopSignal.Number, Grace: service.Grace,
		Output: w.output, Ready: w.readiness(), Observe: w.observe,
		Drain:      func(ctx context.Context) { s.gateway.Drain(ctx, service.Name) },
		Signalled:  func() { s.gateway.Interrupt(service.Name) },
		LastOutput: w.lastOutput, Inspect: inspect,
	}
	spec.Command.Terminal = s.terminals.of(service)
	if service.Port != 0 {
		spec.Release = w.release
	}
	return spec
}

// startedHere leaves out what devgate does not start: a remote is always there.
func (s *session) startedHere(names []string) []string {
	var all []string
	for _, name := range names {
		if s.project.Service(name).Kind() != procfile.Remote {
			all = append(all, name)
		}
	}
	return all
}

func restartPolicy(r procfile.Restart) supervisor.Restart {
	switch r {
	case procfile.RestartAlways:
		return supervisor.Always
	case procfile.RestartNever:
		return supervisor.Never
	}
	return supervisor.OnFailure
}

// wiring is the hooks of one service.
type wiring struct {
	session *session
	service *project.Service
	opened  atomic.Pointer[time.Time] // when the last child's output began
}

func (w *wiring) output(stream string) io.WriteCloser {
	now := time.Now()
	w.opened.Store(&now)
	return w.session.printer.Stream(w.service.Name, stream)
}

func (w *wiring) lastOutput() string {
	if tail := w.session.printer.Tail(w.service.Name, 1); len(tail) == 1 {
		return tail[0].Text
	}
	return ""
}

// readiness is the service's check, or nil: ready as soon as it runs.
func (w *wiring) readiness() func(context.Context, func(error)) error {
	ready := w.service.Ready
	var attempt probe.Attempt
	switch {
	case w.service.JoinsWhenListening:
		return w.joinWhenListening
	case ready.Kind == procfile.ReadyLog:
		return w.logMatches
	case ready.Kind == procfile.ReadyTCP:
		attempt = probe.TCP(portOr(ready.Port, w.service.Port))
	case ready.Kind == procfile.ReadyHTTP:
		attempt = probe.HTTP(w.service.Port, ready.Path, ready.Status)
	case ready.Kind == procfile.ReadyExec:
		attempt = w.commandSucceeds
	default:
		return nil
	}
	return func(ctx context.Context, report func(error)) error {
		if w.service.Port != 0 {
			looking, stop := context.WithCancel(ctx)
			defer stop()
			w.session.tasks.Go(func() { w.watchPort(looking) })
		}
		return probe.Until(ctx, ready.Interval, attempt, report)
	}
}

func portOr(port, own int) int {
	if port != 0 {
		return port
	}
	return own
}

// commandSucceeds is one attempt of ready = { exec = … }. What the command
// prints is no service's output; its first line says what is missing.
func (w *wiring) commandSucceeds(ctx context.Context) error {
	var out firstLine
	command := supervisor.Command{Args: w.service.ReadyExec, Dir: w.service.Dir, Env: w.service.Env}
	child, err := w.session.exec.Start(command, &out, &out)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { child.Signal(syscall.SIGKILL) })()
	exit := child.Wait()
	child.Sweep(syscall.SIGKILL, 0)
	if !exit.Failure() {
		return nil
	}
	return fmt.Errorf("%s: %s%s", w.service.Ready.Exec, exit, out.text())
}

// firstLine keeps the first line of what is written to it.
type firstLine struct {
	mu  sync.Mutex
	buf []byte
}

func (l *firstLine) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.buf) < 1000 {
		l.buf = append(l.buf, p...)
	}
	return len(p), nil
}

func (l *firstLine) Close() error { return nil }

// text is the line in parentheses, or nothing.
func (l *firstLine) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	line, _, _ := strings.Cut(strings.TrimSpace(string(l.buf)), "\n")
	if line == "" {
		return ""
	}
	return " (" + line + ")"
}

// logMatches waits for a line of this run that matches.
func (w *wiring) logMatches(ctx context.Context, report func(error)) error {
	pattern := w.service.Ready.Log
	report(fmt.Errorf("no line of output matches %q yet", pattern))
	query := logmux.Query{Services: []string{w.service.Name}, Since: *w.opened.Load(), Grep: pattern, Live: true}
	for line := range w.session.printer.Follow(ctx, query) {
		if line.Stream != logmux.Devgate {
			return nil
		}
	}
	return errors.New("the output ended before a line matched")
}

// joinWhenListening is the rule for a Procfile: ready when it listens, or when
// it has not for a while; then it is a worker until it does.
func (w *wiring) joinWhenListening(ctx context.Context, report func(error)) error {
	attempt := probe.TCP(w.service.Port)
	looking, stop := context.WithTimeout(ctx, 2*undecided)
	w.session.tasks.Go(func() { defer stop(); w.watchPort(looking) })
	patience := undecided
	if w.service.Has("port") {
		patience = expected
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := probe.Until(limited, w.service.Ready.Interval, attempt, report)
	if err == nil {
		w.session.join(w.service.Name)
		return nil
	}
	if ctx.Err() == nil && !w.session.joined(w.service.Name) {
		w.session.watchForJoin(ctx, w.service)
		return nil
	}
	return probe.Until(ctx, w.service.Ready.Interval, attempt, report)
}

// release waits until the service's port is free, and says who has it.
func (w *wiring) release(ctx context.Context, say func(string)) error {
	patience, cancel := context.WithTimeout(ctx, portPatience)
	defer cancel()
	err := port.WaitFree(patience, w.service.Port)
	if err == nil || ctx.Err() != nil {
		return err
	}
	say(err.Error() + "; waiting for it")
	limit, cancel := context.WithTimeout(ctx, portLimit-portPatience)
	defer cancel()
	return port.WaitFree(limit, w.service.Port)
}

// observe tells the gateway, before anything that a state leads to happens.
func (w *wiring) observe(e event.Service) {
	s := w.session
	if !w.service.InCascade() || w.service.JoinsWhenListening && e.State == event.Ready && !s.joined(e.Name) {
		return
	}
	s.gateway.SetState(e.Name, s.gatewayState(e))
}

// gatewayState says what to do with requests for a backend in a state.
func (s *session) gatewayState(e event.Service) proxy.State {
	reason := e.State.String()
	if e.Reason != "" {
		reason += ": " + e.Reason
	}
	switch {
	case e.State == event.Ready:
		return proxy.State{Phase: proxy.Ready}
	case e.State == event.Stopping && e.Returning:
		return proxy.State{Phase: proxy.Waiting, Reason: "restarting"}
	case e.State == event.Stopping || e.State.Settled():
		return proxy.State{Phase: proxy.Down, Reason: reason, Log: s.tail(e.Name)}
	}
	return proxy.State{Phase: proxy.Waiting, Reason: reason, Log: s.tail(e.Name)}
}

// tail is the end of what the service's last process has printed.
func (s *session) tail(name string) []string {
	var all []string
	for _, line := range s.printer.Tail(name, tailLines) {
		if opened := s.wirings[name].opened.Load(); opened != nil && !line.At.Before(*opened) {
			all = append(all, line.Text)
		}
	}
	return all
}
