package session

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"

	"devgate/internal/loopback"
	"devgate/internal/proc"
)

// inspect shows the process tree of a service and the ports that it does
// listen on.
func inspect(_ context.Context, pid int) string {
	var b strings.Builder
	b.WriteString("its processes:")
	writeTree(&b, pid, 1)
	if where := whereabouts(proc.Listening(withDescendants(pid))); len(where) > 0 {
		fmt.Fprintf(&b, "\nthey listen on: %s", strings.Join(where, ", "))
	} else {
		b.WriteString("\nthey listen on no port")
	}
	return b.String()
}

// whereabouts are ports, with their address where localhost does not lead to it.
// A service on an address of its own is as good as absent to a gateway that asks
// localhost.
func whereabouts(listening []netip.AddrPort) (all []string) {
	for _, addr := range listening {
		text := addr.String()
		if loopback.Reaches(addr.Addr()) {
			text = strconv.Itoa(int(addr.Port()))
		}
		all = append(all, text)
	}
	return slices.Compact(all)
}

const deepest = 10 // generations shown

func writeTree(b *strings.Builder, pid, depth int) {
	// Numbers of processes are used again: a child of devgate itself would show all of
	// its services.
	command := proc.Command(pid)
	if command == "" || depth > deepest || pid == os.Getpid() {
		return
	}
	fmt.Fprintf(b, "\n%s%d  %s", strings.Repeat("  ", depth), pid, command)
	for _, child := range proc.Children(pid) {
		writeTree(b, child, depth+1)
	}
}
