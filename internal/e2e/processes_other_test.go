//go:build e2e && !linux

package e2e

import (
	"os/exec"
	"strconv"
	"strings"
)

// marked are the processes that carry the project's mark, by pid: ps shows the
// environment of one's own.
func (p *project) marked() map[int]string {
	all := map[int]string{}
	out, err := exec.Command("ps", "-A", "-E", "-ww", "-o", "pid=,command=").Output()
	if err != nil {
		p.t.Fatalf("list processes: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		number, command, _ := strings.Cut(strings.TrimSpace(line), " ")
		pid, err := strconv.Atoi(number)
		if err == nil && strings.Contains(command+" ", " "+p.mark+" ") {
			all[pid] = command
		}
	}
	return all
}
