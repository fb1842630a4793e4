package supervisor

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"devgate/internal/event"
)

// Starter starts commands. The zero value of Exec is the real one; tests put
// a recording one in its place.
type Starter interface {
	// Start runs c as the leader of a process group of its own. Both sinks are
	// closed by Child.Sweep, or by Start itself when it returns an error.
	Start(c Command, stdout, stderr io.WriteCloser) (Child, error)
}

// Child is one started command with its process group.
type Child interface {
	PID() int
	// Wait blocks until the leader has ended and its output was passed on.
	Wait() event.Exit
	// Signal reaches every process of the group; after Sweep it does nothing.
	Signal(sig syscall.Signal)
	// Sweep, called after Wait, blocks until no process of the group is left
	// and its output was passed on. sig goes to what is left first (0: it has
	// had its signal), and KILL after grace.
	Sweep(sig syscall.Signal, grace time.Duration)
}

// Exec starts real processes with os/exec.
type Exec struct{}

// quiet is how long an open pipe without data is waited for once nobody of
// the group is left to write to it: a process that left the group may hold it.
const quiet = 100 * time.Millisecond

// Start implements Starter. A program that does not exist or a folder that is
// not there is an error that says so.
func (Exec) Start(c Command, stdout, stderr io.WriteCloser) (Child, error) {
	child := &execChild{}
	if err := child.start(c, stdout, stderr); err != nil {
		stdout.Close()
		stderr.Close()
		return nil, err
	}
	return child, nil
}

type execChild struct {
	cmd   *exec.Cmd
	stdin *os.File // never written to: an open, silent pipe
	pumps []*pump

	mu    sync.Mutex
	swept bool // the group is gone; its number may belong to somebody else
}

func (c *execChild) start(command Command, stdout, stderr io.WriteCloser) error {
	path, err := lookPath(command)
	if err != nil {
		return err
	}
	c.cmd = &exec.Cmd{Path: path, Args: command.Args, Dir: command.Dir, Env: command.Env, SysProcAttr: ownGroup()}
	var childEnds []*os.File
	defer func() {
		for _, f := range childEnds {
			f.Close()
		}
	}()
	in, stdin, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("open stdin: %w", err)
	}
	c.stdin, c.cmd.Stdin = stdin, in
	childEnds = append(childEnds, in)
	// Pipes of our own instead of exec.Cmd's: the last output of a crash must be
	// out before the exit is told, and that moment cannot be seen from outside
	// of Cmd.Wait.
	for _, out := range []struct {
		sink io.WriteCloser
		set  func(io.Writer)
	}{{stdout, func(w io.Writer) { c.cmd.Stdout = w }}, {stderr, func(w io.Writer) { c.cmd.Stderr = w }}} {
		r, w, err := os.Pipe()
		if err != nil {
			c.abandon()
			return fmt.Errorf("open output: %w", err)
		}
		childEnds = append(childEnds, w)
		out.set(w)
		c.pumps = append(c.pumps, newPump(r, out.sink))
	}
	if err := c.cmd.Start(); err != nil {
		c.abandon()
		return startError(command, err)
	}
	for _, p := range c.pumps {
		go p.run() // ends when its pipe does; joined by Sweep
	}
	return nil
}

// abandon closes our ends of the pipes of a command that did not start.
func (c *execChild) abandon() {
	c.stdin.Close()
	for _, p := range c.pumps {
		p.from.Close()
	}
}

func startError(c Command, err error) error {
	if _, statErr := os.Stat(c.Dir); c.Dir != "" && statErr != nil {
		return fmt.Errorf("enter folder %s: no such folder", c.Dir)
	}
	if pe := (*os.PathError)(nil); errors.As(err, &pe) {
		return fmt.Errorf("start %s: %w", c.Args[0], pe.Err)
	}
	return fmt.Errorf("start %s: %w", c.Args[0], err)
}

func (c *execChild) PID() int { return c.cmd.Process.Pid }

func (c *execChild) Wait() event.Exit {
	c.cmd.Wait() // the way it ended is in ProcessState
	e := exitOf(c.cmd.ProcessState)
	for _, p := range c.pumps {
		p.settle()
	}
	return e
}

func exitOf(state *os.ProcessState) event.Exit {
	e := event.Exit{At: time.Now()}
	if ws, ok := state.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		e.Code, e.Signal = 128+int(ws.Signal()), SignalName(ws.Signal())
		return e
	}
	e.Code = state.ExitCode()
	return e
}

func (c *execChild) Signal(sig syscall.Signal) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.swept {
		return
	}
	if sig != syscall.SIGKILL {
		c.stdin.Close() // a last gentle hint to those that read it
	}
	signalGroup(c.PID(), sig)
}

func (c *execChild) Sweep(sig syscall.Signal, grace time.Duration) {
	if sig != 0 && groupAlive(c.PID()) {
		c.Signal(sig)
	}
	kill := time.AfterFunc(grace, func() { c.Signal(syscall.SIGKILL) })
	c.awaitGroup(grace)
	kill.Stop()
	c.mu.Lock()
	c.swept = true
	c.mu.Unlock()
	c.stdin.Close()
	for _, p := range c.pumps {
		p.settle()
		p.close()
	}
}

// awaitGroup polls, because no portable call waits for a whole group. What
// does not end a while after KILL (stuck in the kernel) is given up.
func (c *execChild) awaitGroup(grace time.Duration) {
	const afterKill = 2 * time.Second
	deadline := time.Now().Add(grace + afterKill)
	for pause := time.Millisecond; groupAlive(c.PID()) && time.Now().Before(deadline); pause = min(2*pause, 20*time.Millisecond) {
		time.Sleep(pause)
	}
}

// lookPath finds the program as the child itself would: in the PATH of its
// own environment, and a path with a slash from its own folder.
func lookPath(c Command) (string, error) {
	name := c.Args[0]
	if strings.ContainsRune(name, '/') {
		return name, nil
	}
	for _, dir := range filepath.SplitList(lookupEnv(c.Env, "PATH")) {
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(c.Dir, dir)
		}
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && !info.IsDir() && info.Mode()&0o111 != 0 {
			return path, nil
		}
	}
	return "", fmt.Errorf("start %s: command not found in PATH", name)
}

// lookupEnv is the value of the last entry for name, as exec sees it.
func lookupEnv(env []string, name string) string {
	for i := len(env) - 1; i >= 0; i-- {
		if k, v, ok := strings.Cut(env[i], "="); ok && k == name {
			return v
		}
	}
	return ""
}
