//go:build unix

package supervisor

import (
	"maps"
	"os"
	"os/exec"
	"slices"
	"sync"
	"syscall"
	"time"

	"devgate/internal/event"
	"devgate/internal/proc"
)

// execChild is a real process with its tree: its group, what carries its mark,
// and what was seen to descend from it.
type execChild struct {
	reaper *proc.Reaper
	cmd    *exec.Cmd
	mark   string
	stdin  *os.File // never written to: an open, silent pipe; nil with a terminal
	tty    *os.File // the child's end of its terminal, until it has ended; nil without one
	pumps  []*pump
	group  *proc.Cgroup // all that it has started, exactly; nil without control groups

	mu    sync.Mutex
	known map[proc.ID]bool // descendants when the first signal went out
	swept bool             // all are gone; their numbers may belong to somebody else
}

// PID implements Child.
func (c *execChild) PID() int { return c.cmd.Process.Pid }

// Wait implements Child. The output of a process that has left a reader behind
// is waited for only as long as it comes.
func (c *execChild) Wait() event.Exit {
	// The reaper knows then that somebody waits for this one; an error says no more
	// than the state.
	c.reaper.Wait(c.cmd) // the way it ended is in ProcessState
	// A nil *os.File takes a Close and says so; these have none where there is no
	// terminal.
	c.tty.Close()
	e := exitOf(c.cmd.ProcessState)
	for _, p := range c.pumps {
		p.awaitQuiet()
	}
	return e
}

func exitOf(state *os.ProcessState) event.Exit {
	e := event.Exit{At: time.Now()}
	if ws, ok := state.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		// 128+n is what a shell reports, and what exit codes are compared with.
		e.Code, e.Signal = 128+int(ws.Signal()), SignalName(ws.Signal())
		return e
	}
	e.Code = state.ExitCode()
	return e
}

// Signal implements Child.
func (c *execChild) Signal(sig syscall.Signal) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.swept {
		return
	}
	// Before the signal: a child of a process that has died belongs to init, and nobody
	// sees whose it was.
	c.remember()
	if sig == syscall.SIGKILL {
		// Stopped first, as a tree that forks faster than it is killed would get away.
		for _, id := range c.strays() {
			id.Signal(syscall.SIGSTOP) // so that none forks while the others die
		}
	} else {
		c.stdin.Close() // a last gentle hint to those that read it
	}
	// A negative number is the group; whoever has left it is among the strays.
	syscall.Kill(-c.PID(), sig)
	if ends(sig) {
		syscall.Kill(-c.PID(), syscall.SIGCONT) // what is stopped would not hear it
	}
	if sig == syscall.SIGKILL {
		// The kernel kills a control group without a race, where there is one.
		c.group.Kill()
		// Looked for again: some may have come since the first look.
		for _, id := range c.strays() {
			id.Signal(sig)
		}
	}
}

// ends reports whether a signal asks a process to end.
func ends(sig syscall.Signal) bool {
	switch sig {
	case syscall.SIGSTOP, syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU, syscall.SIGCONT:
		return false
	}
	return true
}

// remember notes the descendants while their descent can still be seen.
func (c *execChild) remember() {
	if c.known == nil {
		c.known = map[proc.ID]bool{}
	}
	for _, id := range proc.Descendants(c.PID()) {
		c.known[id] = true
	}
}

// strays are the living members of the tree apart from the leader's group,
// which has its own signals: those of its control group, those with its mark,
// and those remembered, each once.
func (c *execChild) strays() []proc.ID {
	// Three ways, as each misses somebody: the mark is lost with a cleared environment,
	// the group with a setsid, descent with a parent's death.
	found := append(proc.MarkedBelow(os.Getpid(), proc.MarkVariable, c.mark), c.group.Members()...)
	found = slices.AppendSeq(found, maps.Keys(c.known))
	var all []proc.ID
	for _, id := range found {
		pgid, err := syscall.Getpgid(id.PID)
		if err == nil && pgid != c.PID() && id.Alive() && !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all
}

// Rest implements Child.
func (c *execChild) Rest() []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.swept {
		return nil
	}
	var all []int
	for _, id := range append(proc.Group(c.PID()), c.strays()...) {
		all = append(all, id.PID)
	}
	slices.Sort(all)
	return all
}

// Sweep implements Child.
func (c *execChild) Sweep(sig syscall.Signal, grace time.Duration) {
	// The stop signal goes to the group only if it has had none.
	if sig != 0 && c.alive() {
		c.Signal(sig)
	}
	c.signalStrays(sig)
	// From another goroutine, as awaitEnd may be slow to look.
	kill := time.AfterFunc(grace, func() { c.Signal(syscall.SIGKILL) })
	c.awaitEnd(grace)
	kill.Stop()
	c.mu.Lock()
	// Under the lock, so that no signal is under way to a number that is free again.
	c.swept = true
	c.mu.Unlock()
	c.group.Close()
	c.stdin.Close()
	// Readers that have left the tree may hold a pipe open: only quiet is waited for.
	for _, p := range c.pumps {
		p.awaitQuiet()
		p.close()
	}
}

// signalStrays gives those that have left the group their chance to end well;
// the group's signal did not reach them.
func (c *execChild) signalStrays(sig syscall.Signal) {
	if sig == 0 {
		sig = syscall.SIGTERM
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range c.strays() {
		// A stopped process would not hear it otherwise.
		id.Signal(sig)
		id.Signal(syscall.SIGCONT)
	}
}

// awaitEnd polls, because no portable call waits for a whole tree. What does
// not end a while after KILL (stuck in the kernel) is given up. What still
// forks is killed again in each round.
func (c *execChild) awaitEnd(grace time.Duration) {
	const afterKill = 2 * time.Second
	began := time.Now()
	for pause := time.Millisecond; c.alive(); pause = min(2*pause, 20*time.Millisecond) {
		switch lasted := time.Since(began); {
		case lasted > grace+afterKill:
			return
		case lasted > grace:
			c.Signal(syscall.SIGKILL)
		}
		time.Sleep(pause)
	}
}

// alive reports whether anything of the tree still runs.
func (c *execChild) alive() bool {
	if groupAlive(c.PID()) {
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.strays()) > 0
}

// groupAlive reports whether a process of the group still runs. Zombies that
// nobody reaps (a container without an init) do not count.
func groupAlive(pgid int) bool {
	return syscall.Kill(-pgid, 0) == nil && len(proc.Group(pgid)) > 0
}
