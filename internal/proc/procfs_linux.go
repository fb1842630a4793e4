package proc

import (
	"os"
	"strconv"
)

// path is that of a file about a process.
func path(pid int, name string) string { return "/proc/" + strconv.Itoa(pid) + "/" + name }

// read returns what a file below /proc holds; nothing where there is none, or
// none that may be read.
func read(name string) []byte {
	raw, _ := os.ReadFile("/proc/" + name)
	return raw
}

// readOf is read for a file about a process.
func readOf(pid int, name string) []byte { return read(strconv.Itoa(pid) + "/" + name) }

// numbers are those of all processes.
func numbers() (pids []int) {
	entries, _ := os.ReadDir("/proc")
	for _, entry := range entries {
		if pid, err := strconv.Atoi(entry.Name()); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}
