package supervisor

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"devgate/internal/event"
)

// releaseLimit is how long an ended service may keep a stop waiting by what it
// still holds.
const releaseLimit = 2 * time.Second

// run is one start of a service's command, and owns all that is started for
// it: the process with its tree, the readiness check, the drain, the stop
// command, and whoever looks at it. It is over when nothing of that is left;
// its last message says so.
type run struct {
	number  int
	spec    *Spec
	cause   event.Cause
	why     string // what it is for, for people
	starter Starter
	post    func(message)
	install bool  // a build has just succeeded
	broken  error // why there is no spec for this run; else nil

	// Owned by the actor.
	wantedAt  time.Time // of a successor
	spawnedAt time.Time // of a successor's child
	ending    bool      // on its way out, or over

	// Each ends once and for all, at the latest with the run.
	leaving, hurried, killed          context.Context
	setLeaving, setHurried, setKilled context.CancelFunc

	missing atomic.Pointer[string] // what the readiness check has said last
	terms   atomic.Pointer[terms]  // on which it ends; set before leaving, nil where it ends by itself

	parts parts

	mu        sync.Mutex
	child     Child
	stop      Child // the stop command, while it runs
	phase     phase
	since     time.Time // of phase
	sent      string    // the last that went to the child: "TERM", or its stop command
	signalled bool      // the group has got its stop signal
}

// phase is how far a run is on its way out.
type phase uint8

const (
	preparing phase = iota // what it needs may not be free yet
	// A child runs; it may be ready or not.
	living
	draining  // it answers its last requests
	told      // it has been told to end
	sweeping  // its leader has ended; others of its tree may not have
	releasing // its tree has ended; what it held may not be free yet
)

func newRun(number int, spec *Spec, starter Starter, post func(message)) *run {
	r := &run{number: number, spec: spec, starter: starter}
	// The number is put in here, so that nobody forgets it.
	r.post = func(m message) { m.run = number; post(m) }
	// Of Background, as a run outlives whoever has wanted it: only its own end cancels
	// these.
	r.leaving, r.setLeaving = context.WithCancel(context.Background())
	r.hurried, r.setHurried = context.WithCancel(context.Background())
	r.killed, r.setKilled = context.WithCancel(context.Background())
	return r
}

// main is the run's goroutine.
func (r *run) main() {
	// Without a child nothing was held, and nothing has to be released.
	if child := r.begin(); child != nil {
		r.live(child)
		r.releaseAfter()
	}
	// A look or a hook may still be at work after the child has gone; the run is over
	// only then.
	r.parts.join()
	r.kill() // ends the contexts
	r.post(message{what: over})
}

// begin starts the child, or reports why not and returns nil.
func (r *run) begin() Child {
	err := r.prepare()
	// Whoever has told it to end knows; nothing is to be reported.
	if r.leaving.Err() != nil {
		return nil // told to end meanwhile
	}
	var child Child
	if err == nil {
		if r.spec.Starting != nil {
			r.spec.Starting()
		}
		child, err = r.spec.start(r.starter, r.spec.Command, ToRun)
	}
	if err != nil {
		r.post(message{what: failed, in: inSpawnFailed, text: err.Error()})
		return nil
	}
	// Set before live: a kill that comes in between finds it by killable, which looks at
	// once.
	r.mu.Lock()
	defer r.mu.Unlock()
	r.child, r.phase = child, living
	return child
}

// prepare makes the way free: the port, and the program that was built.
func (r *run) prepare() error {
	if r.broken != nil {
		return r.broken
	}
	// leaving ends the wait: a stop need not wait for a port that a start wants.
	if err := r.release(r.leaving); err != nil {
		return err
	}
	if r.install && r.spec.Install != nil && r.leaving.Err() == nil {
		return r.spec.Install()
	}
	return nil
}

func (r *run) release(ctx context.Context) error {
	if r.spec.Release == nil {
		return nil
	}
	return r.spec.Release(ctx, r.say)
}

func (r *run) say(text string) { r.post(message{what: said, text: text}) }

// releaseAfter waits a moment for what the process held: the port may be taken
// a little longer than the group lives. The next start waits as long as it needs.
func (r *run) releaseAfter() {
	r.enter(releasing)
	ctx, cancel := context.WithTimeout(r.killed, releaseLimit)
	// killed and not leaving: it is on its way out anyway.
	defer cancel()
	r.release(ctx)
}

// live follows a child from its start to the end of its tree.
func (r *run) live(child Child) {
	defer r.killable(child)()
	began := time.Now()
	r.post(message{what: spawned, pid: child.PID()})
	r.watchReadiness(child)
	exit := r.awaitExit(child)
	r.enter(sweeping)
	// leaving ends the readiness check and all else that is for a living process.
	r.setLeaving()
	// Before the sweep: the service is told of its exit while what is left of the tree
	// still ends.
	r.post(message{what: exited, exit: exit, ran: time.Since(began)})
	child.Sweep(r.leftoverSignal(), r.grace())
}

// awaitExit returns how the child ended: by itself, or told to.
func (r *run) awaitExit(child Child) (exit event.Exit) {
	ended, end := context.WithCancel(context.Background())
	// Wait in a part of its own, as the take-down goes on beside it.
	r.parts.run(func() { exit = child.Wait(); end() })
	select {
	case <-ended.Done():
	case <-r.leaving.Done():
		r.takeDown(child, ended)
	}
	<-ended.Done()
	return exit
}

// watchReadiness runs the readiness check beside the process.
func (r *run) watchReadiness(child Child) {
	switch {
	case r.spec.Ready != nil:
		process := Process{PID: child.PID(), Missing: r.setMissing, Beside: func(f func()) { r.parts.run(f) }}
		r.parts.run(func() {
			// An answer that comes with the end is none: the process that gave it is not
			// wanted any more.
			if err := r.spec.Ready(r.leaving, process); err == nil && r.leaving.Err() == nil {
				r.post(message{in: inReady})
			}
		})
	// Without a check a task is ready never, and done when it ends.
	case !r.spec.Once:
		r.post(message{in: inReady})
	}
}

func (r *run) setMissing(err error) {
	text := err.Error()
	r.missing.Store(&text)
}

func (r *run) enter(p phase) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.phase, r.since = p, time.Now()
}

// pid is the child's; 0 while there is none.
func (r *run) pid() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.child == nil {
		return 0
	}
	return r.child.PID()
}
