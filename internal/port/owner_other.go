//go:build unix && !linux

package port

import (
	"fmt"
	"os/exec"
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
