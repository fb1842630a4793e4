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

// strayPause is how often a service that is not ready is asked which ports it
// listens on instead.
const strayPause = 500 * time.Millisecond

// strays notices services that listen on another port than declared.
type strays struct {
	say  say
	path string // of the Devgatefile, as people write it
}

// watch tells of each such port of a process once. ctx ends when the process is
// ready, or has ended.
func (s *strays) watch(ctx context.Context, service *project.Service, pid int) {
	told := map[int]bool{}
	tick := time.NewTicker(strayPause)
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
				s.say(service.Name, fmt.Sprintf("listens on %d, not on %d: give its command {port}, or change its port in %s", other, service.Port, s.path))
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
