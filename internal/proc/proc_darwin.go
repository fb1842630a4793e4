package proc

import (
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Values of p_stat, from <sys/proc.h>.
const (
	statusStopped = 4 // SSTOP
	statusZombie  = 5 // SZOMB
)

// snapshot is the kernel's table of all processes.
func snapshot() []row {
	all, err := unix.SysctlKinfoProcSlice("kern.proc.all")
	if err != nil {
		return nil
	}
	rows := make([]row, len(all))
	for i := range all {
		rows[i] = rowOf(&all[i])
	}
	return rows
}

func rowOf(k *unix.KinfoProc) row {
	return row{
		id:         ID{int(k.Proc.P_pid), uint64(microseconds(k.Proc.P_starttime))},
		parent:     int(k.Eproc.Ppid),
		group:      int(k.Eproc.Pgid),
		foreground: int(k.Eproc.Tpgid),
		zombie:     k.Proc.P_stat == statusZombie,
		stopped:    k.Proc.P_stat == statusStopped,
	}
}

func microseconds(t unix.Timeval) int64 { return t.Sec*1e6 + int64(t.Usec) }

// find is the row of one process.
func find(pid int) (row, bool) {
	k, err := unix.SysctlKinfoProc("kern.proc.pid", pid)
	if err != nil {
		return row{}, false // the kernel has no row for it
	}
	return rowOf(k), true
}

// Identify names the process that has the number now; false when there is none,
// or only a zombie.
func Identify(pid int) (ID, bool) {
	r, ok := find(pid)
	if !ok || r.zombie {
		return ID{}, false
	}
	return r.id, true
}

// Stopped reports whether the process is stopped (SIGSTOP, Ctrl-Z).
func Stopped(pid int) bool {
	r, ok := find(pid)
	return ok && r.stopped
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

// Children are the direct children of a process, zombies included.
func Children(pid int) []int { return childrenIn(snapshot(), pid) }

// Descendants are all living processes below pid, over all generations.
func Descendants(pid int) []ID { return descendantsIn(snapshot(), pid) }

// Group are the living processes of a process group.
func Group(pgid int) []ID {
	return where(func(r row) bool { return r.group == pgid })
}

// Marked are the living processes whose environment at their start had the
// variable set to mark, or to mark, a dot and more, as far as the kernel tells.
func Marked(variable, mark string) []ID {
	return where(func(r row) bool { return isMarked(Variable(r.id.PID, variable), mark) })
}

// MarkedBelow are the living processes whose environment had the variable set to
// exactly value. Orphans go to launchd here, so descent says nothing.
func MarkedBelow(_ int, variable, value string) []ID {
	return where(func(r row) bool { return Variable(r.id.PID, variable) == value })
}

func where(wanted func(row) bool) []ID {
	var all []ID
	for _, r := range snapshot() {
		if !r.zombie && r.id.PID != os.Getpid() && wanted(r) {
			all = append(all, r.id)
		}
	}
	return all
}

// Variable is what a process's environment had at its start; "" when it had
// nothing, or the kernel does not tell.
func Variable(pid int, name string) string { return startedWith(pid).variable(name) }

// Command is a process's command line, for people.
func Command(pid int) string { return strings.Join(startedWith(pid).args, " ") }

func startedWith(pid int) arguments {
	raw, err := unix.SysctlRaw("kern.procargs2", pid)
	if err != nil {
		return arguments{} // another user's, or gone
	}
	return parseArguments(raw)
}

// Age is the time since the start of the process; 0 when it is not there.
func Age(pid int) time.Duration {
	r, ok := find(pid)
	if !ok {
		return 0
	}
	return time.Since(time.UnixMicro(int64(r.id.Start)))
}

// InForeground reports whether the process belongs to the foreground job of its
// terminal.
func InForeground(pid int) bool {
	r, ok := find(pid)
	return ok && r.group == r.foreground
}

// Boot tells this boot from every other one.
func Boot() string {
	id, _ := unix.Sysctl("kern.bootsessionuuid")
	return id
}

// inherits: orphans go to launchd.
const inherits = false

// BecomeSubreaper does nothing: this system has no subreapers.
func BecomeSubreaper() error { return nil }

// WithoutSubreaper calls f.
func WithoutSubreaper(f func()) { f() }

// dieWithParent does nothing: this system has no signal for a parent's death.
func dieWithParent(*syscall.SysProcAttr) {}
