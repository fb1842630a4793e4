package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"devgate/internal/control"
	"devgate/internal/guard"
	"devgate/internal/proc"
)

// `devgate up` is two processes. The one that the user started, the guard,
// owns the terminal and does next to nothing; the supervisor is a second
// devgate in a session of its own that does everything. A pipe lies between
// them. Whichever is killed, the other notices and ends what is left: the
// supervisor as by Ctrl-C, the guard at once. Being in two sessions, no signal
// to a process group reaches both.

// guardLimit bounds how long the guard hunts for what a killed supervisor left,
// and stopLimit how long it waits for the supervisor to stop before it stops.
const (
	guardLimit = 5 * time.Second
	stopLimit  = 2 * time.Second
)

// runGuard starts the supervisor with the same arguments, unless it has been
// started already, and ends as it does. file names the Devgatefile.
func runGuard(args []string, file string) error {
	supervisor := guard.Early()
	if supervisor == nil {
		var err error
		if supervisor, err = guard.Start(args); err != nil {
			return err
		}
	}
	defer supervisor.Close()
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGWINCH,
		syscall.SIGTSTP, syscall.SIGCONT, syscall.SIGPIPE)
	defer signal.Stop(signals)
	process, err := os.FindProcess(supervisor.PID)
	if err != nil {
		return fmt.Errorf("find supervisor: %w", err)
	}
	over := make(chan struct{})
	forwarding := make(chan struct{})
	go func() { // ends with the supervisor
		defer close(forwarding)
		forward(signals, process, over)
	}()
	state, err := process.Wait()
	close(over)
	<-forwarding
	endOrphans()
	if err != nil {
		return fmt.Errorf("wait for supervisor: %w", err)
	}
	status := state.Sys().(syscall.WaitStatus)
	if root, err := rootOf(file); status.Signaled() && err == nil {
		endLeftovers(root) // where orphans go to init, this finds them
	}
	return guardResult(status)
}

// forward passes signals on.
func forward(signals <-chan os.Signal, supervisor *os.Process, over <-chan struct{}) {
	for {
		select {
		case <-over:
			return
		case sig := <-signals:
			switch sig {
			case syscall.SIGPIPE:
			case syscall.SIGTSTP:
				stopBoth(supervisor, over)
			default:
				supervisor.Signal(sig)
			}
		}
	}
}

// stopBoth is Ctrl-Z: the supervisor stops its services and itself, and then
// this process stops as if it were all there is, so that the shell says what it
// always says. It returns when fg or bg has continued this process.
func stopBoth(supervisor *os.Process, over <-chan struct{}) {
	supervisor.Signal(syscall.SIGTSTP)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for limit := time.After(stopLimit); !proc.Stopped(supervisor.Pid); {
		select {
		case <-over:
			return
		case <-limit: // it is stuck, and the user wants the terminal
			proc.StopSelf(syscall.SIGTSTP)
			return
		case <-tick.C:
		}
	}
	proc.StopSelf(syscall.SIGTSTP)
	supervisor.Signal(syscall.SIGCONT)
}

// endOrphans kills what the supervisor has left to its subreaper, which is
// nothing unless it was killed. Zombies go to init with this process.
func endOrphans() {
	ctx, cancel := context.WithTimeout(context.Background(), guardLimit)
	defer cancel()
	proc.KillAll(ctx, func() []proc.ID { return proc.Descendants(os.Getpid()) })
}

// guardResult passes the supervisor's exit code on. How many processes went with
// a killed one is not said: the kernel has ended some of them itself.
func guardResult(status syscall.WaitStatus) error {
	if status == 0 {
		return nil
	}
	if !status.Signaled() {
		return &exitError{code: status.ExitStatus()}
	}
	sig := status.Signal()
	return &exitError{128 + int(sig), fmt.Errorf("the supervisor was ended by signal %d (%s); all services were ended with it", int(sig), sig)}
}

// connect finds the devgate that runs the project at root. One that Ctrl-Z has
// stopped would not answer before it is continued.
func connect(root string) (*control.Client, error) {
	if record, running := control.Holder(root); running && isStopped(record.PID) {
		return nil, fmt.Errorf("devgate (pid %d) is stopped\n  hint: fg in its terminal, or kill -CONT %d, lets it go on", record.PID, record.PID)
	}
	return control.Dial(root)
}

// isStopped reports whether a guard and its supervisor are stopped.
func isStopped(pid int) bool {
	supervisors := proc.Children(pid)
	return proc.Stopped(pid) && len(supervisors) > 0 && proc.Stopped(supervisors[0])
}

// fileOf is the Devgatefile that a command line names; "" when it names none.
func fileOf(std streams) string {
	up := newUp(std)
	up.ParseFlags(std.args)
	return up.Flag("file").Value.String()
}

func processes(n int) string {
	if n == 1 {
		return "1 process"
	}
	return fmt.Sprintf("%d processes", n)
}

// watchGuard ends the session when the guard is gone. The returned function
// ends the watching and waits for it.
func (s *session) watchGuard() (stop func()) {
	if !s.options.guarded {
		return func() {}
	}
	watching := background(func(ctx context.Context) error {
		if guard.Lost(ctx) == nil {
			s.say("", "the devgate that owned the terminal is gone: stopping")
			s.end(signalError(syscall.SIGKILL))
		}
		return nil
	})
	return watching.stop
}
