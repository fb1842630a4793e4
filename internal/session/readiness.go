package session

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"devgate/internal/logmux"
	"devgate/internal/project"
	"devgate/procfile"
	"devgate/supervisor"
	"devgate/supervisor/probe"
)

const (
	// undecided is how long a process of a Procfile may take to listen before it
	// counts as a worker, and expected how long where its line says PORT=. It joins the cascade later if it does.
	undecided = 3 * time.Second
	expected  = 30 * time.Second
)

// readiness is the service's check, or nil: ready as soon as it runs.
func (w *hooks) readiness() func(context.Context, func(error)) error {
	ready := w.service.Ready
	var attempt probe.Attempt
	switch {
	case w.service.JoinsWhenListening:
		return w.joinWhenListening
	case ready.Kind == procfile.ReadyLog:
		return w.logMatches
	case ready.Kind == procfile.ReadyTCP:
		attempt = probe.TCP(cmp.Or(ready.Port, w.service.Port))
	case ready.Kind == procfile.ReadyHTTP:
		attempt = probe.HTTP(w.service.Port, ready.Path, ready.Status, protocolOf(w.service))
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
		return w.until(ctx, attempt, report)
	}
}

func protocolOf(s *project.Service) probe.Protocol {
	if s.Protocol == procfile.H2C {
		return probe.H2C
	}
	return probe.HTTP1
}

// until repeats an attempt and says it once when the service's own timeout is
// over. (What takes longer than 30 s is explained for every service.)
func (w *hooks) until(ctx context.Context, attempt probe.Attempt, report func(error)) error {
	ready := w.service.Ready
	if ready.Timeout == procfile.DefaultTimeout {
		return probe.Until(ctx, ready.Interval, attempt, report)
	}
	var missing atomic.Pointer[error]
	late := time.AfterFunc(ready.Timeout, func() {
		text := fmt.Sprintf("not ready after %s", ready.Timeout)
		if err := missing.Load(); err != nil {
			text += fmt.Sprintf(": %v", *err)
		}
		w.session.say(w.service.Name, text+"; it is asked on")
	})
	defer late.Stop()
	return probe.Until(ctx, ready.Interval, attempt, func(err error) {
		missing.Store(&err)
		report(err)
	})
}

// commandSucceeds is one attempt of ready = { exec = … }. What the command
// prints is no service's output; its first line says what is missing.
func (w *hooks) commandSucceeds(ctx context.Context) error {
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

// Write keeps the beginning.
func (l *firstLine) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.buf) < 1000 {
		l.buf = append(l.buf, p...)
	}
	return len(p), nil
}

// Close does nothing.
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
func (w *hooks) logMatches(ctx context.Context, report func(error)) error {
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
func (w *hooks) joinWhenListening(ctx context.Context, report func(error)) error {
	attempt := probe.TCP(w.service.Port)
	looking, stop := context.WithTimeout(ctx, 2*undecided)
	w.session.tasks.Go(func() { defer stop(); w.watchPort(looking) })
	patience := undecided
	if w.service.Has("port") && !w.service.PortGuessed {
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
