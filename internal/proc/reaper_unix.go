//go:build unix

package proc

import (
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// Reaper starts the children of this process and reaps those that it inherits:
// a child that somebody else of this process has started and waits for may be
// taken for one of those, so all starts belong here.
//
// All starts happen on one thread that lives as long as the Reaper: the
// kernel's parent-death signal goes out when the thread ends that has started
// a child, not when the process does (golang/go#27505).
type Reaper struct {
	mu  sync.Mutex
	own map[int]bool // children that somebody waits for

	starts chan func()
	ended  sync.WaitGroup
	stop   chan struct{}
}

// reapPause bounds how often inherited zombies are looked for.
const reapPause = 10 * time.Millisecond

// Open starts the Reaper's goroutines. Close ends them.
func Open() *Reaper {
	r := &Reaper{own: map[int]bool{}, starts: make(chan func()), stop: make(chan struct{})}
	r.ended.Go(r.launch)
	if inherits {
		r.ended.Go(r.reap)
	}
	return r
}

// Close must come after the end of every child that was started: with it goes
// the thread whose end kills them.
func (r *Reaper) Close() {
	close(r.stop)
	r.ended.Wait()
}

// launch runs every start on one locked thread. It does not unlock it, so the
// thread ends with the goroutine.
func (r *Reaper) launch() {
	runtime.LockOSThread()
	os.FindProcess(os.Getpid()) // asks, once, what the kernel can: before the first child and not in its way
	for {
		select {
		case start := <-r.starts:
			start()
		case <-r.stop:
			return
		}
	}
}

// Start starts cmd as the leader of a process group of its own (of a session,
// where SysProcAttr asks for one), so that one signal reaches it and all it
// starts, and the terminal's Ctrl-C does not. Where the kernel can, it kills the
// child should this process die. Wait must follow.
func (r *Reaper) Start(cmd *exec.Cmd) error {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = !cmd.SysProcAttr.Setsid
	dieWithParent(cmd.SysProcAttr)
	result := make(chan error, 1)
	r.starts <- func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		err := cmd.Start()
		if err == nil {
			r.own[cmd.Process.Pid] = true
		}
		result <- err
	}
	return <-result
}

// Suspend stops every descendant of this process and then the process itself,
// as Ctrl-Z stops a job. When somebody continues it (SIGCONT), it continues those
// that it has stopped. Nothing is started meanwhile.
func (r *Reaper) Suspend() {
	r.mu.Lock()
	defer r.mu.Unlock()
	stopped := StopAll(func() []ID { return Descendants(os.Getpid()) })
	StopSelf(syscall.SIGSTOP)
	Continue(stopped)
}

// Wait waits for a child that Start has started. Its error is cmd.Wait's.
func (r *Reaper) Wait(cmd *exec.Cmd) error {
	err := cmd.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.own, cmd.Process.Pid)
	return err
}

// reap collects the inherited zombies after each SIGCHLD.
func (r *Reaper) reap() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGCHLD)
	defer signal.Stop(signals)
	for {
		select {
		case <-r.stop:
			return
		case <-signals:
			r.collect()
		}
		select {
		case <-r.stop:
			return
		case <-time.After(reapPause): // a fork storm sends more than can be looked at
		}
	}
}

// collect reaps the zombies that nobody waits for. The lock keeps a child that
// is being started from being taken for one.
func (r *Reaper) collect() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, pid := range Children(os.Getpid()) {
		if !r.own[pid] {
			var status syscall.WaitStatus
			syscall.Wait4(pid, &status, syscall.WNOHANG, nil)
		}
	}
}
