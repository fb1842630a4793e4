package watch

import (
	"cmp"
	"hash/maphash"
	"slices"
	"sync"
	"time"
)

// observer is one Run. All of it belongs to the goroutine that called Run.
type observer struct {
	w      *Watcher
	stop   <-chan struct{} // closed when Run is to return
	plan   *plan
	tree   *tree
	seed   maphash.Seed
	reader *reader
	pump   *pump
	system *source // nil: there are no events at all

	bursts map[string]*burst // by target
	outbox []Change          // not yet delivered; one for each target at most
	stale  bool              // a .gitignore has changed, or the way to a file
	strays bool              // a way to a file may have changed
	lost   bool              // events are missing

	hinted  map[string]bool   // patterns that were looked at
	unread  map[string]string // the lines about ignore rules that were written, by file
	limited bool              // the line about a limit was written
	failed  bool              // the line about an error was written
	polled  time.Time         // when folders were last polled
	pause   time.Duration
	rescued time.Time // when all was last compared
}

// newObserver prepares a Run.
func newObserver(w *Watcher, stop <-chan struct{}) (*observer, error) {
	p, err := newPlan(w.Root, w.Targets)
	if err != nil {
		return nil, err
	}
	o := &observer{w: w, stop: stop, seed: maphash.MakeSeed(), pump: newPump(nil, nil), bursts: map[string]*burst{}, hinted: map[string]bool{}, unread: map[string]string{}}
	o.reader = newReader(o.seed)
	o.pause = cmp.Or(w.Poll, defaultPoll)
	o.tree = newTree(o.connect())
	o.tree.refused, o.tree.quiet, o.tree.replaced, o.tree.again = o.refused, o.quiet, o.release, o.rescan
	if w.hooks.silent != nil {
		o.tree.kind = w.hooks.silent
	}
	o.adopt(p)
	if w.hooks.observer != nil {
		w.hooks.observer(o)
	}
	return o, nil
}

// connect opens the system's event queue. Nil: all is polled.
func (o *observer) connect() notifier {
	if o.w.Poll != 0 {
		return nil
	}
	var err error
	open := newSource
	if o.w.hooks.source != nil {
		open = o.w.hooks.source
	}
	if o.system, err = open(o.w.Root); err != nil {
		o.refused(o.w.Root, err)
		return nil
	}
	o.pump = newPump(o.system.events, o.system.errors)
	if o.w.hooks.pump != nil {
		o.w.hooks.pump(o.pump)
	}
	if o.w.hooks.wrap != nil {
		return o.w.hooks.wrap(o.system)
	}
	return o.system
}

// adopt makes p the plan, and drops what only the old one wanted.
func (o *observer) adopt(p *plan) {
	o.plan = p
	bursts := map[string]*burst{}
	for _, scope := range p.scopes {
		b := o.bursts[scope.Name]
		if b == nil {
			b = o.w.newBurst()
		}
		for path := range b.pending {
			// A folder may stand for a name in it that has gone (latecomers).
			if !scope.wantsFile(path) && !scope.wantsFolder(path) {
				delete(b.pending, path)
			}
		}
		bursts[scope.Name] = b
	}
	o.bursts = bursts
	o.outbox = slices.DeleteFunc(o.outbox, func(c Change) bool { return bursts[c.Name] == nil })
}

// run watches until it is stopped and waits for the goroutines.
func (o *observer) run(changed func(Change)) {
	var group sync.WaitGroup
	out := make(chan Change)
	// The callback has a goroutine of its own, as it may take as long as a build:
	// events are read meanwhile, and what they lead to waits in the outbox.
	group.Go(func() {
		for c := range out {
			changed(c)
		}
	})
	if o.system != nil {
		group.Go(o.pump.run)
	}
	o.survey(false)
	if !o.stopped() {
		close(o.w.ready)
		o.hint()
		o.loop(out)
	}
	close(out)
	if o.system != nil {
		_ = o.system.close() // ends the pump
	}
	group.Wait()
}

// stopped reports whether Run is to return.
func (o *observer) stopped() bool {
	select {
	case <-o.stop:
		return true
	default:
		return false
	}
}

// loop takes what comes until it is stopped.
func (o *observer) loop(out chan<- Change) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		o.flush()
		timer.Reset(time.Until(o.wake()))
		// The first Change is offered anew in each round: until somebody takes it,
		// later ones of the same target are merged into it.
		to, head := out, Change{}
		if len(o.outbox) == 0 {
			to = nil // a nil channel is never ready
		} else {
			head = o.outbox[0].trim(cmp.Or(o.w.MaxFiles, 20))
		}
		select {
		case <-o.stop:
			return
		case to <- head:
			o.outbox = o.outbox[1:]
		case u := <-o.w.updates:
			o.update(u)
		case <-o.pump.wake:
		case <-timer.C:
			o.poll()
		}
		// Whatever the reason to wake: events that are here already are known
		// before a burst is called over, or a folder is polled in vain.
		o.absorb(o.pump.take())
	}
}

// wake returns when there is something to do even if nothing happens.
func (o *observer) wake() time.Time {
	if o.stale {
		return time.Now()
	}
	at := time.Now().Add(time.Hour) // as good as never
	for _, b := range o.bursts {
		if due, ok := b.wake(); ok && due.Before(at) {
			at = due
		}
	}
	if next, ok := o.nextPoll(); ok && next.Before(at) {
		at = next
	}
	if o.lost {
		if next := o.rescued.Add(rescuePause); next.Before(at) {
			at = next
		}
	}
	return at
}
