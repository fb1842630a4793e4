// Package guard makes `devgate up` two processes. The one that the user started,
// the guard, owns the terminal and does next to nothing; the supervisor is a
// second devgate in a session of its own that does everything. A pipe lies
// between them. Whichever is killed, the other notices and ends what is left: the
// supervisor as by Ctrl-C, the guard at once. Being in two sessions, no signal to
// a process group or from the terminal reaches both.
//
// # Guarantees
//
//   - The guard does its work before main, while packages are initialised. The
//     start of devgate is the start of two programs, one after the other: this way
//     the second need not wait for the packages of the first, which it never uses,
//     and the guard stays small. It is the one package of devgate that does
//     anything by being imported, and it does so only for the program's own name
//     and a command line that certainly needs it; for others, Start and Await do
//     the same later.
//   - Main is reached only when there is something left to do: when the
//     supervisor was killed, or has left somebody behind.
//   - Ctrl-Z, fg, bg, exit codes and signals are those of one process.
//   - A supervisor whose guard has ended learns of it, however it has ended, and
//     also while it is stopped itself.
package guard

import (
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"devgate/internal/proc"
)

const (
	// Variable is set in the environment of the supervisor alone.
	Variable = "DEVGATE_GUARD"
	// Name is what the supervisor is called in lists of processes.
	Name = "devgate: supervisor"

	lifeline = 3 // the supervisor's end of the pipe whose end is the guard's

	// stopLimit is how long a Ctrl-Z may wait for the supervisor to stop.
	stopLimit = 2 * time.Second
)

// Supervisor is the second process.
type Supervisor struct {
	pid     int
	life    int // our end of the pipe: open as long as this process lives
	signals chan os.Signal
}

// early is set while packages are initialised, and never again.
var early = runEarly()

// Early is how the supervisor has ended that ran before main. It is false when
// there was none.
func Early() (syscall.WaitStatus, bool) {
	if early == nil {
		return 0, false
	}
	return *early, true
}

func runEarly() *syscall.WaitStatus {
	if os.Getenv(Variable) != "" || !certain(os.Args) {
		return nil
	}
	s, err := Start(os.Args[1:])
	if err != nil {
		return nil // the second attempt will say why
	}
	status := s.Await()
	if status.Exited() && childless() {
		os.Exit(status.ExitStatus())
	}
	return &status
}

// childless: the supervisor has left nobody to its subreaper.
func childless() bool {
	_, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
	return err == syscall.ECHILD
}

// certain reports whether a command line can be nothing but `devgate up` in the
// foreground. Whatever is wrong with it, the supervisor will say.
func certain(argv []string) bool {
	if argv[0] != "devgate" && !strings.HasSuffix(argv[0], "/devgate") {
		return false
	}
	if len(argv) > 1 && argv[1] != "up" {
		return false
	}
	for _, arg := range argv {
		if arg == "-h" || arg == "--" || strings.HasPrefix(arg, "--help") || strings.HasPrefix(arg, "--detach") {
			return false
		}
	}
	return true
}

// Start starts this program again as the supervisor, with the same standard
// streams. This process becomes a subreaper first, where there are such. Await
// must follow.
func Start(args []string) (*Supervisor, error) {
	if err := proc.BecomeSubreaper(); err != nil {
		return nil, err
	}
	// Ctrl-Z is heard before there is anybody to pass it on to: it must never stop
	// this process alone. The other signals end it until Await hears them too, and
	// with it the supervisor; to ask for them takes time that the start needs.
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGTSTP)
	pipe, err := openPipe()
	if err != nil {
		return nil, err
	}
	defer syscall.Close(pipe[0])
	pid, err := syscall.ForkExec(ownProgram(), append([]string{Name}, args...), &syscall.ProcAttr{
		Env:   append(os.Environ(), Variable+"=1"),
		Files: []uintptr{0, 1, 2, uintptr(pipe[0])}, // the last is lifeline
		Sys:   attributes(),
	})
	if err != nil {
		syscall.Close(pipe[1])
		return nil, os.NewSyscallError("start supervisor", err)
	}
	return &Supervisor{pid, pipe[1], signals}, nil
}

// openPipe makes a pipe that no other child inherits.
func openPipe() (pipe [2]int, err error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := syscall.Pipe(pipe[:]); err != nil {
		return pipe, os.NewSyscallError("pipe", err)
	}
	syscall.CloseOnExec(pipe[0])
	syscall.CloseOnExec(pipe[1])
	return pipe, nil
}

// ownProgram is this program, also when its file was replaced meanwhile.
func ownProgram() string {
	path, err := os.Executable()
	if err != nil || strings.HasSuffix(path, " (deleted)") {
		return "/proc/self/exe"
	}
	return path
}

// Await passes signals on until the supervisor has ended, and returns how. It is
// the only one that waits for it, so that no signal goes to somebody else who
// has got its number.
func (s *Supervisor) Await() syscall.WaitStatus {
	defer syscall.Close(s.life)
	changed := make(chan os.Signal, 1)
	signal.Notify(s.signals, Heeded(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGWINCH,
		syscall.SIGTSTP, syscall.SIGCONT, syscall.SIGPIPE)...)
	signal.Notify(changed, syscall.SIGCHLD)
	defer signal.Stop(s.signals)
	defer signal.Stop(changed)
	shrink()
	var stopping <-chan time.Time // Ctrl-Z was passed on: when its patience ends
	for {
		status, over := s.look()
		switch {
		case over:
			return status
		case status.Stopped() && stopping != nil:
			stopping = nil
			s.stop()
		}
		select {
		case <-changed:
		case <-stopping: // it is stuck, and the user wants the terminal
			stopping = nil
			s.stop()
		case sig := <-s.signals:
			if sig == syscall.SIGTSTP {
				stopping = time.After(stopLimit)
			}
			s.pass(sig.(syscall.Signal))
		}
	}
}

// Heeded leaves out SIGHUP where whoever started this process wants it ignored
// (nohup(1)): to be notified would end that.
func Heeded(all ...os.Signal) []os.Signal {
	if signal.Ignored(syscall.SIGHUP) {
		all = slices.DeleteFunc(all, func(sig os.Signal) bool { return sig == syscall.SIGHUP })
	}
	return all
}

// look asks what has become of the supervisor since the last look. Having ended,
// it is gone for good.
func (s *Supervisor) look() (status syscall.WaitStatus, over bool) {
	pid, err := syscall.Wait4(s.pid, &status, syscall.WNOHANG|syscall.WUNTRACED, nil)
	if pid == 0 || err == syscall.EINTR {
		return 0, false
	}
	return status, err != nil || !status.Stopped()
}

// pass sends a signal on, except the one that only tells of a closed output. A
// supervisor that is stopped would not hear what asks it to end.
func (s *Supervisor) pass(sig syscall.Signal) {
	switch sig {
	case syscall.SIGPIPE:
	case syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT:
		syscall.Kill(s.pid, sig)
		syscall.Kill(s.pid, syscall.SIGCONT)
	default:
		syscall.Kill(s.pid, sig)
	}
}

// stop is the second half of Ctrl-Z: the supervisor has stopped its services and
// itself, and now this process stops as if it were all there is, so that the shell
// says what it always says. When fg or bg has continued it, all else goes on too.
func (s *Supervisor) stop() {
	proc.StopSelf(syscall.SIGTSTP)
	syscall.Kill(s.pid, syscall.SIGCONT)
}

// Guarded reports whether this process is the supervisor, and takes the variable
// away from its children.
func Guarded() bool {
	guarded := os.Getenv(Variable) != ""
	os.Unsetenv(Variable)
	return guarded
}
