package cli

import (
	"crypto/rand"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"devgate/internal/proc"
)

// browserChild stands in for xdg-open: it leaves behind what browsers do, processes
// in sessions of their own and one that these have started, and ends. They carry
// the token from the environment.
func browserChild() {
	token := os.Getenv("BROWSER")
	again(true, os.Environ(), "normal", token, os.Args[1])
	again(true, os.Environ(), "setsid", token)
	await(100 * time.Millisecond)
	os.Exit(0)
}

// browserProcesses are those that stay.
const browserProcesses = 3

// browserWays are further ends, which come from the user.
var browserWays = []way{
	{"q", true, func(v *victim) { v.tty.Write([]byte("q")) }},
	{"Ctrl-C twice", true, func(v *victim) { v.tty.Write([]byte{3, 3}) }},
	{"Ctrl-Z, then TERM", false, func(v *victim) {
		v.suspend()
		v.cmd.Process.Signal(syscall.SIGTERM)
		v.cmd.Process.Signal(syscall.SIGCONT)
	}},
}

// P2: what devgate opens for a person lives on, whichever way devgate ends and
// whatever the next one finds to clear up. It is never even stopped.
func TestTheBrowserSurvivesEveryEnd(t *testing.T) {
	passHangupsOn(t)
	for _, way := range slices.Concat(ways, browserWays) {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			v := newVictim(t, workload{command: "load double TOKEN", processes: 2})
			b := openBrowser(v)
			v.start(way.tty)
			v.awaitCount(2, 1<<30)
			b.awaitAll()
			way.kill(v)
			b.lives()
			v.awaitCount(0, 0)
			b.lives()
			<-v.ended
			v.awaitNobody()
			if way.name != "KILL of both, then up" { // which is up already
				v.upAgain()
			}
			b.lives()
		})
	}
}

// browser is what a victim has opened.
type browser struct {
	*victim         // counts by the browser's token
	opener  *victim // the devgate that has opened it
	all     []proc.ID
}

// openBrowser lets a victim that is still to be started open one.
func openBrowser(v *victim) *browser {
	b := &browser{victim: &victim{t: v.t, token: "browser-" + rand.Text()}, opener: v}
	v.flags, v.env = []string{"--open"}, []string{"BROWSER=" + b.token}
	v.t.Cleanup(func() {
		for _, id := range b.all {
			id.Signal(syscall.SIGKILL)
		}
	})
	return b
}

// awaitAll waits until it is all there, and both its first process and the helper
// of the guard that has started it have gone.
func (b *browser) awaitAll() {
	b.t.Helper()
	var who []string
	if !eventually(func() (holds bool) {
		// A program in Go forks once for nothing, to see what the kernel can.
		n, all := b.count()
		who = all
		return n == browserProcesses && strings.Contains(strings.Join(all, "\n"), b.token+" last") &&
			len(proc.Children(b.opener.cmd.Process.Pid)) == 1
	}) {
		b.t.Fatalf("the browser does not come up: %q", who)
	}
	for _, line := range who {
		var pid int
		fmt.Sscanf(line, "%d:", &pid)
		id, alive := proc.Identify(pid)
		if !alive || proc.Variable(pid, proc.MarkVariable) != "" {
			b.t.Errorf("alive %v, and with the mark %q: %s", alive, proc.Variable(pid, proc.MarkVariable), line)
		}
		b.all = append(b.all, id)
	}
}

func (b *browser) lives() {
	b.t.Helper()
	for _, id := range b.all {
		if !id.Alive() || proc.Stopped(id.PID) {
			b.t.Errorf("alive %v, stopped %v: %v", id.Alive(), proc.Stopped(id.PID), id)
		}
	}
}
