package proc

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// stat is what proc_pid_stat(5) tells.
type stat struct {
	state  byte
	parent int
	group  int
	start  uint64
}

// readStat finds the fields behind the command's name, which is in parentheses
// and may hold any byte.
func readStat(pid int) (s stat, ok bool) {
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return s, false
	}
	f := bytes.Fields(raw[bytes.LastIndexByte(raw, ')')+1:])
	if len(f) < 20 {
		return s, false
	}
	s.state = f[0][0]
	s.parent, _ = strconv.Atoi(string(f[1]))
	s.group, _ = strconv.Atoi(string(f[2]))
	s.start, _ = strconv.ParseUint(string(f[19]), 10, 64)
	return s, true
}

func (s stat) dead() bool { return s.state == 'Z' || s.state == 'X' }

// Identify names the process that has the number now; false when there is none,
// or only a zombie.
func Identify(pid int) (ID, bool) {
	s, ok := readStat(pid)
	if !ok || s.dead() {
		return ID{}, false
	}
	return ID{pid, s.start}, true
}

// Signal sends sig to the process if it is still the same one. A pidfd makes
// sure that it cannot change between the look and the signal.
func (id ID) Signal(sig syscall.Signal) {
	fd, err := unix.PidfdOpen(id.PID, 0)
	if err != nil {
		return
	}
	defer unix.Close(fd)
	if s, ok := readStat(id.PID); ok && s.start == id.Start {
		unix.PidfdSendSignal(fd, sig, nil, 0)
	}
}

// Children are the direct children of a process, zombies included.
func Children(pid int) []int {
	tasks := "/proc/" + strconv.Itoa(pid) + "/task/"
	threads, err := os.ReadDir(tasks)
	if err != nil {
		return nil
	}
	var all []int
	for _, thread := range threads {
		raw, err := os.ReadFile(tasks + thread.Name() + "/children")
		if err != nil || len(raw) == 0 {
			continue
		}
		for word := range strings.FieldsSeq(string(raw)) {
			if child, err := strconv.Atoi(word); err == nil {
				all = append(all, child)
			}
		}
	}
	return all
}

// Descendants are all living processes below pid, over all generations. It looks
// twice: one whose parent dies during a look may be under neither the old nor
// the new parent when that one is read.
func Descendants(pid int) []ID {
	all := descendants(pid)
	for _, id := range descendants(pid) {
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all
}

func descendants(pid int) []ID {
	var all []ID
	seen := map[int]bool{pid: true}
	for queue := Children(pid); len(queue) > 0; queue = queue[1:] {
		if seen[queue[0]] {
			continue
		}
		seen[queue[0]] = true
		if id, alive := Identify(queue[0]); alive {
			all = append(all, id)
		}
		queue = append(queue, Children(queue[0])...)
	}
	return all
}

// Group are the living processes of a process group.
func Group(pgid int) []ID {
	return where(func(pid int, s stat) bool { return s.group == pgid })
}

// Marked are the living processes whose environment at their start had the
// variable set to a value that begins with prefix. Other users' are not seen.
func Marked(variable, prefix string) []ID {
	return where(func(pid int, _ stat) bool { return strings.HasPrefix(Variable(pid, variable), prefix) })
}

// MarkedBelow are the living descendants of pid whose environment at their
// start had the variable set to exactly value.
func MarkedBelow(pid int, variable, value string) []ID {
	var all []ID
	for _, id := range Descendants(pid) {
		if Variable(id.PID, variable) == value {
			all = append(all, id)
		}
	}
	return all
}

func where(wanted func(int, stat) bool) []ID {
	entries, _ := os.ReadDir("/proc")
	var all []ID
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		if s, ok := readStat(pid); ok && !s.dead() && wanted(pid, s) {
			all = append(all, ID{pid, s.start})
		}
	}
	return all
}

// Variable is what a process's environment had at its start; "" when it had
// nothing or may not be read.
func Variable(pid int, name string) string {
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
	if err != nil {
		return ""
	}
	for entry := range bytes.SplitSeq(raw, []byte{0}) {
		if value, ok := bytes.CutPrefix(entry, []byte(name+"=")); ok {
			return string(value)
		}
	}
	return ""
}

// Command is a process's command line, for people.
func Command(pid int) string {
	raw, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
	return strings.TrimSpace(string(bytes.ReplaceAll(raw, []byte{0}, []byte{' '})))
}

// Boot tells this boot from every other one.
func Boot() string {
	raw, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(raw))
}

// inherits: orphans below this process become its children.
const inherits = true

// BecomeSubreaper makes this process inherit the orphans among its descendants.
func BecomeSubreaper() error {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("become subreaper: %w", err)
	}
	return nil
}

// dieWithParent lets the kernel kill a child when the thread ends that has
// started it.
func dieWithParent(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGKILL }
