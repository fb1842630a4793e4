package session

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"devgate/internal/loopback"
	"devgate/internal/proc"
	"devgate/internal/project"
)

// undeclaredPause is how often a service that is not ready is asked which ports it
// listens on instead.
const undeclaredPause = 500 * time.Millisecond

// undeclared notices services that listen elsewhere than declared: on another port,
// or on an address at which nobody looks for them.
type undeclared struct {
	say  say
	path string // of the Devgatefile, as people write it
}

// watch tells of each such address of a process once. ctx ends when the process is
// ready, or has ended.
func (u *undeclared) watch(ctx context.Context, service *project.Service, pid int) {
	told := map[string]bool{}
	tick := time.NewTicker(undeclaredPause)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		listening := proc.Listening(withDescendants(pid))
		// It listens where it should, too: what else it opens is its own matter.
		if slices.ContainsFunc(listening, func(a netip.AddrPort) bool { return isDeclared(a, service) && loopback.Reaches(a.Addr()) }) {
			return
		}
		for _, addr := range listening {
			if text := u.text(addr, service); !told[text] && ctx.Err() == nil {
				told[text] = true
				u.say(service.Name, text)
			}
		}
	}
}

func isDeclared(addr netip.AddrPort, service *project.Service) bool {
	return int(addr.Port()) == service.Port
}

func (u *undeclared) text(addr netip.AddrPort, service *project.Service) string {
	if isDeclared(addr, service) {
		return fmt.Sprintf("listens on %s, where nobody looks for it: let it listen on localhost (often HOST=localhost, or --host localhost)", addr)
	}
	return fmt.Sprintf("listens on %d, not on %d: give its command {port}, or change its port in %s", addr.Port(), service.Port, u.path)
}

// withDescendants is a process and all below it; nobody for 0.
// Process 0 would be the kernel's.
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
