//go:build unix

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
	// Variable is set in the environment of the manager alone, and in that of
	// the short-lived helper of Open.
	Variable = "DEVGATE_GUARD"
	// Name is what the manager is called in lists of processes.
	Name = "devgate: manager"

	// stopLimit is how long a Ctrl-Z may wait for the manager to stop.
	stopLimit = 2 * time.Second
)

// Values of Variable.
const (
	roleManager = "manager"
	roleOpener  = "opener"
)

// Manager is the second process, as its guard sees it.
type Manager struct {
	pid      int
	pipes    pipes
	signals  chan os.Signal
	terminal terminal
	echoes   echoes
}

// End is how a manager has ended.
type End struct {
	Status syscall.WaitStatus
	// Crash is what the Go runtime had to say when devgate itself broke: a panic
	// or a fatal error, with stacks. It is "" for every other end.
	Crash string
}

// Start starts this program again as the manager, with the same standard
// streams. This process becomes a subreaper first, where there are such. Await
// must follow.
func Start(args []string) (*Manager, error) {
	if err := proc.BecomeSubreaper(); err != nil {
		return nil, err
	}
	// Ctrl-Z is heard before there is anybody to pass it on to: it must never stop
	// this process alone. The other signals end it until Await hears them too, and
	// with it the manager; to ask for them takes time that the start needs.
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGTSTP)
	ours, theirs, err := openPipes()
	if err != nil {
		return nil, err
	}
	defer theirs.close()
	m := &Manager{pipes: ours, signals: signals, echoes: newEchoes()}
	m.terminal.note()
	m.pid, err = syscall.ForkExec(ownProgram(), append([]string{Name}, args...), &syscall.ProcAttr{
		Env:   append(os.Environ(), Variable+"="+roleManager),
		Files: append([]uintptr{0, 1, 2}, theirs.inherited()...),
		Sys:   attributes(),
	})
	if err != nil {
		ours.close()
		return nil, os.NewSyscallError("start manager", err)
	}
	return m, nil
}

// ownProgram is this program, also when its file was replaced meanwhile.
func ownProgram() string {
	path, err := os.Executable()
	if err != nil || strings.HasSuffix(path, " (deleted)") {
		return "/proc/self/exe"
	}
	return path
}

// Await passes signals on until the manager has ended, does what it wishes
// meanwhile, and returns how it has ended. It is the only one that waits for it,
// so that no signal goes to somebody else who has got its number.
func (m *Manager) Await() End {
	changed := make(chan os.Signal, 1)
	signal.Notify(m.signals, Heeded(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGWINCH,
		syscall.SIGTSTP, syscall.SIGCONT, syscall.SIGPIPE)...)
	signal.Notify(changed, syscall.SIGCHLD)
	defer signal.Stop(m.signals)
	defer signal.Stop(changed)
	crash := m.pipes.serve()
	status := m.attend(changed)
	m.terminal.restore()
	return End{status, crash()}
}

// attend is Await until the manager has ended.
func (m *Manager) attend(changed <-chan os.Signal) syscall.WaitStatus {
	var stopping <-chan time.Time // Ctrl-Z was passed on: when its patience ends
	for {
		status, over := m.look()
		switch {
		case over:
			return status
		case status.Stopped() && stopping != nil:
			stopping = nil
			m.stop()
		}
		select {
		case <-changed:
		case <-stopping: // it is stuck, and the user wants the terminal
			stopping = nil
			m.stop()
		case sig := <-m.signals:
			if sig == syscall.SIGTSTP {
				stopping = time.After(stopLimit)
			}
			m.pass(sig.(syscall.Signal))
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

// look asks what has become of the manager since the last look. Having ended, it
// is gone for good.
func (m *Manager) look() (status syscall.WaitStatus, over bool) {
	pid, err := syscall.Wait4(m.pid, &status, syscall.WNOHANG|syscall.WUNTRACED, nil)
	if pid == 0 || err == syscall.EINTR {
		return 0, false
	}
	return status, err != nil || !status.Stopped()
}

// pass sends a signal on, except an echo, and the one that only tells of a closed
// output. A manager that is stopped would not hear what asks it to end.
func (m *Manager) pass(sig syscall.Signal) {
	if m.echoes.has(sig, time.Now()) {
		return
	}
	switch sig {
	case syscall.SIGPIPE:
	case syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT:
		syscall.Kill(m.pid, sig)
		syscall.Kill(m.pid, syscall.SIGCONT)
	case syscall.SIGCONT:
		m.terminal.note() // fg: before the manager may take it
		syscall.Kill(m.pid, sig)
	default:
		syscall.Kill(m.pid, sig)
	}
}

// stop is the second half of Ctrl-Z: the manager has stopped its services and
// itself, and now this process stops as if it were all there is, so that the shell
// says what it always says. When fg or bg has continued it, all else goes on too.
func (m *Manager) stop() {
	proc.StopSelf(syscall.SIGTSTP)
	m.terminal.note()
	syscall.Kill(m.pid, syscall.SIGCONT)
}
