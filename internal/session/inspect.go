package session

import (
	"context"
	"fmt"
	"os"
	"strings"

	"devgate/internal/port"
	"devgate/internal/proc"
)

// inspect shows the process tree of a service and the ports that it does
// listen on.
func inspect(_ context.Context, pid int) string {
	var b strings.Builder
	b.WriteString("its processes:")
	writeTree(&b, pid, 1)
	if ports := port.Listening(withDescendants(pid)); len(ports) > 0 {
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
