//go:build unix && !linux

package proc

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// row is one process of a ps(1) snapshot.
type row struct {
	id            ID
	parent, group int
	zombie        bool
}

// snapshot lists all processes. lstart has a resolution of a second, which
// tells a number from its next user unless all numbers went round in one.
func snapshot(args ...string) []row {
	out, err := exec.Command("ps", append(args, "-o", "pid=,ppid=,pgid=,stat=,lstart=")...).Output()
	if err != nil {
		return nil
	}
	var rows []row
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) < 9 {
			continue
		}
		began, err := time.ParseInLocation(time.ANSIC, strings.Join(f[4:9], " "), time.Local)
		if err != nil {
			continue
		}
		r := row{zombie: f[3][0] == 'Z'}
		r.id.PID, _ = strconv.Atoi(f[0])
		r.id.Start = uint64(began.Unix())
		r.parent, _ = strconv.Atoi(f[1])
		r.group, _ = strconv.Atoi(f[2])
		rows = append(rows, r)
	}
	return rows
}

// Identify names the process that has the number now; false when there is none,
// or only a zombie.
func Identify(pid int) (ID, bool) {
	for _, r := range snapshot("-p", strconv.Itoa(pid)) {
		return r.id, !r.zombie
	}
	return ID{}, false
}

// Stopped reports whether the process is stopped (SIGSTOP, Ctrl-Z).
func Stopped(pid int) bool {
	out, _ := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
	return strings.HasPrefix(string(out), "T")
}

// StopSelf stops this process until somebody continues it. The Go runtime keeps
// its handler of SIGTSTP, so that the signal is SIGSTOP whatever sig is.
func StopSelf(syscall.Signal) { syscall.Kill(os.Getpid(), syscall.SIGSTOP) }

// Signal sends sig to the process if it is still the same one.
func (id ID) Signal(sig syscall.Signal) {
	if id.Alive() {
		syscall.Kill(id.PID, sig)
	}
}

// Children are the direct children of a process.
func Children(pid int) []int {
	var all []int
	for _, r := range snapshot("-ax") {
		if r.parent == pid {
			all = append(all, r.id.PID)
		}
	}
	return all
}

// Descendants are all living processes below pid, over all generations.
func Descendants(pid int) []ID {
	below := map[int]bool{pid: true}
	rows := snapshot("-ax")
	var all []ID
	for grown := true; grown; {
		grown = false
		for _, r := range rows {
			if below[r.parent] && !below[r.id.PID] {
				below[r.id.PID], grown = true, true
				if !r.zombie {
					all = append(all, r.id)
				}
			}
		}
	}
	return all
}

// Group are the living processes of a process group.
func Group(pgid int) []ID {
	var all []ID
	for _, r := range snapshot("-ax") {
		if r.group == pgid && !r.zombie && r.id.PID != os.Getpid() {
			all = append(all, r.id)
		}
	}
	return all
}

// Marked are the living processes whose environment had the variable set to a
// value that begins with prefix, as far as ps(1) shows it.
func Marked(variable, prefix string) []ID {
	out, err := exec.Command("ps", "-axEww", "-o", "pid=,command=").Output()
	if err != nil {
		return nil
	}
	var all []ID
	for line := range strings.Lines(string(out)) {
		number, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		pid, err := strconv.Atoi(number)
		if err != nil || pid == os.Getpid() || !strings.Contains(rest, " "+variable+"="+prefix) {
			continue
		}
		if id, alive := Identify(pid); alive {
			all = append(all, id)
		}
	}
	return all
}

// MarkedBelow are the living processes whose environment had the variable set to
// value. Orphans go to init here, so descent says nothing.
func MarkedBelow(_ int, variable, value string) []ID {
	var all []ID
	for _, id := range Marked(variable, value) {
		if Variable(id.PID, variable) == value {
			all = append(all, id)
		}
	}
	return all
}

// Variable is what a process's environment had at its start, as far as ps(1)
// shows it.
func Variable(pid int, name string) string {
	out, _ := exec.Command("ps", "-Eww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	_, rest, found := strings.Cut(string(out), " "+name+"=")
	if !found {
		return ""
	}
	value, _, _ := strings.Cut(rest, " ")
	return strings.TrimSpace(value)
}

// Command is a process's command line, for people.
func Command(pid int) string {
	out, _ := exec.Command("ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return strings.TrimSpace(string(out))
}

// Boot tells this boot from every other one.
func Boot() string {
	out, _ := exec.Command("sysctl", "-n", "kern.boottime").Output()
	return strings.TrimSpace(string(out))
}

// inherits: orphans go to init.
const inherits = false

// BecomeSubreaper does nothing: these systems have no subreapers.
func BecomeSubreaper() error { return nil }

// dieWithParent does nothing: these systems have no signal for a parent's death.
func dieWithParent(*syscall.SysProcAttr) {}
