package proc

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// Listening are the addresses on which one of the processes listens for TCP
// connections, in the order of their ports. Other users' processes are not seen.
func Listening(pids []int) []netip.AddrPort {
	list := make([]string, len(pids))
	for i, pid := range pids {
		list[i] = strconv.Itoa(pid)
	}
	return addresses(listeners("-a", "-p", strings.Join(list, ","), "-iTCP"))
}

// Listener is a process that listens on the port, on whatever address; 0 when
// nobody does, or another user's process.
func Listener(port int) int {
	for _, s := range listeners(fmt.Sprintf("-iTCP:%d", port)) {
		return s.pid
	}
	return 0
}

// listeners asks lsof(8), which the system ships: the kernel tells of sockets
// only through calls that need the C library.
func listeners(which ...string) []socket {
	return parseLsof(lsof(append(which, "-nP", "-sTCP:LISTEN", "-Fpn")...))
}

// Dir is a process's working directory; "" when it may not be read.
func Dir(pid int) string {
	return parseLsofDir(lsof("-a", "-p", strconv.Itoa(pid), "-d", "cwd", "-Fn"))
}

// lsof returns what it has printed, also when it did not find all that it was
// asked for. What it prints is to be read by a program: it follows no locale.
func lsof(args ...string) string {
	cmd := exec.Command("lsof", args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	out, _ := cmd.Output()
	return string(out)
}
