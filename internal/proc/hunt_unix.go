//go:build unix

package proc

import (
	"context"
	"maps"
	"slices"
	"strings"
	"syscall"
	"time"
)

// StopAll stops (SIGSTOP) every process that list finds and that runs, until it
// finds no other. It returns those that it has stopped, for Continue.
func StopAll(list func() []ID) []ID {
	const rounds = 10 // a fork storm ends it; nothing depends on the last one
	stopped := map[ID]bool{}
	for range rounds {
		before := len(stopped)
		for _, id := range list() {
			if !stopped[id] && !Stopped(id.PID) {
				id.Signal(syscall.SIGSTOP)
				stopped[id] = true
			}
		}
		if len(stopped) == before {
			break
		}
	}
	return slices.Collect(maps.Keys(stopped))
}

// Continue lets processes run on that StopAll has stopped.
func Continue(all []ID) {
	for _, id := range all {
		id.Signal(syscall.SIGCONT)
	}
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

// isMarked reports whether the value of a variable is the mark, or begins with it
// and a dot. A mark that another one merely begins with is somebody else's.
func isMarked(value, mark string) bool {
	return mark != "" && (value == mark || strings.HasPrefix(value, mark+"."))
}
