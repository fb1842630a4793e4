package supervisor

import (
	"context"
	"fmt"
	"syscall"
	"time"

	"devgate/internal/event"
)

const (
	// DrainLimit is how long running requests may delay the stop signal.
	DrainLimit = time.Second
	// RetireLimit is how long they may delay that of a process which another has
	// replaced. Nobody waits for it: the new process serves already.
	RetireLimit = 30 * time.Second
)

// terms are how a run is to end.
type terms struct {
	drain time.Duration // how long running requests may delay the stop signal
	grace time.Duration // from then to KILL
}

// end tells the run to end. It does not wait.
func (r *run) end(t terms) {
	// Stored first: whoever sees leaving reads the terms.
	r.terms.Store(&t)
	r.setLeaving()
}

// kill ends all that belongs to the run at once. It does not wait.
// killed before leaving, so that take-down does not begin with a drain.
func (r *run) kill() {
	r.setKilled()
	r.setHurried()
	r.setLeaving()
}

// grace is from the stop signal to KILL.
func (r *run) grace() time.Duration {
	if terms := r.terms.Load(); terms != nil {
		return terms.grace
	}
	return r.spec.grace()
}

// takeDown ends a process that nobody wants any more: its requests first, then
// it is told, and after the grace it is killed. It does no more than needed: a
// process that ends during the drain needs no stop command.
func (r *run) takeDown(child Child, ended context.Context) {
	r.enter(draining)
	r.drain(ended)
	// Killed or ended: nothing is left to be told.
	if ended.Err() != nil || r.killed.Err() != nil {
		return
	}
	r.tellToEnd(child)
	grace := time.NewTimer(r.grace())
	defer grace.Stop()
	select {
	case <-ended.Done():
	case <-grace.C:
		r.signal(child, syscall.SIGKILL)
	}
}

// drain waits for running requests: for as long as the run may, and not longer
// than the process lives.
func (r *run) drain(ended context.Context) {
	terms := r.terms.Load()
	if r.spec.Drain == nil || terms == nil || terms.drain == 0 {
		// A run that ends by itself has no terms, and nothing to drain.
		return
	}
	ctx, cancel := context.WithTimeout(r.hurried, terms.drain)
	defer cancel()
	// Nobody answers requests any more once it has ended.
	defer context.AfterFunc(ended, cancel)()
	r.spec.Drain(ctx)
}

// tellToEnd tells the process to end: by the stop command if there is one, else
// by the stop signal.
func (r *run) tellToEnd(child Child) {
	if r.spec.Signalled != nil {
		r.spec.Signalled()
	}
	r.enter(told)
	if r.spec.Stop == nil {
		r.signal(child, r.spec.signal())
		return
	}
	r.setSent("its stop command")
	// Beside: the grace counts from now on for both.
	r.parts.run(func() { r.runStopCommand(child) })
}

// signal gives the child a signal; the stop signal once.
func (r *run) signal(child Child, sig syscall.Signal) {
	r.mu.Lock()
	// A second stop signal makes many programs end at once, without their own clean-up.
	due := !r.signalled || sig == syscall.SIGKILL
	if due {
		r.signalled, r.sent = true, SignalName(sig)
	}
	r.mu.Unlock()
	if due {
		child.Signal(sig)
	}
}

// leftoverSignal is what the rest of a group gets whose leader has ended: the
// stop signal, unless it has had it.
func (r *run) leftoverSignal() syscall.Signal {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.signalled {
		return 0
	}
	r.signalled, r.sent = true, SignalName(r.spec.signal())
	return r.spec.signal()
}

// runStopCommand falls back to the signal when the command cannot do its work.
func (r *run) runStopCommand(child Child) {
	stop, err := r.spec.start(r.starter, *r.spec.Stop, ToStop)
	if err != nil {
		r.say("stop command: " + err.Error())
		r.signal(child, r.spec.signal())
		return
	}
	r.setStop(stop)
	defer r.setStop(nil)
	defer r.killable(stop)()
	ended := make(chan event.Exit, 1)
	// One place in the channel, so that it ends even if nobody receives.
	go func() { ended <- stop.Wait() }() // received below
	limit := time.NewTimer(r.grace())
	defer limit.Stop()
	select {
	case exit := <-ended:
		if exit.Failure() && r.killed.Err() == nil {
			r.say("stop command: " + exit.String())
			r.signal(child, r.spec.signal())
		}
	case <-limit.C:
		r.say(fmt.Sprintf("stop command: has not ended within %s, and is killed", r.grace()))
		stop.Signal(syscall.SIGKILL) // the process has no more time either
		<-ended
	}
	stop.Sweep(syscall.SIGTERM, r.grace())
}

// killable lets a kill of the run reach a child until the returned function is
// called: once its tree has ended.
func (r *run) killable(child Child) (ended func()) {
	done, gone := make(chan struct{}), make(chan struct{})
	go func() { // joined by ended
		defer close(gone)
		select {
		case <-r.killed.Done():
			child.Signal(syscall.SIGKILL) // after its sweep it does nothing
		case <-done:
		}
	}()
	return func() { close(done); <-gone }
}

func (r *run) setSent(what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent = what
}

func (r *run) setStop(stop Child) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stop = stop
}
