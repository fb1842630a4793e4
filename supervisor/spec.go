package supervisor

import (
	"context"
	"io"
	"syscall"
	"time"

	"devgate/internal/event"
)

// Process is one process of a service, as its readiness check knows it.
type Process struct {
	PID int
	// Missing takes the reason why it is not ready yet, for people.
	Missing func(error)
	// Beside runs something in a goroutine of its own that goes on when the check
	// has passed. It must end with the check's ctx: the run is not over before it.
	Beside func(func())
}

// Spec is what one service needs to run. Hooks may be nil; they are called
// from the supervisor's goroutines.
type Spec struct {
	Name    string
	Command Command
	Build   *Command // run to success before each start; nil: none
	Stop    *Command // run instead of the stop signal; nil: none
	After   []string // names of services that must be ready or done first
	Once    bool     // a task: exit status 0 makes it done
	Restart Restart
	Signal  syscall.Signal // the stop signal; 0 is TERM
	Grace   time.Duration  // from the stop signal to KILL; 0 is 5 s
	Port    int            // that Command listens on, for whoever observes; 0: none

	// Version tells specs of one service apart: a process that was started from
	// one version is replaced when another comes (see Reconcile). What is
	// different in a spec of the same version waits for the next start.
	Version string

	// Renew, if not nil, makes the service overlap: a new process starts beside
	// the old one, and replaces it when it is ready. Each run has a spec of its
	// own, from Renew, so that it can have a port of its own. One that does not
	// become ready never replaces the old one.
	Renew func() (*Spec, error)

	// Stage is called before each build, to make the place for its result.
	Stage func() error

	// Install is called before the first start after a build that succeeded; of
	// a service that does not overlap, the old process has ended by then. It puts
	// the result of the build where Command finds it.
	Install func() error

	// Building is called when a build begins, with what it goes back to. What it
	// returns is called when every process of it has ended.
	Building func(by event.Cause) (ended func(Result))

	// Starting is called just before a process of the service is started, be it
	// a successor.
	Starting func()

	// Output opens the sinks for the two streams of one command, before it is
	// started. They are closed when the command's ends are closed. Nil discards.
	Output func(to Purpose) (stdout, stderr io.WriteCloser)

	// Ready returns nil once the service can be used. It ends with ctx, which the
	// end of the process cancels, or the wish to end it. Nil: ready as soon as the
	// process runs, and for a task never.
	Ready func(ctx context.Context, p Process) error

	// Release returns once what an ended process held (its port) is free. say
	// takes what it waits for, for people. Its error makes the service failed.
	Release func(ctx context.Context, say func(string)) error

	// Drain returns when no running request needs the process any more, at the
	// latest with ctx. It is called before the stop signal.
	Drain func(ctx context.Context)

	// Signalled is called just before the stop signal goes out.
	Signalled func()

	// Observe sees every new state before its consequences. It must not block.
	Observe func(event.Service)

	// Inspect describes the processes below pid, for a start that takes very
	// long. It may have several lines. Nobody needs it any more once ctx has ended.
	Inspect func(ctx context.Context, pid int) string

	// LastOutput is the last line that the service printed, for messages.
	LastOutput func() string
}

// Result is how a build has ended.
type Result uint8

// The results. The zero Result is BuildCancelled.
const (
	BuildCancelled Result = iota // its result was not wanted any more, or it could not begin
	BuildFailed
	BuildSucceeded
)

// Restart says what an exit that nobody asked for leads to.
type Restart uint8

// The restart policies. The zero Restart is OnFailure.
const (
	OnFailure Restart = iota // an exit with an error starts it again
	Always                   // every exit starts it again
	Never                    // no exit starts it again
)

// DefaultGrace is Spec.Grace where that is 0.
const DefaultGrace = 5 * time.Second

func (s *Spec) grace() time.Duration {
	if s.Grace > 0 {
		return s.Grace
	}
	return DefaultGrace
}

func (s *Spec) signal() syscall.Signal {
	if s.Signal != 0 {
		return s.Signal
	}
	return syscall.SIGTERM
}

func (s *Spec) output(to Purpose) (stdout, stderr io.WriteCloser) {
	if s.Output == nil {
		return discard{}, discard{}
	}
	return s.Output(to)
}

// start starts one of the service's commands.
func (s *Spec) start(with Starter, c Command, to Purpose) (Child, error) {
	stdout, stderr := s.output(to)
	return with.Start(c, stdout, stderr)
}

type discard struct{}

// Write takes everything.
func (discard) Write(p []byte) (int, error) { return len(p), nil }

// Close does nothing.
func (discard) Close() error { return nil }
