package supervisor

import (
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"devgate/internal/event"
	"devgate/internal/proc"
)

const (
	// killedCode is what the processes of a killed job end with: 128 and the number of
	// KILL, as a shell of Unix would tell it.
	killedCode = 128 + 9
	// interruptedCode is what the system lets a program end with that does nothing about
	// Ctrl-C (STATUS_CONTROL_C_EXIT).
	interruptedCode = 0xC000013A
)

// execChild is a real process with all that descends from it: its job.
type execChild struct {
	process *os.Process
	all     *proc.Job // of all children
	run     *proc.Job // of this one
	stdin   *os.File  // never written to: an open, silent pipe; nil with a terminal
	console *device   // its terminal; nil without one
	pumps   []*pump

	telling sync.WaitGroup // what tells it to end; joined by Sweep
	over    chan struct{}  // closed by Sweep: nobody is left to be told

	mu     sync.Mutex
	killed bool // by Signal
	swept  bool // all are gone
}

// PID implements Child.
func (c *execChild) PID() int { return c.process.Pid }

// Wait implements Child. The output of a process that has left a reader behind
// is waited for only as long as it comes.
func (c *execChild) Wait() event.Exit {
	e := event.Exit{Code: 1, At: time.Now()}
	if state, err := c.process.Wait(); err == nil {
		e = c.exitOf(state)
	}
	c.settle()
	for _, p := range c.pumps {
		p.awaitQuiet()
	}
	return e
}

func (c *execChild) exitOf(state *os.ProcessState) event.Exit {
	e := event.Exit{Code: state.ExitCode(), At: time.Now()}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case uint32(e.Code) == interruptedCode:
		e.Code, e.Signal = 128+int(syscall.SIGINT), "INT"
	case c.killed && e.Code == killedCode:
		e.Signal = "KILL"
	}
	return e
}

const (
	// consolePatience is how long the end of a console is waited for. Its output has come
	// by then, or its programs do not end.
	consolePatience = 2 * time.Second
	// consoleFrame is how long a console may take to show what was printed.
	consoleFrame = 50 * time.Millisecond
)

// settle waits until a terminal has shown what was printed in it: its pipe ends when it is
// closed, which it is once nobody runs in it any more.
func (c *execChild) settle() {
	// Those who go on after the leader keep the console; what it has shown by then has come.
	if c.console == nil || !c.run.AwaitEmpty(consoleFrame) {
		return
	}
	c.console.Close(consolePatience)
	// That it is closed does not say that its last output is out, since Windows 11 24H2.
	select {
	case <-c.pumps[0].done:
	case <-time.After(consolePatience):
	}
}

// Signal implements Child. KILL ends the job, HUP closes the terminal where there is one,
// and all others are the Ctrl-C of the console.
func (c *execChild) Signal(sig syscall.Signal) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.swept:
	case sig == syscall.SIGKILL:
		c.killed = true
		c.run.Kill(killedCode)
	case sig == syscall.SIGHUP && c.console != nil:
		c.telling.Go(func() { c.console.Close(consolePatience) })
	default:
		c.stdin.Close() // a last gentle hint to those that read it
		c.telling.Go(c.tell)
	}
}

// tell lets the console ask all that are in it to end. Whoever has none cannot be asked.
func (c *execChild) tell() {
	members := c.run.Members()
	if len(members) == 0 {
		return
	}
	if err := proc.Tell(members, proc.CtrlC, c.all); err != nil {
		c.Signal(syscall.SIGKILL)
		return
	}
	c.endPrompt()
}

const (
	// promptPause is how often it is looked whether only a shell is left.
	promptPause = 20 * time.Millisecond
	// promptPatience is how long that may be so: a shell that has something to do after
	// its program does it at once.
	promptPatience = 100 * time.Millisecond
)

// endPrompt ends a shell that asks a question nobody will answer: after a Ctrl-C cmd.exe
// wants to know whether it should end its script, too.
func (c *execChild) endPrompt() {
	alone := time.Time{} // since when
	for {
		select {
		case <-c.over:
			return
		case <-time.After(promptPause):
		}
		switch {
		case !c.run.IsLeftToShell():
			alone = time.Time{}
		case alone.IsZero():
			alone = time.Now()
		case time.Since(alone) >= promptPatience:
			c.run.Kill(interruptedCode)
			return
		}
	}
}

// Rest implements Child.
func (c *execChild) Rest() []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.swept {
		return nil
	}
	var all []int
	for _, id := range c.run.Members() {
		all = append(all, id.PID)
	}
	slices.Sort(all)
	return all
}

// Sweep implements Child.
func (c *execChild) Sweep(sig syscall.Signal, grace time.Duration) {
	const afterKill = 2 * time.Second
	if sig != 0 && !c.run.AwaitEmpty(0) {
		c.Signal(sig)
	}
	if !c.run.AwaitEmpty(grace) {
		c.Signal(syscall.SIGKILL)
		c.run.AwaitEmpty(afterKill)
	}
	c.mu.Lock()
	c.swept = true
	c.mu.Unlock()
	close(c.over)
	c.telling.Wait()
	if c.console != nil {
		c.console.Close(consolePatience)
	}
	c.run.Close()
	c.stdin.Close()
	// Readers that are in no job may hold a pipe open: only quiet is waited for.
	for _, p := range c.pumps {
		p.awaitQuiet()
		p.close()
	}
}
