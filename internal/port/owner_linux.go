package port

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// FindOwner looks the listener's socket up in /proc/net/tcp{,6} and then in
// every process's open files; other users' are not readable.
func FindOwner(port int) (Owner, bool) {
	ports, sockets := map[string]int{}, map[string]bool{}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		listeners(table, ports)
	}
	for socket, listening := range ports {
		if listening == port {
			sockets[socket] = true
		}
	}
	if len(sockets) == 0 {
		return Owner{}, false
	}
	links, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, link := range links {
		if target, err := os.Readlink(link); err == nil && sockets[target] {
			pid, _ := strconv.Atoi(strings.Split(link, "/")[2])
			return describe(pid), true
		}
	}
	return Owner{}, false
}

func describe(pid int) Owner {
	proc := fmt.Sprintf("/proc/%d/", pid)
	o := Owner{PID: pid, Age: ageOf(proc + "stat")}
	if raw, err := os.ReadFile(proc + "cmdline"); err == nil {
		o.Command = string(bytes.ReplaceAll(bytes.TrimRight(raw, "\x00"), []byte{0}, []byte{' '}))
	}
	o.Dir, _ = os.Readlink(proc + "cwd")
	return o
}

// ageOf compares field 22 of proc_pid_stat(5), the start in clock ticks after
// boot, with the uptime. A tick is 10 ms for every program that reads /proc.
func ageOf(stat string) time.Duration {
	raw, err := os.ReadFile(stat)
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))
	up, err := os.ReadFile("/proc/uptime")
	if err != nil || len(fields) < 20 {
		return 0
	}
	ticks, _ := strconv.ParseInt(fields[19], 10, 64)
	seconds, _ := strconv.ParseFloat(strings.Fields(string(up))[0], 64)
	return time.Duration(seconds*float64(time.Second)) - time.Duration(ticks)*10*time.Millisecond
}
