package session

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"devgate/internal/event"
	"devgate/internal/port"
	"devgate/internal/proc"
)

// portPause is how often a service that is not ready is asked which ports it
// listens on instead.
const portPause = 500 * time.Millisecond

// watchPort notices a service that listens on another port than declared. ctx
// ends when the service is ready, or its process has ended.
func (w *hooks) watchPort(ctx context.Context) {
	told := map[int]bool{}
	tick := time.NewTicker(portPause)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		listening := port.Listening(treeOf(w.session.pidOf(w.service.Name)))
		if slices.Contains(listening, w.service.Port) {
			return
		}
		for _, other := range listening {
			if !told[other] && ctx.Err() == nil {
				told[other] = true
				w.session.say(w.service.Name, fmt.Sprintf("listens on %d, not on %d: give its command {port}, or change its port in %s",
					other, w.service.Port, w.session.project().Path))
			}
		}
	}
}

func (s *session) pidOf(name string) int {
	all := s.bus.Snapshot()
	if i := slices.IndexFunc(all, func(e event.Service) bool { return e.Name == name }); i >= 0 {
		return all[i].PID
	}
	return 0
}

// treeOf is a process and all below it.
func treeOf(pid int) []int {
	if pid == 0 {
		return nil
	}
	all := []int{pid}
	for _, id := range proc.Descendants(pid) {
		all = append(all, id.PID)
	}
	return all
}

// inspect shows the process tree of a service and the ports that it does
// listen on.
func inspect(_ context.Context, pid int) string {
	var b strings.Builder
	b.WriteString("its processes:")
	writeTree(&b, pid, 1)
	if ports := port.Listening(treeOf(pid)); len(ports) > 0 {
		fmt.Fprintf(&b, "\nthey listen on: %s", strings.Trim(fmt.Sprint(ports), "[]"))
	} else {
		b.WriteString("\nthey listen on no port")
	}
	return b.String()
}

const deepest = 10 // generations shown

func writeTree(b *strings.Builder, pid, depth int) {
	command := proc.Command(pid)
	if command == "" || depth > deepest || pid == os.Getpid() {
		return
	}
	fmt.Fprintf(b, "\n%s%d  %s", strings.Repeat("  ", depth), pid, command)
	for _, child := range proc.Children(pid) {
		writeTree(b, child, depth+1)
	}
}
