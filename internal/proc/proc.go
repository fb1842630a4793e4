package proc

import (
	"context"
	"syscall"
	"time"
)

// ID names one process for good: numbers are used again, pairs of number and
// start time are not before the next boot.
type ID struct {
	PID   int    `json:"pid"`
	Start uint64 `json:"start"` // since boot or epoch, in the system's own unit
}

// Alive reports whether the process is still there and not a zombie.
func (id ID) Alive() bool {
	now, ok := Identify(id.PID)
	return ok && now == id
}

// KillAll ends every process that list finds, again and again until it finds
// none any more or ctx ends. Each round stops all of them before it kills any, so that
// none forks while the others die. It returns how many there were.
func KillAll(ctx context.Context, list func() []ID) int {
	const certain = 3 // looks without a find: one alone may miss what changes its parent
	seen, empty := map[ID]bool{}, 0
	for pause := time.Millisecond; ; pause = min(2*pause, 20*time.Millisecond) {
		found := list()
		if empty++; len(found) > 0 {
			empty = 0
		}
		if empty == certain {
			return len(seen)
		}
		for _, id := range found {
			seen[id] = true
			id.Signal(syscall.SIGSTOP)
		}
		for _, id := range found {
			id.Signal(syscall.SIGKILL)
		}
		select {
		case <-ctx.Done():
			return len(seen)
		case <-time.After(pause):
		}
	}
}
