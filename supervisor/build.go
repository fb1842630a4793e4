package supervisor

import (
	"sync"
	"syscall"
	"time"

	"devgate/internal/event"
)

// build is one run of a service's build command.
// The actor holds the newest; one that was cancelled lives until its tree has ended, and
// the next waits for that: two never write to one place at a time.
type build struct {
	number  int
	by      event.Cause // what it goes back to
	spec    *Spec
	starter Starter
	post    func(message)
	after   <-chan struct{} // the build before it; nil at first
	slots   chan struct{}   // full while as many builds run as may
	over    chan struct{}
	ended   func(Result) // tells who was told that it has begun

	mu        sync.Mutex
	child     Child
	cancelled chan struct{} // closed: the result is not wanted any more
	unwanted  bool          // cancelled is closed
}

func newBuild(number int, by event.Cause, spec *Spec, starter Starter, slots chan struct{}, after <-chan struct{}, post func(message)) *build {
	b := &build{number: number, by: by, spec: spec, starter: starter, slots: slots, after: after, over: make(chan struct{}), cancelled: make(chan struct{})}
	b.post = func(m message) { m.build = number; post(m) }
	return b
}

// main is the build's goroutine. A cancelled build reports nothing.
func (b *build) main() {
	defer close(b.over)
	// Even a cancelled one waits: the next build goes by its over.
	if b.after != nil {
		<-b.after
	}
	select {
	// Ahead of Building, so that a build which waits for a slot is not said to run.
	case b.slots <- struct{}{}:
		defer func() { <-b.slots }()
	case <-b.cancelled:
		return
	}
	began := time.Now()
	child, err := b.begin()
	switch {
	case err != nil:
		b.post(message{what: failed, in: inBuildFailed, text: "build: " + err.Error()})
		return
	// Cancelled before it began: nobody was told of it.
	case child == nil:
		return
	}
	exit := child.Wait()
	// What the command has left in the background (a watcher, a daemon of the compiler)
	// is no build any more.
	child.Sweep(syscall.SIGTERM, b.spec.grace())
	took := time.Since(began)
	switch {
	case b.endedCancelled():
		b.ended(BuildCancelled)
	case exit.Failure():
		b.ended(BuildFailed)
		b.post(message{what: failed, in: inBuildFailed, text: "build failed (" + exit.String() + ")", ran: took})
	default:
		b.ended(BuildSucceeded)
		b.post(message{in: inBuilt, ran: took})
	}
}

func (b *build) begin() (Child, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	// Under the lock, so that a cancel either comes before this or finds the child.
	if b.unwanted {
		return nil, nil
	}
	if b.spec.Stage != nil {
		// A failure of ours and not of the build: it is told as one all the same, as what
		// follows is the same.
		if err := b.spec.Stage(); err != nil {
			return nil, err
		}
	}
	// Also where nobody wants to know: main calls it in any case.
	b.ended = func(Result) {}
	if b.spec.Building != nil {
		b.ended = b.spec.Building(b.by)
	}
	child, err := b.spec.start(b.starter, *b.spec.Build, ToBuild)
	// Building was called, so its end has to be, too.
	if b.child = child; err != nil {
		b.ended(BuildCancelled)
	}
	return child, err
}

// endedCancelled marks the child as ended and reports whether nobody wants its result
// any more.
func (b *build) endedCancelled() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	// Its number may be somebody else's from now on: cancel must not signal it.
	b.child = nil
	return b.unwanted
}

// cancel ends the build at once: its result is not wanted any more.
func (b *build) cancel() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.unwanted {
		b.unwanted = true
		close(b.cancelled)
	}
	if b.child != nil {
		// At once and without grace: what a build leaves half done is done again.
		b.child.Signal(syscall.SIGKILL)
	}
}
