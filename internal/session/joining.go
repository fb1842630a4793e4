package session

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"devgate/internal/proc"
	"devgate/supervisor"
	"devgate/supervisor/probe"
)

const (
	// undecided is how long a process of a Procfile may take to answer before it
	// counts as a worker, and expected how long where its line says PORT=. It joins
	// the cascade later if it answers then.
	undecided = 3 * time.Second
	expected  = 30 * time.Second
	// joinInterval is how often a worker is looked at: has it begun to listen?
	joinInterval = 250 * time.Millisecond
	// answering is how long one answer may take: some servers build first.
	answering = 30 * time.Second
	// firstSilence is how long who listens and does not answer HTTP is left in peace,
	// or firstRefusal where it has answered in another protocol, and longest how long
	// at the most: each time it is twice as long, as what is no server of HTTP may say
	// so in its own log each time.
	firstSilence, firstRefusal, longest = 250 * time.Millisecond, time.Minute, time.Hour
)

// joinWhenAnswering is the rule for a Procfile: ready when it answers HTTP, or when
// it has not for a while or speaks another protocol; then it is a worker until it
// does.
func (c *check) joinWhenAnswering(ctx context.Context, p supervisor.Process) error {
	return c.joinAs(ctx, p, probe.AnswersHTTP(c.service.Port))
}

func (c *check) joinAs(ctx context.Context, p supervisor.Process, answers probe.Attempt) error {
	looking, stop := context.WithTimeout(ctx, 2*undecided)
	p.Beside(func() { defer stop(); c.undeclared.watch(looking, c.service, p.PID) })
	current := c.backends.current
	// Its command has answered before: it is a backend, and only has to listen again.
	if current.hasAnswered(c.service) {
		return probe.Until(ctx, c.service.Ready.Interval, probe.TCP(c.service.Port), p.Missing)
	}
	q := &questions{check: c, ask: answers, pid: p.PID}
	limited, cancel := context.WithTimeout(ctx, c.patience())
	defer cancel()
	err := q.until(limited, func(err error) bool { p.Missing(err); return !errors.Is(err, probe.ErrNotHTTP) })
	switch {
	case err == nil:
		// join before it is ready, so that observe lets the state pass.
		current.join(c.service)
		return nil
	case ctx.Err() != nil:
		return err
	}
	// Out of the cascade and asked on beside its run: Beside is joined before the next
	// one starts.
	c.backends.leave(c.service)
	p.Beside(func() { q.joinLater(ctx) })
	return nil
}

// patience is how long nobody knows whether it is a worker.
func (c *check) patience() time.Duration {
	if c.service.Has("port") && !c.service.PortGuessed {
		return expected
	}
	return undecided
}

// questions are asked of a process of a Procfile until it answers HTTP.
type questions struct {
	*check
	ask probe.Attempt
	pid int

	later bool          // it counts as a worker
	last  error         // what the last one found
	quick time.Duration // the pause while nobody listens
	slow  time.Duration // the pause while somebody does, and does not answer HTTP
	told  bool          // that it is out
}

// until asks until an answer comes, or ctx ends, or goOn does not want it any more.
func (q *questions) until(ctx context.Context, goOn func(error) bool) error {
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(q.pause()):
		}
		q.last = q.once(ctx)
		switch {
		case q.last == nil:
			return nil
		case ctx.Err() == nil && !goOn(q.last):
			return q.last
		}
	}
}

// once asks, for as long as an answer may take; a worker that has begun to listen since
// is told of as soon as one that did so before.
func (q *questions) once(ctx context.Context) error {
	patience := answering
	if q.later && !q.told {
		patience = undecided
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return q.ask(ctx)
}

// pause is how long nothing is asked after the last answer.
func (q *questions) pause() time.Duration {
	if q.last == nil {
		return 0
	}
	if errors.Is(q.last, probe.ErrNobody) {
		q.slow = 0
		q.quick = min(max(2*q.quick, 5*time.Millisecond), joinInterval)
		return q.quick
	}
	first := firstSilence
	if errors.Is(q.last, probe.ErrNotHTTP) {
		first = firstRefusal
	}
	q.slow = min(max(2*q.slow, first), longest)
	return q.slow
}

// joinLater goes on asking a worker, and says once that it is one although it
// listens.
func (q *questions) joinLater(ctx context.Context) {
	q.later = true
	q.tellOut(q.last)
	q.quick = joinInterval
	if q.until(ctx, func(err error) bool { q.tellOut(err); return true }) == nil && ctx.Err() == nil {
		q.backends.join(q.service)
	}
}

// tellOut says why a process is in no cascade that listens itself. Another program
// that has the port says nothing about this one.
func (q *questions) tellOut(err error) {
	if q.told || errors.Is(err, probe.ErrNobody) {
		return
	}
	isIt := func(a netip.AddrPort) bool { return isDeclared(a, q.service) }
	if slices.ContainsFunc(proc.Listening(withDescendants(q.pid)), isIt) {
		q.told = true
		q.say(q.service.Name, fmt.Sprintf("listens on port %d without answering HTTP: it is out of the cascade until it does", q.service.Port))
	}
}
