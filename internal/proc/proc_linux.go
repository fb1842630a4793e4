package proc

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// stat is what proc_pid_stat(5) tells.
type stat struct {
	state      byte
	group      int
	foreground int    // the process group that has its terminal; -1 without a terminal
	start      uint64 // in ticks since boot
}

// readStat finds the fields behind the command's name, which is in parentheses
// and may hold any byte.
func readStat(pid int) (s stat, ok bool) {
	raw := readOf(pid, "stat")
	f := bytes.Fields(raw[bytes.LastIndexByte(raw, ')')+1:])
	if len(f) < 20 {
		return s, false
	}
	s.state = f[0][0]
	s.group, _ = strconv.Atoi(string(f[2]))
	s.foreground, _ = strconv.Atoi(string(f[5]))
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
	threads, err := os.ReadDir(path(pid, "task"))
	if err != nil {
		return nil
	}
	var all []int
	for _, thread := range threads {
		for word := range strings.FieldsSeq(string(readOf(pid, "task/"+thread.Name()+"/children"))) {
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
// variable set to mark, or to mark, a dot and more. Other users' are not seen.
func Marked(variable, mark string) []ID {
	return where(func(pid int, _ stat) bool { return isMarked(Variable(pid, variable), mark) })
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
	var all []ID
	for _, pid := range numbers() {
		if s, ok := readStat(pid); ok && pid != os.Getpid() && !s.dead() && wanted(pid, s) {
			all = append(all, ID{pid, s.start})
		}
	}
	return all
}

// Variable is what a process's environment had at its start; "" when it had
// nothing or may not be read.
func Variable(pid int, name string) string {
	for entry := range bytes.SplitSeq(readOf(pid, "environ"), []byte{0}) {
		if value, ok := bytes.CutPrefix(entry, []byte(name+"=")); ok {
			return string(value)
		}
	}
	return ""
}

// Command is a process's command line, for people.
func Command(pid int) string {
	return strings.TrimSpace(string(bytes.ReplaceAll(readOf(pid, "cmdline"), []byte{0}, []byte{' '})))
}

// Dir is a process's working directory; "" when it may not be read.
func Dir(pid int) string {
	dir, _ := os.Readlink(path(pid, "cwd"))
	return dir
}

// Age is the time since the start of the process; 0 when it is not there. A tick
// is 10 ms for every program that reads /proc.
func Age(pid int) time.Duration {
	s, ok := readStat(pid)
	up, _, _ := strings.Cut(string(read("uptime")), " ")
	seconds, err := strconv.ParseFloat(up, 64)
	if !ok || err != nil {
		return 0
	}
	return time.Duration(seconds*float64(time.Second)) - time.Duration(s.start)*10*time.Millisecond
}

// InForeground reports whether the process belongs to the foreground job of its
// terminal.
func InForeground(pid int) bool {
	s, ok := readStat(pid)
	return ok && s.group == s.foreground
}

// Boot tells this boot from every other one.
func Boot() string {
	return strings.TrimSpace(string(read("sys/kernel/random/boot_id")))
}

// inherits: orphans below this process become its children.
const inherits = true

// BecomeSubreaper makes this process inherit the orphans among its descendants.
func BecomeSubreaper() error { return setSubreaper(1) }

// WithoutSubreaper calls f while orphans among the descendants of this process, a
// subreaper, go to somebody above it.
func WithoutSubreaper(f func()) {
	setSubreaper(0)
	defer setSubreaper(1)
	f()
}

func setSubreaper(on uintptr) error {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, on, 0, 0, 0); err != nil {
		return fmt.Errorf("become subreaper: %w", err)
	}
	return nil
}

// dieWithParent lets the kernel kill a child when the thread ends that has
// started it.
func dieWithParent(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGKILL }
