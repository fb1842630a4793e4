package port

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Listening are the ports on which one of the processes listens, sorted.
func Listening(pids []int) []int {
	ports := map[string]int{}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		listeners(table, ports)
	}
	var all []int
	for _, pid := range pids {
		dir := fmt.Sprintf("/proc/%d/fd/", pid)
		files, _ := os.ReadDir(dir)
		for _, file := range files {
			target, err := os.Readlink(dir + file.Name())
			if port := ports[target]; err == nil && port != 0 {
				all = append(all, port)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// listeners adds every socket that listens, as "socket:[INODE]", with its port:
// proc_pid_net(5), columns local_address, st (0A is LISTEN) and inode.
func listeners(table string, into map[string]int) {
	text, err := os.ReadFile(table)
	if err != nil {
		return
	}
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if len(f) < 10 || f[3] != "0A" {
			continue
		}
		_, hex, _ := strings.Cut(f[1], ":")
		if port, err := strconv.ParseUint(hex, 16, 16); err == nil {
			into["socket:["+f[9]+"]"] = int(port)
		}
	}
}
