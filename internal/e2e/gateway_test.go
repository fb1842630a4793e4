//go:build e2e

package e2e

import (
	"fmt"
	"os/exec"
	"regexp"
	"syscall"
	"testing"
	"time"

	"devgate/internal/proc"
)

// gateway is a `devgate up` in the foreground of a test.
type gateway struct {
	*project
	cmd       *exec.Cmd
	out, errs transcript
	ended     chan struct{} // closed when cmd has ended
}

// up starts `devgate up` and waits for nothing. The test must end it.
func (p *project) up(args ...string) *gateway {
	p.t.Helper()
	g := &gateway{project: p, cmd: p.command(append([]string{"up"}, args...)...), ended: make(chan struct{})}
	g.cmd.Stdout, g.cmd.Stderr = &g.out, &g.errs
	// Well below patience: that somebody holds its output is not that it runs.
	g.cmd.WaitDelay = patience / 4
	if err := g.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	go func() { defer close(g.ended); g.cmd.Wait() }() // abandon waits for it
	p.t.Cleanup(g.abandon)
	return g
}

// abandon ends what a failed test has left, and shows what devgate said.
func (g *gateway) abandon() {
	select {
	case <-g.ended:
	default:
		g.t.Error("the test is over and devgate still runs")
		g.kill()
	}
	if g.t.Failed() {
		g.t.Logf("stdout of devgate:\n%s\nstderr of devgate:\n%s", shortened(g.out.String()), shortened(g.errs.String()))
	}
}

// kill asks twice, which ends every process at once, and then does not ask.
func (g *gateway) kill() {
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGTERM, syscall.SIGKILL} {
		g.cmd.Process.Signal(s)
		select {
		case <-g.ended:
			return
		case <-time.After(patience / 4):
		}
	}
	<-g.ended
}

// dump shows what runs of a devgate that should have ended, and has it say what its
// goroutines do.
func (g *gateway) dump() {
	guard := g.cmd.Process.Pid
	for _, id := range proc.Descendants(guard) {
		g.t.Logf("pid %d is still there: %q", id.PID, proc.Command(id.PID))
	}
	for _, pid := range append(proc.Children(guard), guard) { // the manager before who ends it
		if proc.Command(pid) != "" {
			syscall.Kill(pid, syscall.SIGABRT)
		}
	}
	select {
	case <-g.ended:
	case <-time.After(patience / 4):
	}
}

// shortened leaves out the requests that the servers have noted, and the middle
// of what is still long.
func shortened(text string) string {
	const most = 12 << 10
	text = regexp.MustCompile(`(?m)^\S+ +\| (GET|POST|HEAD) .*\n`).ReplaceAllString(text, "")
	if len(text) <= most {
		return text
	}
	return text[:most/2] + "\n…\n" + text[len(text)-most/2:]
}

// ready is up, and the ready line with that many backends (C4).
func (p *project) ready(backends string, args ...string) *gateway {
	p.t.Helper()
	g := p.up(args...)
	g.awaitReady(backends)
	return g
}

// joined is ready for a Procfile. There, a server that takes long to listen
// joins the cascade later: on a slow machine, after the ready line.
func (p *project) joined(backends string) *gateway {
	p.t.Helper()
	g := p.up("--port", p.ports["GATEWAY"])
	g.out.await(p.t, `^devgate: ready http://localhost:`+p.ports["GATEWAY"]+` `)
	eventually(p.t, "there are not "+backends, func() bool {
		n := 0
		for _, s := range p.status() {
			if s.Kind == "backend" && s.State == "ready" {
				n++
			}
		}
		return fmt.Sprint(n, " backends") == backends
	})
	return g
}

func (g *gateway) awaitReady(backends string) {
	g.t.Helper()
	line := g.out.await(g.t, `^devgate: ready `)
	want := `^devgate: ready http://localhost:` + g.ports["GATEWAY"] + ` \(` + regexp.QuoteMeta(backends) + `, \d+\.\ds\)$`
	if !regexp.MustCompile(want).MatchString(line) {
		g.t.Fatalf("%q does not match %s", line, want)
	}
}

// down ends it as `devgate down` does: exit code 0 (C1).
func (g *gateway) down() {
	g.t.Helper()
	g.must("down")
	g.exits(0)
}

// signal ends it by a signal n: exit code 128+n (C1).
func (g *gateway) signal(s syscall.Signal) {
	g.t.Helper()
	if err := g.cmd.Process.Signal(s); err != nil {
		g.t.Fatal(err)
	}
	g.exits(128 + int(s))
}

// exits waits for the end of devgate, and that nothing of it is left at that
// moment: no process, no port (P1, P2).
func (g *gateway) exits(code int) {
	g.t.Helper()
	select {
	case <-g.ended:
	case <-time.After(patience):
		g.dump()
		g.t.Fatalf("devgate still runs after %s", patience)
	}
	if got := g.cmd.ProcessState.ExitCode(); got != code {
		g.t.Errorf("exit code %d, want %d", got, code)
	}
	g.mustBeGone()
}

// formats are the two ways to say the same project.
type formats struct {
	devgatefile, procfile string
}

// each runs a test from a Devgatefile and from a Procfile. A Procfile has no
// word for the gateway's port, so it gets it as a flag.
func (f formats) each(t *testing.T, backends string, test func(*testing.T, *gateway)) {
	t.Run("from a Devgatefile", func(t *testing.T) {
		p := newProject(t)
		p.write("Devgatefile", f.devgatefile)
		test(t, p.ready(backends))
	})
	t.Run("from a Procfile", func(t *testing.T) {
		p := newProject(t)
		p.write("Procfile.dev", f.procfile)
		test(t, p.joined(backends))
	})
}
