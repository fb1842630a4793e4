package session

import (
	"cmp"
	"context"
	"fmt"
	"sync/atomic"
	"syscall"
	"time"

	"devgate/internal/project"
	"devgate/procfile"
	"devgate/supervisor"
	"devgate/supervisor/probe"
)

// checks finds out whether services are ready.
type checks struct {
	say        say
	start      supervisor.Starter // of commands that look
	backends   *backends
	undeclared *undeclared
}

// check is that of one service, or of one process of it.
type check struct {
	*checks
	service *project.Service
}

// of is the service's check, or nil: ready as soon as it runs.
func (c *checks) of(service *project.Service, out *output) func(context.Context, supervisor.Process) error {
	one := &check{c, service}
	ready := service.Ready
	switch {
	case service.JoinsWhenAnswering:
		return one.joinWhenAnswering
	case ready.Kind == procfile.ReadyLog:
		return out.matches
	case ready.Kind == procfile.ReadyTCP:
		return one.repeat(probe.TCP(cmp.Or(ready.Port, service.Port)))
	case ready.Kind == procfile.ReadyHTTP:
		return one.repeat(probe.HTTP(service.Port, ready.Path, ready.Status, protocolOf(service)))
	case ready.Kind == procfile.ReadyExec:
		return one.repeat(one.commandSucceeds)
	}
	return nil
}

// repeat makes an attempt until it succeeds. Meanwhile a port is looked for that
// is not the declared one.
func (c *check) repeat(attempt probe.Attempt) func(context.Context, supervisor.Process) error {
	return func(ctx context.Context, p supervisor.Process) error {
		// Without a port there is nothing that it could listen on instead.
		if c.service.Port != 0 {
			looking, stop := context.WithCancel(ctx)
			defer stop()
			p.Beside(func() { c.undeclared.watch(looking, c.service, p.PID) })
		}
		return c.until(ctx, attempt, p.Missing)
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
func (c *check) until(ctx context.Context, attempt probe.Attempt, report func(error)) error {
	ready := c.service.Ready
	if ready.Timeout == procfile.DefaultTimeout {
		return probe.Until(ctx, ready.Interval, attempt, report)
	}
	var missing atomic.Pointer[error]
	late := time.AfterFunc(ready.Timeout, func() {
		text := fmt.Sprintf("not ready after %s", ready.Timeout)
		if err := missing.Load(); err != nil {
			text += fmt.Sprintf(": %v", *err)
		}
		c.say(c.service.Name, text+"; it is asked on")
	})
	defer late.Stop()
	return probe.Until(ctx, ready.Interval, attempt, func(err error) {
		missing.Store(&err)
		report(err)
	})
}

// commandSucceeds is one attempt of ready = { exec = … }. What the command
// prints is no service's output; its first line says what is missing.
func (c *check) commandSucceeds(ctx context.Context) error {
	var out firstLine
	command := supervisor.Command{Args: c.service.ReadyExec, Dir: c.service.Dir, Env: c.service.EnvFor("ready.exec"), Refused: c.service.Refused(c.service.Ready.Exec)}
	child, err := c.start.Start(command, &out, &out)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { child.Signal(syscall.SIGKILL) })()
	exit := child.Wait()
	// What it has left behind (a pipeline, a shell's child) ends with it: a look leaves
	// nothing.
	child.Sweep(syscall.SIGKILL, 0)
	if !exit.Failure() {
		return nil
	}
	return fmt.Errorf("%s: %s%s", c.service.Ready.Exec, exit, out.text())
}
