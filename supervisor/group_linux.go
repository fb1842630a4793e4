package supervisor

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
)

// groupAlive reports whether a process of the group still runs. Zombies that
// nobody reaps (a container without an init) do not count.
func groupAlive(pgid int) bool {
	if syscall.Kill(-pgid, 0) != nil {
		return false
	}
	proc, err := os.ReadDir("/proc")
	if err != nil {
		return true
	}
	for _, entry := range proc {
		if pid, err := strconv.Atoi(entry.Name()); err == nil && runsInGroup(pid, pgid) {
			return true
		}
	}
	return false
}

// runsInGroup reads /proc/PID/stat (proc(5)): the state and the process group
// stand after the command's name, which is in parentheses and may hold any byte.
func runsInGroup(pid, pgid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return false
	}
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 3 {
		return false
	}
	state, group := fields[0][0], string(fields[2])
	return group == strconv.Itoa(pgid) && state != 'Z' && state != 'X'
}
