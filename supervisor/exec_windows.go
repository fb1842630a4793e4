package supervisor

import (
	"io"
	"os"
	"time"

	"devgate/internal/proc"
)

// Exec starts real processes. Make one with NewExec.
type Exec struct {
	all *proc.Job // of all children; it ends them with this process, however that ends
}

// NewExec opens a starter. Children need no mark to be found by: they are in a job.
func NewExec(string) (*Exec, error) {
	all, err := proc.NewJob()
	if err != nil {
		return nil, err
	}
	// Whoever has started this process may not have wanted it to hear Ctrl-C; its children
	// have to.
	proc.HearCtrlC()
	return &Exec{all}, nil
}

// Group is "": nobody else could end what is in the job.
func (x *Exec) Group() string { return "" }

// Suspend does nothing: nothing stops this process for a while, as Ctrl-Z does elsewhere.
func (x *Exec) Suspend() {}

// closeLimit bounds how long Close waits for what will not die.
const closeLimit = 5 * time.Second

// Close kills everything that was started and is left, and ends the starter.
func (x *Exec) Close() {
	x.all.Kill(killedCode)
	x.all.AwaitEmpty(closeLimit)
	x.all.Close()
}

// Start implements Starter. A program that does not exist or a folder that is
// not there is an error that says so.
func (x *Exec) Start(c Command, stdout, stderr io.WriteCloser) (Child, error) {
	child, err := x.start(c, stdout, stderr)
	if err != nil {
		stdout.Close()
		stderr.Close()
		return nil, err
	}
	for _, p := range child.pumps {
		go p.run() // ends when its pipe does; joined by Sweep
	}
	return child, nil
}

func (x *Exec) start(c Command, stdout, stderr io.WriteCloser) (*execChild, error) {
	if c.Refused != nil {
		return nil, c.Refused
	}
	path, err := proc.LookPath(c.Args[0], c.Dir, c.Env)
	if err != nil {
		return nil, err
	}
	run, err := proc.NewJob()
	if err != nil {
		return nil, err
	}
	child := &execChild{all: x.all, run: run, over: make(chan struct{})}
	start := proc.Start{Path: path, Args: c.Args, Dir: c.Dir, Env: c.Env, Jobs: []*proc.Job{x.all, run}}
	ends, err := child.openStreams(&start, c.Terminal, stdout, stderr)
	defer closeAll(ends)
	if err == nil {
		child.process, err = start.Run()
		err = startError(c, err)
	}
	if err != nil {
		child.abandon()
		return nil, err
	}
	if c.Terminal != nil {
		c.Terminal.begin(child.console)
		stderr.Close() // a terminal has one stream
	}
	return child, nil
}

// openStreams gives the program its streams: those of a terminal, or pipes, whose other
// ends are to be closed once it has them.
func (c *execChild) openStreams(start *proc.Start, t *Terminal, stdout, stderr io.WriteCloser) (ends []*os.File, err error) {
	if t != nil {
		if c.console, err = t.open(); err != nil {
			return nil, err
		}
		start.Console = c.console.PseudoConsole
		c.pumps = []*pump{newPump(c.console.Out, screen{t, stdout})}
		return nil, nil
	}
	p, err := openPipes(stdout, stderr)
	c.stdin, c.pumps = p.stdin, p.pumps
	if err == nil {
		start.Stdin, start.Stdout, start.Stderr = p.ends[0], p.ends[1], p.ends[2]
	}
	return p.ends, err
}

// abandon closes what was opened for a command that did not start.
func (c *execChild) abandon() {
	c.run.Close()
	c.stdin.Close() // without one it does nothing
	for _, p := range c.pumps {
		p.from.Close()
	}
	// After its output, which nobody reads and it would wait for.
	if c.console != nil {
		c.console.Close(consolePatience)
	}
}
