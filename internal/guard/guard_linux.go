package guard

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// attributes of the supervisor. Its guard's end continues it, should it be
// stopped (Ctrl-Z): only then can it learn of that end.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGCONT}
}

// shrink gives back the pages of the program that starting has touched, which are
// most of what the guard occupies. What it still needs comes back by itself: the
// file is there.
func shrink() {
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return
	}
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	for line := range strings.Lines(string(maps)) {
		// 00400000-00936000 r-xp 00000000 fe:00 10159384    /usr/bin/devgate
		span, rest, _ := strings.Cut(line, " ")
		if strings.HasPrefix(rest, "r") && rest[1] == '-' && strings.HasSuffix(strings.TrimSpace(rest), program) {
			forget(span)
		}
	}
}

// forget drops the pages of one mapping, which nobody can have written to.
func forget(span string) {
	first, last, _ := strings.Cut(span, "-")
	from, err := strconv.ParseUint(first, 16, 64)
	to, err2 := strconv.ParseUint(last, 16, 64)
	if err == nil && err2 == nil {
		syscall.RawSyscall(syscall.SYS_MADVISE, uintptr(from), uintptr(to-from), syscall.MADV_DONTNEED)
	}
}
