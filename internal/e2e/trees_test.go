//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"devgate/internal/testport"
)

// tree is a command that is more than one process, as real ones are.
type tree struct {
	command, ready string
	programs       []string // what must run once it is ready
}

var trees = map[string]tree{
	"npm run": {
		command: "npm run dev", ready: `"tcp"`,
		programs: []string{"npm run dev", "npm run start", "node server.js"},
	},
	"go run": {
		command: "go run ./gorun", ready: `"/tree"`,
		programs: []string{"go run ./gorun", "/gorun"},
	},
	"python3 with a reloader": {
		command: "python3 -B reloader.py", ready: `{ log = "^tree listens on [0-9]+$" }`,
		programs: []string{"reloader.py", "serve.py"},
	},
	"a wrapper that leaves its port late": {
		command: "python3 -B late.py", ready: `"tcp"`,
		programs: []string{"late.py", "late.py server"},
	},
	"a daemon with a pid file": {
		command: "python3 -B daemon.py --stay", ready: `{ exec = "test -s daemon.pid && kill -0 $(cat daemon.pid)" }`,
		programs: []string{"daemon.py --stay"},
	},
}

// newTree is a project with the one service "tree".
func newTree(t *testing.T, command, ready string) *project {
	t.Helper()
	p := emptyProject(t)
	if err := os.CopyFS(p.dir, os.DirFS("testdata/trees")); err != nil {
		t.Fatal(err)
	}
	p.write("go.mod", "module tree\n\ngo 1.26\n")
	p.write("Devgatefile", fmt.Sprintf("port = $GATEWAY\n\n[tree]\ncommand = %q\nport = $P1\nready = %s\n", command, ready))
	return p
}

// Each is restarted under requests, stopped, started and ended: no request is
// lost, no start meets its own old port, nothing is left (G4, P1, P2, P3).
func TestRealTrees(t *testing.T) {
	for name, tree := range trees {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newTree(t, tree.command, tree.ready)
			g := p.ready("1 backend")
			p.awaitTree(tree.programs...)
			p.restartUnderLoad(t, 3)
			p.awaitTree(tree.programs...)
			p.stopAndStart(t)
			g.signal(syscall.SIGINT)
			g.neverMetItself()

			g = p.ready("1 backend")
			p.awaitTree(tree.programs...)
			g.down()
			g.neverMetItself()
		})
	}
}

func (p *project) restartUnderLoad(t *testing.T, times int) {
	t.Helper()
	l := p.startLoad("tree")
	for range times {
		l.awaitMore(3 * workers)
		p.must("restart", "--wait", "tree")
	}
	l.awaitMore(3 * workers)
	none(t, l.stop())
}

// stopAndStart: a service that is stopped has no process and no port; devgate
// itself goes on.
func (p *project) stopAndStart(t *testing.T) {
	t.Helper()
	p.must("stop", "--wait", "tree")
	for pid, command := range p.marked() {
		if !strings.HasPrefix(command, "devgate: manager") && !strings.HasPrefix(command, made.devgate+" up") {
			t.Errorf("still running: pid %d, %s", pid, command)
		}
	}
	p.must("start", "--wait", "tree")
	p.get(t, "/tree", 200, "tree=200")
}

// neverMetItself: no server has found its port taken (P3), in any language.
func (g *gateway) neverMetItself() {
	g.t.Helper()
	if n := g.out.count(`(?i)EADDRINUSE|address already in use`); n != 0 {
		g.t.Errorf("%d servers have met an old port", n)
	}
}

// A reloader restarts its server by itself. It is one service all the while:
// devgate does not count that as a crash.
func TestAReloaderReloads(t *testing.T) {
	t.Parallel()
	tree := trees["python3 with a reloader"]
	p := newTree(t, tree.command, tree.ready)
	g := p.ready("1 backend")
	before := p.pidOf("tree")
	p.write("version.py", "text = \"second\"\n")
	g.out.await(t, `^tree \| version.py has changed, reloading$`)
	p.awaitVersion(t, "tree", "second")
	if after := p.pidOf("tree"); after != before {
		t.Errorf("the service has pid %d, had %d", after, before)
	}
	g.down()
	g.neverMetItself()
}

// A daemon hears that it shall end, in its own session, and gets its grace: it
// takes its pid file away (P2).
func TestADaemonEndsWell(t *testing.T) {
	t.Parallel()
	tree := trees["a daemon with a pid file"]
	p := newTree(t, tree.command, tree.ready)
	g := p.ready("1 backend")
	g.down()
	if _, err := os.Stat(p.path("daemon.pid")); err == nil {
		t.Error("the daemon has left its pid file")
	}
	if log, _ := os.ReadFile(p.path("daemon.log")); !strings.HasSuffix(string(log), "ended well\n") {
		t.Errorf("the daemon's log is %q", log)
	}
}

// A command that goes to the background has ended, as far as a foreground runner
// can tell; what it has left behind ends with it (P1).
func TestADaemonWithoutAForeground(t *testing.T) {
	t.Parallel()
	p := newTree(t, "python3 -B daemon.py", `"tcp"`)
	g := p.up()
	g.out.await(t, `^tree \* ended: exit status 0`)
	eventually(t, "the daemon stays", func() bool { return testport.Bindable(p.portOf("P1")) && len(p.marked()) == 2 })
	g.down()
}
