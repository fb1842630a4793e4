package supervisor

import (
	"context"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"devgate/internal/event"
)

// DrainLimit is how long running requests may delay the stop signal.
const DrainLimit = time.Second

// releaseLimit is how long an ended service may keep a stop waiting by what it
// still holds.
const releaseLimit = 2 * time.Second

// message is what an actor finds in its mailbox. run and epoch say what it
// speaks of: one of an older run or of a state since left is dropped; 0 fits
// always.
type message struct {
	run   int
	epoch int
	build int
	what  report
	in    input         // reported: the input
	cause event.Cause   // reported: of what somebody wants
	pid   int           // spawned
	exit  event.Exit    // exited
	spec  *Spec         // replaced
	ran   time.Duration // exited
	text  string        // failed: the reason; said: the text
}

// report tells the kinds of messages apart.
type report uint8

const (
	reported report = iota // an input for the machine, as it is
	spawned                // the child runs
	exited                 // the child's leader ended
	failed                 // in happened, and text says why
	said                   // text is for people
	lasting                // a state lasts long; say what it waits for
	replaced               // spec is the service's from now on
	quit                   // no more messages come from the supervisor
)

// run is one start of a service's command, from waiting for what the run
// before it holds to the end of the last process in its group.
type run struct {
	n       int
	spec    *Spec
	starter Starter
	post    func(message)
	after   <-chan struct{} // closed when the run before it is over; nil at first
	over    chan struct{}
	cause   event.Cause
	install bool      // a build has just succeeded
	broken  error     // why there is no spec for this run; else nil
	asked   time.Time // of a successor: when it was wanted; owned by the actor
	spawned time.Time // of a successor: when its child ran; owned by the actor

	ctx     context.Context // ends when the run is told to end or its process has ended
	cancel  context.CancelFunc
	scope   sync.WaitGroup // readiness check, drain, stop command
	missing atomic.Pointer[string]

	mu        sync.Mutex
	child     Child
	signalled bool
}

func newRun(n int, spec *Spec, starter Starter, after <-chan struct{}, post func(message)) *run {
	r := &run{n: n, spec: spec, starter: starter, after: after, over: make(chan struct{})}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	r.post = func(m message) { m.run = n; post(m) }
	return r
}

// main is the run's goroutine; its last message is inGone.
func (r *run) main() {
	defer close(r.over)
	defer r.cancel()
	if r.after != nil {
		<-r.after
	}
	if child := r.begin(); child != nil {
		r.live(child)
		r.releaseAfter()
	}
	r.scope.Wait()
	r.post(message{in: inGone})
}

// begin starts the child, or reports why not and returns nil.
func (r *run) begin() Child {
	if err := r.prepare(); err != nil || r.ctx.Err() != nil {
		r.failToStart(err)
		return nil
	}
	child, err := r.starter.Start(r.spec.Command, r.spec.output("stdout"), r.spec.output("stderr"))
	if err != nil {
		r.failToStart(err)
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.child = child
	if r.ctx.Err() != nil { // told to end while it was being started
		r.signalled = true
		child.Signal(syscall.SIGKILL)
	}
	return child
}

// prepare makes the way free: the port, and the program that was built.
func (r *run) prepare() error {
	if r.broken != nil {
		return r.broken
	}
	if err := r.release(r.ctx); err != nil {
		return err
	}
	if r.install && r.spec.Install != nil && r.ctx.Err() == nil {
		return r.spec.Install()
	}
	return nil
}

func (r *run) failToStart(err error) {
	if err != nil && r.ctx.Err() == nil {
		r.post(message{what: failed, in: inSpawnFailed, text: err.Error()})
	}
}

func (r *run) release(ctx context.Context) error {
	if r.spec.Release == nil {
		return nil
	}
	return r.spec.Release(ctx, func(text string) { r.post(message{what: said, text: text}) })
}

// releaseAfter waits a moment for what the process held: the port may be taken
// a little longer than the group lives. The next start waits as long as it needs.
func (r *run) releaseAfter() {
	ctx, cancel := context.WithTimeout(context.Background(), releaseLimit)
	defer cancel()
	r.release(ctx)
}

// live follows a child from its start to the end of its group.
func (r *run) live(child Child) {
	began := time.Now()
	r.post(message{what: spawned, pid: child.PID()})
	r.watchReadiness()
	exit := child.Wait()
	r.cancel()
	r.post(message{what: exited, exit: exit, ran: time.Since(began)})
	child.Sweep(r.leftoverSignal(), r.spec.grace())
}

// watchReadiness runs the readiness check beside the process.
func (r *run) watchReadiness() {
	switch {
	case r.spec.Ready != nil:
		r.scope.Go(func() {
			if err := r.spec.Ready(r.ctx, r.setMissing); err == nil && r.ctx.Err() == nil {
				r.post(message{in: inReady})
			}
		})
	case !r.spec.Once:
		r.post(message{in: inReady})
	}
}

func (r *run) setMissing(err error) {
	text := err.Error()
	r.missing.Store(&text)
}

// leftoverSignal is what the rest of a group gets whose leader has ended: the
// stop signal, unless it has had it.
func (r *run) leftoverSignal() syscall.Signal {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.signalled {
		return 0
	}
	return r.spec.signal()
}

// drain waits for running requests and then reports inDrained.
func (r *run) drain() {
	if r.spec.Drain == nil {
		r.post(message{in: inDrained})
		return
	}
	r.scope.Go(func() {
		ctx, cancel := context.WithTimeout(r.ctx, DrainLimit)
		defer cancel()
		r.spec.Drain(ctx)
		r.post(message{in: inDrained})
	})
}

// end tells the process to end: by the stop command if there is one, else by
// the stop signal. A run that has not started its child yet does not do so.
func (r *run) end() {
	if r.spec.Signalled != nil {
		r.spec.Signalled()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cancel()
	if r.child == nil {
		return
	}
	r.signalled = true
	if r.spec.Stop == nil {
		r.child.Signal(r.spec.signal())
		return
	}
	r.scope.Go(r.runStopCommand)
}

// runStopCommand falls back to the signal when the command cannot do its work.
func (r *run) runStopCommand() {
	stop, err := r.starter.Start(*r.spec.Stop, r.spec.output("stdout"), r.spec.output("stderr"))
	if err != nil {
		r.post(message{what: said, text: "stop command: " + err.Error()})
		r.child.Signal(r.spec.signal())
		return
	}
	limit := time.AfterFunc(r.spec.grace(), func() { stop.Signal(syscall.SIGKILL) })
	exit := stop.Wait()
	limit.Stop()
	stop.Sweep(syscall.SIGTERM, r.spec.grace())
	if exit.Failure() {
		r.post(message{what: said, text: "stop command: " + exit.String()})
		r.child.Signal(r.spec.signal())
	}
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

// kill ends the whole group at once.
func (r *run) kill() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cancel()
	if r.child != nil {
		r.signalled = true
		r.child.Signal(syscall.SIGKILL)
	}
}
