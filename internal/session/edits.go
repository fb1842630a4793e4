package session

import (
	"context"
	"slices"
	"sync"
	"time"

	"devgate/internal/buildoutput"
	"devgate/internal/event"
	"devgate/internal/watch"
	"devgate/supervisor"
)

// edits tells what people write from what builds write, and asks the supervisor
// for what follows. Its goroutine owns the ledger; others tell it what happens, in
// the order in which it does, and never wait for it.
type edits struct {
	ledger  *buildoutput.Ledger
	changed func(by event.Cause, services ...string) error // the supervisor's
	tell    func([]buildoutput.Verdict)                    // says what was found out, and remembers it

	wake chan struct{} // holds one token when told is not empty

	mu   sync.Mutex
	told []news // not yet taken up

	// Owned by run.
	waiting map[string]ask // by service: changes that are put off
	looks   looks
}

// news is something that has happened, for the ledger.
type news func(*buildoutput.Ledger) []buildoutput.Verdict

// ask is a change that the supervisor is told of later.
type ask struct {
	due time.Time
	by  event.Cause
}

func newEdits(remembered []buildoutput.Output) *edits {
	return &edits{ledger: buildoutput.New(remembered), wake: make(chan struct{}, 1), waiting: map[string]ask{}, looks: looks{byService: map[string]look{}}}
}

// hear has something taken up by the goroutine.
func (e *edits) hear(what news) {
	e.mu.Lock()
	e.told = append(e.told, what)
	e.mu.Unlock()
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// written takes a change of the files of a service.
func (e *edits) written(c watch.Change) {
	all := make([]buildoutput.Write, 0, len(c.Writes))
	first := time.Now()
	for _, w := range c.Writes {
		first = earliest(first, w.First, w.At)
		all = append(all, buildoutput.Write{Path: w.File, At: w.At, First: w.First, Before: uint64(w.Before), After: uint64(w.After)})
	}
	e.hear(func(l *buildoutput.Ledger) []buildoutput.Verdict {
		if e.looks.isInnocent(c.Name, first) {
			l.Acquit(c.Name)
		}
		return l.Written(c.Name, time.Now(), all)
	})
}

// earliest returns the earliest of moments; a zero one does not count.
func earliest(moment time.Time, others ...time.Time) time.Time {
	for _, other := range others {
		if !other.IsZero() && other.Before(moment) {
			moment = other
		}
	}
	return moment
}

// ends are the supervisor's results in the ledger's words.
var ends = map[supervisor.Result]buildoutput.End{
	supervisor.BuildCancelled: buildoutput.CutOff, supervisor.BuildFailed: buildoutput.Failed, supervisor.BuildSucceeded: buildoutput.Succeeded,
}

// building is a hook of the supervisor: a build begins, and ends.
func (e *edits) building(service string, by event.Cause) (ended func(supervisor.Result)) {
	began, asked := time.Now(), by.IsChange()
	e.hear(func(l *buildoutput.Ledger) []buildoutput.Verdict { l.Began(service, began, asked); return nil })
	return func(r supervisor.Result) {
		at := time.Now()
		e.hear(func(l *buildoutput.Ledger) []buildoutput.Verdict { l.Ended(service, at, ends[r]); return nil })
	}
}

// starting is a hook of the supervisor: a process of a service starts.
func (e *edits) starting(service string) {
	at := time.Now()
	e.hear(func(l *buildoutput.Ledger) []buildoutput.Verdict {
		l.Started(service, at)
		expected, is := l.Expected(service)
		e.looks.started(service, expected, is)
		return nil
	})
}

// ready is told in which state a service is, before anybody else. Of one that is ready
// as soon as it runs that says nothing.
func (e *edits) ready(now event.Service) {
	if now.State == event.Ready {
		e.hear(func(l *buildoutput.Ledger) []buildoutput.Verdict { l.Ready(now.Name, now.Since); return nil })
	}
}

// forget drops what is known of the builds of services that have another command.
func (e *edits) forget(services []string) {
	for _, service := range services {
		e.hear(func(l *buildoutput.Ledger) []buildoutput.Verdict { l.Forget(service); return nil })
	}
}

// run takes up what it is told until ctx ends.
func (e *edits) run(ctx context.Context) error {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		for _, what := range e.taken() {
			e.obey(what(e.ledger))
		}
		e.obey(e.ledger.Wake(time.Now()))
		e.askDue()
		e.looks.take(time.Now())
		timer.Reset(time.Until(e.next()))
		select {
		case <-ctx.Done():
			return nil
		case <-e.wake:
		case <-timer.C:
		}
	}
}

func (e *edits) taken() []news {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := e.told
	e.told = nil
	return all
}

// next is when there is something to do even if nothing happens.
func (e *edits) next() time.Time {
	next := time.Now().Add(time.Hour)
	if at, ok := e.ledger.Next(); ok && at.Before(next) {
		next = at
	}
	for _, a := range e.waiting {
		if a.due.Before(next) {
			next = a.due
		}
	}
	if at := e.looks.next(); !at.IsZero() && at.Before(next) {
		next = at
	}
	return next
}

// obey does what the ledger says: first what somebody may wait for.
func (e *edits) obey(verdicts []buildoutput.Verdict) {
	if len(verdicts) == 0 {
		return
	}
	for _, v := range verdicts {
		switch v.Kind {
		case buildoutput.Change:
			e.put(v, event.Edit)
		case buildoutput.Control:
			e.put(v, event.Control)
		}
	}
	e.askDue()
	e.tell(verdicts)
}

// namedFiles is how many files of a change ride with it.
const namedFiles = 20

// put has the supervisor told of a change, together with what is waiting already.
func (e *edits) put(v buildoutput.Verdict, origin event.Origin) {
	by := event.Cause{By: origin, Files: v.Files[:min(len(v.Files), namedFiles)], Total: len(v.Files)}
	due := time.Now().Add(v.Wait)
	if before, known := e.waiting[v.Service]; known {
		by = by.And(before.by)
		if before.by.By == event.Edit {
			by.By = event.Edit
		}
		if before.due.Before(due) {
			due = before.due
		}
	}
	by.Files = slices.Sorted(slices.Values(by.Files))
	e.waiting[v.Service] = ask{due, by}
}

// askDue tells the supervisor of what has waited long enough.
func (e *edits) askDue() {
	now := time.Now()
	for service, a := range e.waiting {
		if !a.due.After(now) {
			delete(e.waiting, service)
			e.changed(a.by, service) // one that is gone by now needs nothing
		}
	}
}
