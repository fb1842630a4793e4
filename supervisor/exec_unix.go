//go:build unix

package supervisor

import (
	"context"
	"io"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"devgate/internal/proc"
)

// Exec starts real processes. Make one with NewExec.
type Exec struct {
	mark   string
	reaper *proc.Reaper
	group  *proc.Cgroup // of all children; nil where there are no control groups to be had
	starts atomic.Int64
}

// NewExec opens a starter whose children carry marks that begin with mark. This
// process becomes a subreaper where there are such, so that nothing a child
// leaves behind gets out of sight.
func NewExec(mark string) (*Exec, error) {
	if err := proc.BecomeSubreaper(); err != nil {
		return nil, err
	}
	group, _ := proc.NewCgroup(mark) // the other ways do without
	return &Exec{mark: mark, reaper: proc.Open(), group: group}, nil
}

// Group names the control group of all children, for proc.KillCgroup; "" where
// there is none.
func (x *Exec) Group() string { return x.group.Dir() }

// Suspend stops everything that was started and then this process, until
// somebody continues it: see proc.Reaper.Suspend.
func (x *Exec) Suspend() { x.reaper.Suspend() }

// closeLimit bounds how long Close hunts for what will not die.
const closeLimit = 5 * time.Second

// Close kills every descendant of this process that is left, also those that
// no service can be made out for, and ends the starter.
func (x *Exec) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	x.group.Kill()
	proc.KillAll(ctx, func() []proc.ID { return proc.Descendants(os.Getpid()) })
	x.group.CloseEmpty()
	x.reaper.Close()
}

// Start implements Starter. A program that does not exist or a folder that is
// not there is an error that says so.
func (x *Exec) Start(c Command, stdout, stderr io.WriteCloser) (Child, error) {
	n := strconv.FormatInt(x.starts.Add(1), 10)
	child := &execChild{reaper: x.reaper, mark: x.mark + "." + n, group: x.group.Below(n)}
	if err := child.start(c, stdout, stderr); err != nil {
		stdout.Close()
		stderr.Close()
		return nil, err
	}
	return child, nil
}

func (c *execChild) start(command Command, stdout, stderr io.WriteCloser) error {
	if command.Refused != nil {
		return command.Refused
	}
	path, err := lookPath(command)
	if err != nil {
		return err
	}
	env := append(command.Env[:len(command.Env):len(command.Env)], proc.MarkVariable+"="+c.mark)
	c.cmd = &exec.Cmd{Path: path, Args: command.Args, Dir: command.Dir, Env: env}
	ends, err := c.openStreams(command.Terminal, stdout, stderr)
	defer closeAll(ends)
	if err == nil {
		err = startError(command, c.launch())
	}
	if err != nil {
		c.abandon()
		return err
	}
	if command.Terminal != nil {
		command.Terminal.begin(c.pumps[0].from)
		stderr.Close() // a terminal has one stream
	}
	for _, p := range c.pumps {
		go p.run() // ends when its pipe does; joined by Sweep
	}
	return nil
}

// launch starts the command in its control group, or without one where the
// system lets it be made and not be used.
func (c *execChild) launch() error {
	if c.group == nil {
		return c.reaper.Start(c.cmd)
	}
	plain := exec.Cmd{
		Path: c.cmd.Path, Args: c.cmd.Args, Dir: c.cmd.Dir, Env: c.cmd.Env,
		Stdin: c.cmd.Stdin, Stdout: c.cmd.Stdout, Stderr: c.cmd.Stderr, SysProcAttr: &syscall.SysProcAttr{},
	}
	if c.cmd.SysProcAttr == nil {
		c.cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	*plain.SysProcAttr = *c.cmd.SysProcAttr
	c.group.Take(c.cmd.SysProcAttr)
	err := c.reaper.Start(c.cmd)
	if err == nil {
		return nil
	}
	c.group.Close()
	c.group, c.cmd = nil, &plain
	return c.reaper.Start(c.cmd)
}

func (c *execChild) openStreams(t *Terminal, stdout, stderr io.WriteCloser) (ends []*os.File, err error) {
	if t != nil {
		return nil, c.openTerminal(t, stdout)
	}
	p, err := openPipes(stdout, stderr)
	c.stdin, c.pumps = p.stdin, p.pumps
	if err == nil {
		c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = p.ends[0], p.ends[1], p.ends[2]
	}
	return p.ends, err
}

// openTerminal makes the child the leader of a session that has a terminal of
// its own. The child's end stays open here until the child has ended: the
// output has not ended when all who print have closed it for a while.
func (c *execChild) openTerminal(t *Terminal, stdout io.WriteCloser) error {
	ours, theirs, err := t.open()
	if err != nil {
		return err
	}
	c.tty = theirs
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = theirs, theirs, theirs
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if lookupEnv(c.cmd.Env, "TERM") == "" {
		c.cmd.Env = append(c.cmd.Env, "TERM=xterm-256color")
	}
	c.pumps = append(c.pumps, newPump(ours, screen{t, stdout}))
	return nil
}

// abandon closes the streams of a command that did not start.
func (c *execChild) abandon() {
	c.stdin.Close() // without one it does nothing
	c.tty.Close()
	for _, p := range c.pumps {
		p.from.Close()
	}
}
