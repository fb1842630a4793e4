//go:build unix && !linux

package port

import (
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// FindOwner asks lsof(8), which these systems ship.
func FindOwner(port int) (Owner, bool) {
	out, err := exec.Command("lsof", "-nP", fmt.Sprintf("-iTCP:%d", port), "-sTCP:LISTEN", "-Fp").Output()
	if err != nil {
		return Owner{}, false
	}
	for line := range strings.Lines(string(out)) {
		if pid, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(line, "p"))); err == nil {
			return describe(pid), true
		}
	}
	return Owner{}, false
}

// Listening are the ports on which one of the processes listens, sorted.
func Listening(pids []int) []int {
	list := make([]string, len(pids))
	for i, pid := range pids {
		list[i] = strconv.Itoa(pid)
	}
	out, err := exec.Command("lsof", "-nP", "-a", "-p", strings.Join(list, ","), "-iTCP", "-sTCP:LISTEN", "-Fn").Output()
	if err != nil {
		return nil
	}
	var all []int
	for line := range strings.Lines(string(out)) {
		name, ok := strings.CutPrefix(strings.TrimSpace(line), "n")
		if port, err := strconv.Atoi(name[strings.LastIndexByte(name, ':')+1:]); ok && err == nil {
			all = append(all, port)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func describe(pid int) Owner {
	o := Owner{PID: pid, Command: ps(pid, "command=")}
	if began, err := time.ParseInLocation(time.ANSIC, ps(pid, "lstart="), time.Local); err == nil {
		o.Age = time.Since(began)
	}
	out, _ := exec.Command("lsof", "-a", "-p", strconv.Itoa(pid), "-d", "cwd", "-Fn").Output()
	for line := range strings.Lines(string(out)) {
		if dir, ok := strings.CutPrefix(strings.TrimSpace(line), "n"); ok {
			o.Dir = dir
		}
	}
	return o
}

func ps(pid int, column string) string {
	out, _ := exec.Command("ps", "-o", column, "-p", strconv.Itoa(pid)).Output()
	return strings.TrimSpace(string(out))
}
