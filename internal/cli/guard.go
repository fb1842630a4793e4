package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"

	"devgate/internal/proc"
)

// `devgate up` is two processes. The one that the user started, the guard,
// owns the terminal and does next to nothing; the supervisor is a second
// devgate in a session of its own that does everything. A pipe lies between
// them. Whichever is killed, the other notices and ends what is left: the
// supervisor as by Ctrl-C, the guard at once. Being in two sessions, no signal
// to a process group reaches both.
const (
	guardVariable  = "DEVGATE_GUARD" // set for the supervisor alone
	guardPipe      = 3               // the supervisor's end of the pipe
	supervisorName = "devgate: supervisor"
)

// guardLimit bounds how long the guard hunts for what a killed supervisor left.
const guardLimit = 5 * time.Second

// underGuard reports whether this process is the supervisor, and takes the
// variable away from its children.
func underGuard() bool {
	guarded := os.Getenv(guardVariable) != ""
	os.Unsetenv(guardVariable)
	return guarded
}

// guard runs the supervisor with the same arguments and ends as it does.
func guard(args []string, file string, std streams) error {
	if err := proc.BecomeSubreaper(); err != nil {
		return err
	}
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGWINCH,
		syscall.SIGTSTP, syscall.SIGCONT, syscall.SIGPIPE)
	defer signal.Stop(signals)
	supervisor, life, err := startSupervisor(args, std)
	if err != nil {
		return err
	}
	defer life.Close()
	over := make(chan struct{})
	forwarding := make(chan struct{})
	go func() { // ends with the supervisor
		defer close(forwarding)
		forward(signals, supervisor.Process, over)
	}()
	err = supervisor.Wait()
	close(over)
	<-forwarding
	endOrphans()
	if root, rootErr := rootOf(file); wasKilled(err) && rootErr == nil {
		endLeftovers(root) // where orphans go to init, this finds them
	}
	return guardResult(err)
}

// wasKilled reports whether a process was ended by a signal.
func wasKilled(err error) bool {
	var exited *exec.ExitError
	if !errors.As(err, &exited) {
		return false
	}
	status, ok := exited.Sys().(syscall.WaitStatus)
	return ok && status.Signaled()
}

// startSupervisor starts the second devgate. The returned file is the guard's
// end of the pipe: open as long as it lives.
func startSupervisor(args []string, std streams) (*exec.Cmd, *os.File, error) {
	theirs, ours, err := os.Pipe()
	if err != nil {
		return nil, nil, fmt.Errorf("open guard pipe: %w", err)
	}
	defer theirs.Close()
	cmd := &exec.Cmd{
		Path: ownProgram(), Args: append([]string{supervisorName}, args...),
		Stdin: std.in, Stdout: std.out, Stderr: std.err,
		Env:         append(os.Environ(), guardVariable+"=1"),
		ExtraFiles:  []*os.File{theirs}, // becomes guardPipe
		SysProcAttr: &syscall.SysProcAttr{Setsid: true},
	}
	if err := cmd.Start(); err != nil {
		ours.Close()
		return nil, nil, fmt.Errorf("start supervisor: %w", err)
	}
	return cmd, ours, nil
}

// ownProgram is this program, also when its file was replaced meanwhile.
func ownProgram() string {
	path, err := os.Executable()
	if err != nil || strings.HasSuffix(path, " (deleted)") && runtime.GOOS == "linux" {
		return "/proc/self/exe"
	}
	return path
}

// forward passes signals on. Ctrl-Z stops both processes, and fg continues both.
func forward(signals <-chan os.Signal, supervisor *os.Process, over <-chan struct{}) {
	for {
		select {
		case <-over:
			return
		case sig := <-signals:
			switch sig {
			case syscall.SIGPIPE:
			case syscall.SIGTSTP:
				supervisor.Signal(syscall.SIGSTOP)
				syscall.Kill(os.Getpid(), syscall.SIGSTOP)
			default:
				supervisor.Signal(sig)
			}
		}
	}
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
func guardResult(err error) error {
	var exited *exec.ExitError
	if !errors.As(err, &exited) {
		return err
	}
	if !wasKilled(err) {
		return &exitError{code: exited.ExitCode()}
	}
	status := exited.Sys().(syscall.WaitStatus)
	return &exitError{128 + int(status.Signal()), fmt.Errorf("the supervisor was ended by signal %d (%s); all services were ended with it",
		int(status.Signal()), status.Signal())}
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
	syscall.SetNonblock(guardPipe, true) // so that Close ends a Read
	syscall.CloseOnExec(guardPipe)
	life := os.NewFile(guardPipe, "guard pipe")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if _, err := life.Read(make([]byte, 1)); errors.Is(err, io.EOF) {
			s.say("", "the devgate that owned the terminal is gone: stopping")
			s.end(signalError(syscall.SIGKILL))
		}
	}()
	return func() { life.Close(); <-ended }
}
