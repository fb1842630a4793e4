//go:build e2e

package e2e

import (
	"strings"
	"syscall"

	"devgate/internal/testport"
)

// mustBeGone fails the test for every process and every port that is left, at
// the moment when devgate has ended and not a while later (P1, P2). It ends
// what it finds.
func (p *project) mustBeGone() {
	p.t.Helper()
	for pid, command := range p.marked() {
		p.t.Errorf("still running: pid %d, %s", pid, command)
		syscall.Kill(pid, syscall.SIGKILL)
	}
	for name, port := range p.ports {
		if !testport.Bindable(p.portOf(name)) {
			p.t.Errorf("port %s (%s) is still taken", port, name)
		}
	}
}

// awaitTree waits until each of the patterns is in the command of a process of
// the project, so that a test ends the tree it means to end.
func (p *project) awaitTree(patterns ...string) {
	p.t.Helper()
	eventually(p.t, "not all of "+strings.Join(patterns, ", ")+" run", func() bool {
		var all strings.Builder
		for _, command := range p.marked() {
			all.WriteString(command + "\n")
		}
		for _, pattern := range patterns {
			if !strings.Contains(all.String(), pattern) {
				return false
			}
		}
		return true
	})
}
