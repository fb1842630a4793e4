package session

import (
	"context"
	"fmt"
	"slices"
	"time"

	"devgate/internal/port"
	"devgate/internal/proc"
	"devgate/internal/project"
)

// undeclaredPause is how often a service that is not ready is asked which ports it
// listens on instead.
const undeclaredPause = 500 * time.Millisecond

// undeclared notices services that listen on another port than declared.
type undeclared struct {
	say  say
	path string // of the Devgatefile, as people write it
}

// watch tells of each such port of a process once. ctx ends when the process is
// ready, or has ended.
func (u *undeclared) watch(ctx context.Context, service *project.Service, pid int) {
	told := map[int]bool{}
	tick := time.NewTicker(undeclaredPause)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		listening := port.Listening(withDescendants(pid))
		if slices.Contains(listening, service.Port) {
			return
		}
		for _, other := range listening {
			if !told[other] && ctx.Err() == nil {
				told[other] = true
				u.say(service.Name, fmt.Sprintf("listens on %d, not on %d: give its command {port}, or change its port in %s", other, service.Port, u.path))
			}
		}
	}
}

// withDescendants is a process and all below it; nobody for 0.
func withDescendants(pid int) []int {
	if pid == 0 {
		return nil
	}
	all := []int{pid}
	for _, id := range proc.Descendants(pid) {
		all = append(all, id.PID)
	}
	return all
}
